/** A dataset with the features it lacks, as missing in every row. It refuses where an id cannot say `missing`. */
import { MISSING_ID, scaled, widthOf } from '../../data/index.ts'
import type { Dataset, Feature } from '../../data/index.ts'

/**
 * Of a feature that the data lacks by name, every id is that of a missing value, every list is empty, and every number what
 * a missing one becomes, or 0.
 * @throws RangeError for a sparse feature that is given as ids: there 0 is an id like any other.
 */
export function completed(who: string, data: Dataset, features: readonly Feature[]): Dataset {
  const lacking = features.filter(({ name }) => !data.features.some((feature) => feature.name === name))
  if (lacking.length === 0) return data
  const { rows } = data
  const ids: Record<string, Int32Array> = { ...data.ids }
  const numbers: Record<string, Float32Array> = { ...data.numbers }
  for (const feature of lacking) {
    const { name } = feature
    if (feature.kind === 'dense') {
      const { scaling, dimension } = feature
      const width = widthOf(feature)
      numbers[name] = new Float32Array(rows * width).map((_, at) => {
        const place = at % width
        return place >= dimension ? 1 : scaling?.missing ? scaled(scaling, NaN, place) : 0
      })
      continue
    }
    if (feature.kind === 'sparse' && !feature.vocabulary && !feature.edges && feature.hashBuckets === undefined)
      throw new RangeError(
        `${who}: expected feature '${name}' in the data, or one with a vocabulary, edges or hash buckets, but got none: because ` +
          `of ids that are given, ${MISSING_ID} is an id like any other and cannot say that a value is missing`,
      )
    const width = feature.kind === 'varLen' ? feature.maxLength : 1
    ids[name] = new Int32Array(rows * width).fill(MISSING_ID)
    if (feature.kind === 'varLen' && feature.weights !== undefined)
      numbers[feature.weights] = new Float32Array(rows * width)
  }
  return { ...data, features: [...data.features, ...lacking], ids, numbers }
}

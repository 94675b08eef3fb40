/** Checks features, each by itself and all against each other; it refuses in the words of `feature 'name': expected …`. */
import type { Embedded, Feature, SparseFeature, VarLenFeature } from './features.ts'
import type { Vocabulary } from './vocabulary.ts'

const LARGEST = 2 ** 31 - 1
const POOLINGS: readonly unknown[] = ['mean', 'sum', 'max']

/** Throws in the words of features. */
export const refuse = (feature: { readonly name: unknown }, expected: string, got: unknown, because: string): never => {
  const name = typeof feature.name === 'string' ? `'${feature.name}'` : String(feature.name)
  throw new RangeError(`feature ${name}: expected ${expected} but got ${String(got)}: because ${because}`)
}

const checkCount = (feature: Feature, what: string, value: unknown, because: string): void => {
  if (!(typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST))
    refuse(feature, `${what} to be an integer of at least 1`, value, because)
}

/** Names key plain objects, which already have members such as 'constructor'. */
const checkName = (feature: Feature, what: string, name: unknown): void => {
  if (typeof name !== 'string' || name === '' || name in Object.prototype)
    refuse(feature, `${what} to be a non-empty string that no object already has`, name, 'records are keyed by it')
}

function checkCrosses(feature: SparseFeature, crosses: readonly string[]): void {
  if (!(Array.isArray(crosses) && crosses.length >= 2 && new Set(crosses).size === crosses.length))
    refuse(feature, 'two or more different columns to cross', String(crosses), 'it is their combination')
  for (const name of crosses) checkName(feature, 'a column that it crosses', name)
  if (crosses.includes(feature.name))
    refuse(feature, 'a name of its own', `'${feature.name}'`, 'it crosses a column of that name')
  if (feature.hashBuckets === undefined) refuse(feature, 'hashBuckets', undefined, 'combinations of values are hashed')
}

/**
 * Checks a feature by itself.
 *
 * @throws RangeError naming the feature and the property that makes no sense.
 */
export function checkFeature(feature: Feature): void {
  checkName(feature, 'its name', feature.name)
  checkCount(feature, 'dimension', feature.dimension, 'it is how many columns the feature becomes')
  if (feature.kind === 'dense') {
    if (feature.transform !== undefined && typeof feature.transform !== 'function')
      refuse(feature, 'transform to be a function', feature.transform, 'it is applied to every number')
    return
  }
  checkName(feature, 'table', feature.table)
  if (feature.hashBuckets !== undefined) checkCount(feature, 'hashBuckets', feature.hashBuckets, 'values go to 1 … it')
  checkCount(feature, 'vocabularySize', feature.vocabularySize, 'it is how many rows the table has')
  const reached = feature.vocabulary?.size ?? (feature.hashBuckets ?? feature.vocabularySize - 1) + 1
  if (feature.vocabularySize !== reached)
    refuse(feature, `a vocabularySize of ${reached}`, feature.vocabularySize, 'its values reach so many ids')
  if (feature.kind === 'sparse') {
    if (feature.crosses !== undefined) checkCrosses(feature, feature.crosses)
    return
  }
  checkCount(feature, 'maxLength', feature.maxLength, 'it is how many ids a row has')
  if (!POOLINGS.includes(feature.pooling))
    refuse(feature, "pooling to be 'mean', 'sum' or 'max'", feature.pooling, 'a row becomes one embedding')
  if (feature.weights !== undefined) checkName(feature, 'weights', feature.weights)
}

/** Whether two vocabularies give the same ids. */
export const sameVocabulary = (a?: Vocabulary, b?: Vocabulary): boolean =>
  a === b || (a?.size === b?.size && a?.values.every((value, index) => value === b?.values[index]) === true)

/** Whether two features of one name read the same and give the same. */
export const sameFeature = (a: Feature, b: Feature): boolean =>
  (Object.keys({ ...a, ...b }) as (keyof Feature)[]).every((key: string) => {
    const [one, other] = [a, b].map((feature) => (feature as unknown as Record<string, unknown>)[key])
    if (key === 'vocabulary') return sameVocabulary(one as Vocabulary | undefined, other as Vocabulary | undefined)
    return one === other || (key === 'crosses' && JSON.stringify(one) === JSON.stringify(other))
  })

/**
 * Checks features by themselves and against each other.
 *
 * @throws RangeError if a number makes no sense, a name or column is used twice, or one table is meant in two ways.
 */
export function checkFeatures(features: readonly Feature[]): void {
  features.forEach(checkFeature)
  checkTogether(features)
}

/**
 * Checks features, each of which was checked as it was made, against each other.
 *
 * @throws RangeError if a name or column is used twice, or one table is meant in two ways.
 */
export function checkTogether(features: readonly Feature[]): void {
  const columns = new Map<string, Feature>()
  const tables = new Map<string, Embedded>()
  for (const feature of features) {
    if (columns.has(feature.name)) refuse(feature, 'distinct names', 'this one twice', 'columns are found by name')
    columns.set(feature.name, feature)
    if (feature.kind === 'dense') continue
    const first = tables.get(feature.table) ?? feature
    tables.set(feature.table, first)
    const because = `it shares table '${feature.table}' with feature '${first.name}'`
    for (const what of ['vocabularySize', 'dimension', 'hashBuckets'] as const)
      if (first[what] !== feature[what]) refuse(feature, `${what} ${String(first[what])}`, feature[what], because)
    if (!sameVocabulary(first.vocabulary, feature.vocabulary)) refuse(feature, 'one vocabulary', 'another', because)
  }
  const lists = features.flatMap((feature) => (feature.kind === 'varLen' ? [feature.name, feature.weights] : []))
  for (const feature of features) {
    if (feature.kind !== 'sparse') continue
    for (const name of feature.crosses ?? []) {
      const source = columns.get(name)
      if (lists.includes(name) || (source && source.kind !== 'sparse' && source.dimension > 1))
        refuse(feature, 'columns of one value per row to cross', `'${name}'`, 'a row has many values there')
      if (source?.kind === 'sparse' && source.crosses)
        refuse(feature, 'columns to cross', `'${name}'`, 'that is a crossed feature itself: cross its columns')
    }
  }
  const weighted = new Map<string, VarLenFeature>()
  for (const feature of features) {
    if (feature.kind !== 'varLen' || feature.weights === undefined) continue
    if (columns.has(feature.weights))
      refuse(feature, 'a column of weights of its own', `'${feature.weights}'`, 'a feature has that name')
    const first = weighted.get(feature.weights) ?? feature
    weighted.set(feature.weights, first)
    if (first.maxLength !== feature.maxLength)
      refuse(
        feature,
        `maxLength ${first.maxLength}`,
        feature.maxLength,
        `'${first.name}' has the same column of weights`,
      )
  }
}

/** Rows that are encoded: flat typed arrays by name, and the dataset they are. It refuses to select rows that are not there. */
import { checkValue } from '../checks/index.ts'
import { checkRows, copyRows } from './copyRows.ts'
import type { Feature } from './featureKinds.ts'
import { LIST } from './values.ts'

/** By name, rows × width numbers in row-major order. */
type Flat<A> = Readonly<Record<string, A>>

/** Rows in typed arrays, encoded: what is trained and scored on. */
export interface Dataset {
  readonly rows: number
  readonly features: readonly Feature[]
  readonly taskNames: readonly string[]
  /** Sparse (rows) and var-len (rows maxLength) features. */
  readonly ids: Flat<Int32Array>
  /** Dense features (rows width), see `inputWidth`, and weights (rows maxLength) by the name of their column. */
  readonly numbers: Flat<Float32Array>
  /** By task (rows), or (rows width) where a label is several numbers; NaN outside of the sample space, as metrics expect it. */
  readonly labels: Flat<Float32Array>
  /** By task, of the shape of its labels: what a row counts for, where that is not 1, and 0 outside of the sample space. */
  readonly sampleWeights?: Flat<Float32Array>
  /** The dataset of some rows, in that order; a row may be given more than once. Throws a RangeError if there is none. */
  select(rows: ArrayLike<number>): Dataset
}

/** What a dataset is made of. */
export type Contents = Pick<Dataset, 'rows' | 'features' | 'ids' | 'numbers' | 'labels' | 'sampleWeights'>

/** The dataset of what is encoded already, and is not looked at again. */
export function datasetOf(contents: Contents): Dataset {
  const pick = <A extends Int32Array | Float32Array>(columns: Flat<A>, chosen: Int32Array): Flat<A> =>
    Object.fromEntries(
      Object.entries(columns).map(([name, source]) => {
        const width = contents.rows === 0 ? 0 : source.length / contents.rows
        const out = new (source.constructor as new (length: number) => A)(chosen.length * width)
        copyRows(source, width, chosen, 0, chosen.length, out)
        return [name, out]
      }),
    )
  return {
    ...contents,
    taskNames: Object.keys(contents.labels),
    select: (rows) => {
      checkValue('Dataset.select', 'rows', rows, LIST)
      checkRows('Dataset.select', 'rows', rows, contents.rows)
      const chosen = Int32Array.from(rows)
      const { ids, numbers, labels, sampleWeights } = contents
      return datasetOf({
        rows: chosen.length,
        features: contents.features,
        ids: pick(ids, chosen),
        numbers: pick(numbers, chosen),
        labels: pick(labels, chosen),
        ...(sampleWeights && { sampleWeights: pick(sampleWeights, chosen) }),
      })
    },
  }
}

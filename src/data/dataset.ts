/**
 * A dataset: features and labels of all rows, checked and encoded once into typed arrays. It refuses, before it exists,
 * every column, number and label that would only show up later as a model that learned something else.
 */
import { checkOptions, checkValue, didYouMean, either, needed, oneOf, recordOf, show } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { encodeCrossed, encodeLists, encodeSparse, encodeWeights, refuse } from './columns.ts'
import type { Column } from './columns.ts'
import { checkColumns, columnsOf } from './columnNames.ts'
import { checkRows, copyRows } from './copyRows.ts'
import { FEATURES, checkFeatures } from './featureChecks.ts'
import type { Feature } from './featureKinds.ts'
import { narrowed } from './narrow.ts'
import { encodeNumbers } from './numbers.ts'
import { encodeSampleWeights } from './sampleWeights.ts'
import type { SampleWeights } from './sampleWeights.ts'
import { widthOf } from './scaling.ts'
import { LIST } from './values.ts'

/** Values by the name of the column. */
export type Columns = Readonly<Record<string, Column>>

/** Binary: a label is 0 or 1. Regression: any finite number. */
export type LabelKind = 'binary' | 'regression'

/** What `dataset` takes. */
export interface DatasetOptions {
  readonly features: readonly Feature[]
  /** By feature name, and by the names of var-len features' weights and of columns that are crossed: see `Column`. */
  readonly columns: Columns
  /** By task, one per row, big integers too. NaN: the row is outside that task's sample space. */
  readonly labels?: Readonly<Record<string, ArrayLike<number | bigint>>>
  /**
   * What a row counts for, in losses and metrics: of all tasks, or by task. At least 0; 0 leaves the row out of the task's
   * sample space, k counts as k copies of it. Default 1.
   */
  readonly sampleWeights?: SampleWeights
  /** What labels must be. Those of a task not named here must be finite. */
  readonly tasks?: Readonly<Record<string, LabelKind>>
}

const DATASET: Checks<DatasetOptions> = {
  features: needed(FEATURES),
  columns: needed(recordOf(LIST)),
  labels: recordOf(LIST),
  sampleWeights: either(LIST, recordOf(LIST)),
  tasks: recordOf(oneOf('binary', 'regression')),
}

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
  /** By task (rows); NaN outside of its sample space, as metrics expect it. */
  readonly labels: Flat<Float32Array>
  /** By task (rows): what a row counts for, where that is not 1. */
  readonly sampleWeights?: Flat<Float32Array>
  /** The dataset of some rows, in that order; a row may be given more than once. Throws a RangeError if there is none. */
  select(rows: ArrayLike<number>): Dataset
}

type Contents = Pick<Dataset, 'rows' | 'features' | 'ids' | 'numbers' | 'labels' | 'sampleWeights'>

function datasetOf(contents: Contents): Dataset {
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

function checkNames({ features, columns, labels = {}, tasks = {} }: DatasetOptions): void {
  const read = features.flatMap(columnsOf)
  const given = Object.keys(columns)
  for (const [task, values] of Object.entries(labels)) {
    if (task === '' || task in Object.prototype)
      refuse('label names that no object already has', `'${task}'`, 'records are keyed by them')
    if (read.includes(task) || given.includes(task))
      refuse('labels apart from features', `'${task}' in both`, 'a model would read what it is to predict')
    const twin = given.find((name) => (columns[name] as unknown) === values)
    if (twin !== undefined)
      refuse('labels apart from features', `label '${task}' as column '${twin}'`, 'they are the very same array')
  }
  checkColumns(features, given)
  for (const task of Object.keys(tasks))
    if (!Object.hasOwn(labels, task))
      refuse(`labels of task '${task}'`, 'none', `tasks name it${didYouMean(task, Object.keys(labels))}`)
}

function encodeLabels(task: string, values: ArrayLike<number | bigint>, kind: LabelKind | undefined): Float32Array {
  const expected = kind === 'binary' ? '0, 1 or NaN' : 'finite float32 numbers or NaN'
  const fits = (value: number): boolean =>
    kind === 'binary' ? value === 0 || value === 1 : Number.isFinite(Math.fround(value))
  const labels = new Float64Array(values.length)
  for (let row = 0; row < labels.length; row++) {
    const given: unknown = values[row]
    const value = typeof given === 'bigint' ? Number(given) : given
    if (typeof value !== 'number' || !(fits(value) || Number.isNaN(value)))
      refuse(`labels of '${task}' to be ${expected}`, `${show(given)} at row ${row}`, 'only NaN leaves a row out')
    labels[row] = value as number
  }
  return narrowed('dataset', `labels of '${task}'`, labels)
}

/**
 * Checks and encodes columns and labels. Nothing of them is shared: they may change afterwards.
 * @throws RangeError if an option is not known, features do not go together, a column is missing, unknown or also a label, lengths differ, a
 * number is not finite, an id has no row in its table, or a label is outside of its kind; naming column, row and value.
 * Also if float32, in which models compute, makes far fewer numbers of a column, as of milliseconds since 1970: they must
 * become smaller first, by a transform, or be given as a Float32Array if this is meant.
 */
export function dataset(options: DatasetOptions): Dataset {
  checkOptions('dataset', options, DATASET)
  const { features, columns, labels = {}, tasks = {} } = options
  if (features.length === 0) refuse('at least one feature', 'none', 'a row is what its features are')
  checkFeatures(features)
  checkNames(options)
  const ids: Record<string, Int32Array> = {}
  const numbers: Record<string, Float32Array> = {}
  const encoded: Record<string, Float32Array> = {}
  let first: { readonly what: string; readonly rows: number } | undefined
  const meet = (what: string, rows: number): void => {
    first ??= { what, rows }
    if (rows !== first.rows) refuse(`${first.rows} rows in ${what}`, `${rows}`, `${first.what} has ${first.rows}`)
  }
  for (const feature of features) {
    const { name } = feature
    const what = `column '${name}'`
    if (feature.kind === 'dense') {
      numbers[name] = encodeNumbers(feature, columns[name])
      meet(what, numbers[name].length / widthOf(feature))
    } else if (feature.kind === 'sparse' && feature.crosses) {
      for (const source of feature.crosses) meet(`column '${source}'`, columns[source].length)
      ids[name] = encodeCrossed(feature, columns)
    } else if (feature.kind === 'sparse') {
      ids[name] = encodeSparse(feature, columns[name])
      meet(what, ids[name].length)
    } else {
      const lists = encodeLists(feature, columns[name])
      ids[name] = lists.ids
      meet(what, lists.cells.rows)
      if (feature.weights === undefined) continue
      numbers[feature.weights] = encodeWeights(feature, lists.cells, feature.weights, columns[feature.weights])
      meet(`column '${feature.weights}'`, numbers[feature.weights].length / feature.maxLength)
    }
  }
  for (const task of Object.keys(labels)) {
    encoded[task] = encodeLabels(task, labels[task], tasks[task])
    meet(`labels of '${task}'`, encoded[task].length)
  }
  const sampleWeights = encodeSampleWeights(options.sampleWeights, Object.keys(labels))
  for (const [task, { length }] of Object.entries(sampleWeights)) meet(`sample weights of '${task}'`, length)
  return datasetOf({
    rows: first?.rows ?? 0,
    features,
    ids,
    numbers,
    labels: encoded,
    ...(options.sampleWeights && { sampleWeights }),
  })
}

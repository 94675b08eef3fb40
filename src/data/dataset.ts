/**
 * A dataset: features and labels of all rows, checked and encoded once into typed arrays. It refuses, before it exists,
 * every column, number and label that would only show up later as a model that learned something else.
 */
import { checkOptions, didYouMean, either, needed, recordOf } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { encodeCrossed, encodeLists, encodeSparse, encodeWeights, refuse } from './columns.ts'
import type { Column } from './columns.ts'
import { checkColumns, columnsOf } from './columnNames.ts'
import { datasetOf } from './encoded.ts'
import type { Dataset } from './encoded.ts'
import { FEATURES, checkFeatures } from './featureChecks.ts'
import type { Feature } from './featureKinds.ts'
import { LABEL_KINDS, encodeLabels, weightsOfLabels } from './labels.ts'
import type { LabelColumn, LabelKind } from './labels.ts'
import { encodeNumbers } from './numbers.ts'
import { encodeSampleWeights } from './sampleWeights.ts'
import type { SampleWeights } from './sampleWeights.ts'
import { widthOf } from './scaling.ts'
import { LIST } from './values.ts'

/** Values by the name of the column. */
export type Columns = Readonly<Record<string, Column>>

/** What `dataset` takes. */
export interface DatasetOptions {
  readonly features: readonly Feature[]
  /** By feature name, and by the names of var-len features' weights and of columns that are crossed: see `Column`. */
  readonly columns: Columns
  /** By task, one per row, big integers too. NaN: the row is outside that task's sample space. */
  readonly labels?: Readonly<Record<string, LabelColumn>>
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
  tasks: LABEL_KINDS,
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
    meet(`labels of '${task}'`, labels[task].length)
  }
  const sampleWeights = encodeSampleWeights(options.sampleWeights, Object.keys(labels))
  for (const [task, weights] of Object.entries(sampleWeights)) {
    meet(`sample weights of '${task}'`, weights.length)
    sampleWeights[task] = weightsOfLabels(encoded[task], weights)
  }
  return datasetOf({
    rows: first?.rows ?? 0,
    features,
    ids,
    numbers,
    labels: encoded,
    ...(options.sampleWeights && { sampleWeights }),
  })
}

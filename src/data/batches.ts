/** Batches: some rows of a dataset as ids and tensors, gathered anew each step; they refuse to share memory with it. */
import { checkOptions, checkValue, having, needed, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { cpu } from '../kernels/index.ts'
import type { Backend, Floats } from '../kernels/index.ts'
import { BACKEND, Ids, Tensor, sizeOf } from '../tensor/index.ts'
import type { Shape } from '../tensor/index.ts'
import { checkRows, copyRows } from './copyRows.ts'
import type { Dataset } from './encoded.ts'
import { widthOf } from './scaling.ts'

/** What a model reads and a loss compares with, for b rows. */
export interface Batch {
  readonly rows: number
  /** Sparse features (b) and var-len features (b t), 0 behind the end of each list. */
  readonly ids: Readonly<Record<string, Ids>>
  /** Dense features (b width), see `inputWidth`, and var-len features' weights (b t) by the name of their column. */
  readonly numbers: Readonly<Record<string, Tensor>>
  /** By task (b), or (b width) where a label is several numbers; 0 outside of the task's sample space. */
  readonly labels: Readonly<Record<string, Tensor>>
  /** By task, of the shape of its labels: 1 inside the task's sample space, or what the row counts for there, 0 outside. */
  readonly masks: Readonly<Record<string, Tensor>>
}

/** What `batches` takes. */
export interface BatchesOptions {
  /** Rows of a batch; the last one has what is left. */
  readonly batchSize: number
  /** The rows to visit, such as `stream.permutation(dataset.rows)`. Default each once, in their own order. */
  readonly order?: Int32Array
  /** Where the numbers go. Default cpu. */
  readonly backend?: Backend
}

/** A batch of `rows` rows with the names and shapes of a dataset's. What it holds is unspecified until it is filled. */
export function emptyBatch(
  { features, labels, rows: all = Infinity }: Pick<Dataset, 'features' | 'labels'> & Partial<Dataset>,
  rows: number,
  backend: Backend = cpu,
): Batch {
  const idsOf = (shape: Shape, bound: number): Ids => new Ids(shape, backend.allocateIds(sizeOf(shape)), bound, backend)
  const tensorOf = (shape: Shape): Tensor => new Tensor(shape, backend.allocate(sizeOf(shape)), backend)
  const ids: Record<string, Ids> = {}
  const numbers: Record<string, Tensor> = {}
  for (const feature of features) {
    const { name } = feature
    if (feature.kind === 'dense') numbers[name] = tensorOf([rows, widthOf(feature)])
    else if (feature.kind === 'sparse') ids[name] = idsOf([rows], feature.vocabularySize)
    else {
      ids[name] = idsOf([rows, feature.maxLength], feature.vocabularySize)
      if (feature.weights !== undefined) numbers[feature.weights] = tensorOf([rows, feature.maxLength])
    }
  }
  const perTask = (): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(labels).map(([task, { length }]) => [
        task,
        tensorOf(length > all ? [rows, length / all] : [rows]),
      ]),
    )
  return { rows, ids, numbers, labels: perTask(), masks: perTask() }
}

/** Fills a batch with rows start … start + batch.rows − 1 of the order, or of the dataset itself without one. */
export function fillBatch(batch: Batch, data: Dataset, start: number, order?: Int32Array): void {
  const { ids, numbers, labels, sampleWeights = {} } = data
  const fill = (target: Ids | Tensor, source: Int32Array | Float32Array, change?: (values: Floats) => void): void => {
    const { backend, buffer, size } = target
    const view = target instanceof Ids ? backend.viewIds(buffer) : backend.view(buffer)
    const values = view ?? (target instanceof Ids ? new Int32Array(size) : new Float32Array(size))
    copyRows(source, size / batch.rows, order, start, batch.rows, values)
    change?.(values as Floats)
    if (view) return
    if (target instanceof Ids) backend.writeIds(buffer, values)
    else backend.write(buffer, values)
  }
  for (const name of Object.keys(batch.ids)) fill(batch.ids[name], ids[name])
  for (const name of Object.keys(batch.numbers)) fill(batch.numbers[name], numbers[name])
  for (const task of Object.keys(batch.labels)) {
    fill(batch.labels[task], labels[task], zeroMissing)
    if (Object.hasOwn(sampleWeights, task)) fill(batch.masks[task], sampleWeights[task])
    else fill(batch.masks[task], labels[task], markPresent)
  }
}

const zeroMissing = (values: Floats): void => {
  for (let row = 0; row < values.length; row++) if (Number.isNaN(values[row])) values[row] = 0
}

const markPresent = (values: Floats): void => {
  for (let row = 0; row < values.length; row++) values[row] = Number.isNaN(values[row]) ? 0 : 1
}

function* walk(
  data: Dataset,
  batchSize: number,
  order: Int32Array | undefined,
  backend: Backend,
): Generator<Batch, void> {
  const rows = order?.length ?? data.rows
  for (let start = 0; start < rows; start += batchSize) {
    const batch = emptyBatch(data, Math.min(batchSize, rows - start), backend)
    fillBatch(batch, data, start, order)
    yield batch
  }
}

export const DATASET = having('a dataset', 'rows', 'features', 'ids', 'numbers', 'labels')

const BATCHES: Checks<BatchesOptions> = {
  batchSize: needed(whole(1)),
  order: having('a list of rows', 'length'),
  backend: BACKEND,
}

/**
 * The dataset in batches. No id is looked at again: each `Ids` is bounded by its table, which the dataset has checked.
 * @throws RangeError, before the first batch, if an option is not known or out of range, or the order names a row that there is not.
 */
export function batches(data: Dataset, options: BatchesOptions): Generator<Batch, void> {
  checkValue('batches', 'the first argument', data, DATASET)
  checkOptions('batches', options, BATCHES)
  const { batchSize, order, backend = cpu } = options
  if (order) checkRows('batches', 'an order of rows', order, data.rows)
  return walk(data, batchSize, order, backend)
}

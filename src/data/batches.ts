/** Batches: some rows of a dataset as ids and tensors, gathered anew each step; they refuse to share memory with it. */
import { cpu } from '../kernels/index.ts'
import type { Backend, Buffer, Floats } from '../kernels/index.ts'
import { Ids, Tensor } from '../tensor/index.ts'
import type { Shape } from '../tensor/index.ts'
import { copyRows } from './copyRows.ts'
import type { Dataset } from './dataset.ts'

/** What a model reads and a loss compares with, for b rows. */
export interface Batch {
  readonly rows: number
  /** Sparse features (b) and var-len features (b t), 0 behind the end of each list. */
  readonly ids: Readonly<Record<string, Ids>>
  /** Dense features (b dimension), and var-len features' weights (b t) by the name of their column. */
  readonly numbers: Readonly<Record<string, Tensor>>
  /** By task (b), 0 where a row is outside of the task's sample space. */
  readonly labels: Readonly<Record<string, Tensor>>
  /** By task (b): 1 inside the task's sample space, 0 outside. */
  readonly masks: Readonly<Record<string, Tensor>>
}

export interface BatchesOptions {
  /** Rows of a batch; the last one has what is left. */
  readonly batchSize: number
  /** The rows to visit, such as `stream.permutation(dataset.rows)`. Default each once, in their own order. */
  readonly order?: Int32Array
  /** Where the numbers go. Default cpu. */
  readonly backend?: Backend
}

/** Rows start … start + count − 1 of the order. */
interface Span {
  readonly order: Int32Array | undefined
  readonly start: number
  readonly count: number
}

function batchOf({ features, ids, numbers, labels }: Dataset, { order, start, count }: Span, backend: Backend): Batch {
  const idsOf = (source: Int32Array, shape: Shape, width: number, bound: number): Ids => {
    const buffer = backend.allocateIds(count * width)
    const view = backend.viewIds(buffer)
    const values = view ?? new Int32Array(count * width)
    copyRows(source, width, order, start, count, values)
    if (!view) backend.writeIds(buffer, values)
    return new Ids(shape, buffer, bound, backend)
  }
  const tensorOf = (source: Float32Array, shape: Shape, width: number, change?: (values: Floats) => void): Tensor => {
    const buffer: Buffer = backend.allocate(count * width)
    const view = backend.view(buffer)
    const values = view ?? new Float32Array(count * width)
    copyRows(source, width, order, start, count, values)
    change?.(values)
    if (!view) backend.write(buffer, values)
    return new Tensor(shape, buffer, backend)
  }

  const batchIds: Record<string, Ids> = {}
  const batchNumbers: Record<string, Tensor> = {}
  for (const feature of features) {
    const { name } = feature
    if (feature.kind === 'dense') {
      batchNumbers[name] = tensorOf(numbers[name], [count, feature.dimension], feature.dimension)
      continue
    }
    const { vocabularySize } = feature
    if (feature.kind === 'sparse') {
      batchIds[name] = idsOf(ids[name], [count], 1, vocabularySize)
      continue
    }
    const { maxLength, weights } = feature
    batchIds[name] = idsOf(ids[name], [count, maxLength], maxLength, vocabularySize)
    if (weights !== undefined) batchNumbers[weights] = tensorOf(numbers[weights], [count, maxLength], maxLength)
  }
  const batchLabels: Record<string, Tensor> = {}
  const masks: Record<string, Tensor> = {}
  for (const task of Object.keys(labels)) {
    batchLabels[task] = tensorOf(labels[task], [count], 1, zeroMissing)
    masks[task] = tensorOf(labels[task], [count], 1, markPresent)
  }
  return { rows: count, ids: batchIds, numbers: batchNumbers, labels: batchLabels, masks }
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
  for (let start = 0; start < rows; start += batchSize)
    yield batchOf(data, { order, start, count: Math.min(batchSize, rows - start) }, backend)
}

/**
 * The dataset in batches. No id is looked at again: each `Ids` is bounded by its table, which the dataset has checked.
 *
 * @throws RangeError, before the first batch, if batchSize is no integer of at least 1 or the order names no row.
 */
export function batches(data: Dataset, { batchSize, order, backend = cpu }: BatchesOptions): Generator<Batch, void> {
  if (!(Number.isInteger(batchSize) && batchSize >= 1))
    throw new RangeError(`batches: expected batchSize to be an integer of at least 1 but got ${batchSize}`)
  if (order)
    for (let index = 0; index < order.length; index++)
      if (!(order[index] >= 0 && order[index] < data.rows))
        throw new RangeError(
          `batches: expected an order of rows from 0 to ${data.rows - 1} but got ${order[index]} at position ${index}`,
        )
  return walk(data, batchSize, order, backend)
}

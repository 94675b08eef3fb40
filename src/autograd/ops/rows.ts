/** Rows picked from a table and rows added to one, which undo each other, and pooling over segments of rows. */
import { listOf, needed, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { bufferOn, recordWithin, run, standIn } from '../../kernels/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { Ids, Tensor, detach, fromValues, idsBelow } from '../../tensor/index.ts'
import type { SparseRows } from '../../tensor/index.ts'
import { IDS, ROWS, TENSOR, composite } from '../composite.ts'
import { op } from '../op.ts'
import { div, hits, maximum, mul } from './binary.ts'
import { reshapeTo } from './linear.ts'
import { concatMiddle, pad, slice } from './parts.ts'

/** Rows to be added to a table of zeros: row b of `rows` (b d) at `ids[b]` of `count`. */
export class RowSparse implements SparseRows {
  readonly rows: Tensor
  readonly ids: Ids
  readonly count: number
  readonly distinct: boolean

  constructor(rows: Tensor, ids: Ids, count: number, distinct = false) {
    this.rows = rows
    this.ids = ids
    this.count = count
    this.distinct = distinct
  }

  dense(): Tensor {
    return scatterAdd(this.rows, this.ids, { v: this.count })
  }

  joined(other: SparseRows): SparseRows {
    return joinRows(this, other)
  }

  detached(): SparseRows {
    return new RowSparse(detach(this.rows), this.ids, this.count, this.distinct)
  }
}

/** Row ids[b] of the table, for every b: g added at those rows, left sparse until somebody needs the whole table */
export const gather = op('gather', 'v d, ...b<v -> ...b d', {
  forward: (call, [table, ids], y, { b, d }) => call(kernels.gather, table, ids, y, b, d),
  vjp: (g, [, ids], _, { v, b, d }) => [() => new RowSparse(reshapeTo(g, { m: [b, d] }), flat(ids), v), null],
})

/** The same, and zeros where an id is below 0, which is nobody's: g added at the rows that somebody has */
export const gatherPresent = op('gatherPresent', 'v d, ...b<v -> ...b d', {
  nobody: true,
  forward: (call, [table, ids], y, { b, d }) => call(kernels.gather, table, ids, y, b, d),
  vjp: (g, [, ids], _, { v, b, d }) => [() => new RowSparse(reshapeTo(g, { m: [b, d] }), flat(ids), v), null],
})

/**
 * Row b added at row ids[b] of v rows of zeros: the rows of g at ids. They are added one by one in the backend's own
 * numbers, so that n rows of one id are off by up to n·2⁻²⁴ of the sum of their magnitudes in float32.
 */
export const scatterAdd = op('scatterAdd', '...b d, ...b<v -> v d', {
  nobody: true,
  forward: (call, [rows, ids], y, { b, v, d }) => call(kernels.scatterAdd, rows, ids, y, b, v, d),
  vjp: (g, [, ids]) => [() => gatherPresent(g, ids), null],
})

/** The largest of each segment of rows, 0 where it is empty: g, shared evenly by the rows that attain it */
export const segmentMax = op('segmentMax', 'b d, b<v -> v d', {
  forward: (call, [rows, ids], y, { b, v, d }) => call(kernels.segmentMax, rows, ids, y, b, v, d),
  vjp: (g, [rows, ids], y, { v }) => [
    () => {
      const hit = hits(rows, gather(y, ids))
      return mul(hit, gather(div(g, maximum(scatterAdd(hit, ids, { v }), 1)), ids))
    },
    null,
  ],
})

interface CountOptions {
  /** How many segments or rows there are. */
  readonly count: number
}

const SEGMENTS = { rows: TENSOR, ids: IDS }
const COUNT: Checks<CountOptions> = { count: needed(whole(0)) }

/** Σ of each segment: row b of `rows` (b d) belongs to segment ids[b] of `count`. */
export const segmentSum = composite(
  'segmentSum',
  SEGMENTS,
  (rows: Tensor, ids: Ids, { count }: CountOptions): Tensor => scatterAdd(rows, ids, { v: count }),
  COUNT,
)

/** The mean of each segment, 0 where it is empty. */
export const segmentMean = composite(
  'segmentMean',
  SEGMENTS,
  (rows: Tensor, ids: Ids, options: CountOptions): Tensor => {
    const ones = fromValues(new Float64Array(ids.size).fill(1), [ids.size, 1], rows.backend)
    return div(segmentSum(rows, ids, options), maximum(segmentSum(ones, ids, options), 1))
  },
  COUNT,
)

const flat = (ids: Ids): Ids => (ids.shape.length === 1 ? ids : new Ids([ids.size], ids.buffer, ids.bound, ids.backend))

/** 1 where an id is not 0, which is padding, else 0: of the shape of `ids`, and without a gradient. */
export const nonzeroMask = composite('nonzeroMask', { ids: IDS }, (ids: Ids): Tensor => {
  const backend = standIn(ids.backend)
  recordWithin('nonzeroMask')
  const out = backend.allocate(ids.size)
  run(backend, kernels.nonzeroMask, bufferOn(backend, ids), out, ids.size)
  return new Tensor(ids.shape, out, backend)
})

/**
 * The ids of a table of `count` rows with −1, which is nobody's, in the place of 0, which is padding: `gatherPresent` reads
 * no row for it, and its gradient touches none. Throws a RangeError where an id has no row.
 */
export const presentIds = composite(
  'presentIds',
  { ids: IDS },
  (ids: Ids, { count }: CountOptions): Ids => {
    const backend = standIn(ids.backend)
    idsBelow('presentIds', '', ids, count)
    recordWithin('presentIds')
    const out = backend.allocateIds(ids.size)
    run(backend, kernels.presentIds, bufferOn(backend, ids), out, ids.size)
    return new Ids(ids.shape, out, ids.bound, backend)
  },
  COUNT,
)

/** Two sparse gradients of one table as one. */
export function joinRows(a: SparseRows, b: SparseRows): RowSparse {
  for (const { ids, count } of [a, b]) idsBelow('joinRows', '', ids, count, -1)
  const backend = standIn(a.ids.backend)
  const [m, n] = [a.ids.size, b.ids.size]
  recordWithin('joinRows')
  const joined = backend.allocateIds(m + n)
  run(backend, kernels.joinIds, bufferOn(backend, a.ids), bufferOn(backend, b.ids), joined, m, n)
  const ids = new Ids([m + n], joined, Math.max(a.ids.bound, b.ids.bound), backend)
  const d = a.rows.shape[1]
  const rows = concatMiddle([a, b].map(({ rows }) => reshapeTo(rows, { m: [1, ...rows.shape] })))
  return new RowSparse(reshapeTo(rows, { m: [m + n, d] }), ids, a.count)
}

/** The same gradient with every id named once: see `RowSparse.distinct`. It has no history. */
export const distinctRows = composite('distinctRows', { sparse: ROWS }, (sparse: SparseRows): SparseRows => {
  if (sparse.distinct) return sparse
  const { rows, ids, count } = sparse
  const backend = standIn(ids.backend)
  const [b, d] = rows.shape
  const size = 2 ** Math.ceil(Math.log2(Math.max(2 * b, 2)))
  recordWithin('distinctRows')
  const merged = backend.allocate(b * d)
  const leaders = backend.allocateIds(b)
  const table = backend.allocateIds(size)
  run(
    backend,
    kernels.mergeRows,
    bufferOn(backend, rows),
    bufferOn(backend, ids),
    merged,
    leaders,
    table,
    b,
    d,
    d,
    0,
    size,
  )
  const summed = new Tensor([b, d], merged, backend)
  return new RowSparse(summed, new Ids([b], leaders, ids.bound, backend), count, true)
})

/**
 * Several sparse gradients of one table at the same distinct rows, so that row b of one belongs to row b of the others.
 * Costs what their rows cost. They have no history.
 */
export const alignRows = composite(
  'alignRows',
  { parts: listOf(ROWS, 1) },
  (parts: readonly SparseRows[]): readonly SparseRows[] => {
    const [{ ids, count }] = parts
    // Which row leads depends on ids alone, so gradients by the same ids come out aligned.
    if (parts.every((part) => part.ids.buffer === ids.buffer)) return parts.map((part) => distinctRows(part))
    const [, d] = parts[0].rows.shape
    const beside = parts.map(({ rows, ids }, index): SparseRows => {
      const wide = pad(rows, { axis: 1, start: index * d, extent: parts.length * d })
      return new RowSparse(wide, ids, count)
    })
    const together = distinctRows(beside.reduce(joinRows))
    return parts.map((_, index) => {
      const own = slice(together.rows, { axis: 1, start: index * d, end: (index + 1) * d })
      return new RowSparse(detach(own), together.ids, count, true)
    })
  },
)

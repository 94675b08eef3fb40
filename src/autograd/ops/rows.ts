/** Rows picked from a table and rows added to one, which undo each other, and pooling over segments of rows. */
import type { Backend, Buffer } from '../../kernels/index.ts'
import { Ids, RowSparse, detach, fromValues } from '../../tensor/index.ts'
import type { Cotangent, Tensor } from '../../tensor/index.ts'
import { op } from '../op.ts'
import { div, equal, maximum, mul } from './binary.ts'
import { concat, reshape } from './shape.ts'

/** Row ids[b] of the table, for every b: g added at those rows, left sparse until somebody needs the whole table */
export const gather = op('gather', 'v d, ...b<v -> ...b d', {
  forward: (kernels, [table, ids], y, { b, d }) => kernels.gather(table, ids, y, b, d),
  vjp: (g, [, ids], _, { v, b, d }) => [() => new RowSparse(reshape(g, [b, d]), flat(ids), v), null],
})

/** Row b added at row ids[b] of v rows of zeros: the rows of g at ids */
export const scatterAdd = op('scatterAdd', '...b d, ...b<v -> v d', {
  forward: (kernels, [rows, ids], y, { b, v, d }) => kernels.scatterAdd(rows, ids, y, b, v, d),
  vjp: (g, [, ids]) => [() => gather(g, ids), null],
})

/** The largest of each segment of rows, 0 where it is empty: g, shared evenly by the rows that attain it */
export const segmentMax = op('segmentMax', 'b d, b<v -> v d', {
  forward: (kernels, [rows, ids], y, { b, v, d }) => kernels.segmentMax(rows, ids, y, b, v, d),
  vjp: (g, [rows, ids], y, { v }) => [
    () => {
      const hit = equal(rows, gather(y, ids))
      return mul(hit, gather(div(g, maximum(scatterAdd(hit, ids, { v }), 1)), ids))
    },
    null,
  ],
})

/** Σ of each segment: row b of `rows` (b d) belongs to segment ids[b] of `count`. */
export const segmentSum = (rows: Tensor, ids: Ids, { count }: { readonly count: number }): Tensor =>
  scatterAdd(rows, ids, { v: count })

/** The mean of each segment, 0 where it is empty. */
export function segmentMean(rows: Tensor, ids: Ids, { count }: { readonly count: number }): Tensor {
  const ones = fromValues(new Float64Array(ids.size).fill(1), [ids.size, 1], rows.backend)
  return div(segmentSum(rows, ids, { count }), maximum(segmentSum(ones, ids, { count }), 1))
}

const flat = (ids: Ids): Ids => (ids.shape.length === 1 ? ids : new Ids([ids.size], ids.buffer, ids.bound, ids.backend))

/** The whole table of a gradient. */
export const toDense = (cotangent: Cotangent): Tensor =>
  cotangent instanceof RowSparse ? scatterAdd(cotangent.rows, cotangent.ids, { v: cotangent.count }) : cotangent

/** Two sparse gradients of one table as one. */
export function joinRows(a: RowSparse, b: RowSparse): RowSparse {
  const { backend } = a.ids
  const joined = new Int32Array(a.ids.size + b.ids.size)
  joined.set(a.ids.values)
  joined.set(b.ids.values, a.ids.size)
  const buffer = backend.allocateIds(joined.length)
  backend.writeIds(buffer, joined)
  const ids = new Ids([joined.length], buffer, Math.max(a.ids.bound, b.ids.bound), backend)
  return new RowSparse(concat([a.rows, b.rows], { axis: 0 }), ids, a.count)
}

/** For each backend as many −1 as the largest table met so far has rows: what the `distinct` kernel counts with. */
const slotsOf = new WeakMap<Backend, Buffer>()

function slots(backend: Backend, count: number): Buffer {
  let found = slotsOf.get(backend)
  if (!found || found.length < count) {
    found = backend.allocateIds(count)
    backend.writeIds(found, new Int32Array(count).fill(-1))
    slotsOf.set(backend, found)
  }
  return found
}

/** The same gradient with every row named once, rows of equal id added up. It has no history. */
export function distinctRows(sparse: RowSparse): RowSparse {
  if (sparse.distinct) return sparse
  const { rows, ids, count } = sparse
  const { backend } = ids
  const position = backend.allocateIds(ids.size)
  const found = backend.allocateIds(ids.size)
  const n = backend.kernels.distinct(ids.buffer, position, found, slots(backend, count), ids.size)
  const names = backend.allocateIds(n)
  backend.writeIds(names, new Ids([ids.size], found, count, backend).values.subarray(0, n))
  const summed = scatterAdd(detach(rows), new Ids([ids.size], position, n, backend), { v: n })
  return new RowSparse(detach(summed), new Ids([n], names, ids.bound, backend), count, true)
}

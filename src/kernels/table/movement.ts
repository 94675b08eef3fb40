/** Kernels that move numbers about, reduce an axis, and pick and add rows by ids. */
import * as reduce from '../cpu/reduce.ts'
import * as rounded from '../cpu/rounded.ts'
import * as rows from '../cpu/rows.ts'
import * as shape from '../cpu/shape.ts'
import { fused, kernel } from '../kernel.ts'
import { wordsFor } from '../rounded.ts'

const REDUCTION = { flops: 'o m i' }
const ADDS = { flops: 'b d' }
const MOVES = { flops: '0' }

// Moving values about: `o` outer and `i` inner elements stay together, the axes between them change.

export const repeat = kernel('repeat', 'x:o i -> out:o m i | o m i', shape.repeat, MOVES)
export const swap = kernel('swap', 'x:o p q i -> out:o q p i | o p q i', shape.swap, MOVES)
/** From `start` along p */
export const slice = kernel('slice', 'x:o p i -> out:o q i | o p q i start', shape.slice, {
  flops: '0',
  looks: 'o q i',
  draw: ({ whole }) => {
    const [p, start] = [whole(0, 40), whole(0, 3)]
    return { p: p + start, q: whole(0, p), start }
  },
})
/** Placed at `start` among zeros */
export const pad = kernel('pad', 'x:o q i -> out:o p i | o q p i start', shape.pad, {
  flops: '0',
  draw: ({ whole }) => {
    const [q, start] = [whole(0, 33), whole(0, 3)]
    return { q, p: q + start + whole(0, 3), start }
  },
})
export const concat = kernel('concat', '[xs:o p+ i]e -> out:o p+ i | o p[] i', shape.concat, MOVES)

// Over the middle axis of (o m i).

export const sum = kernel('sum', 'x:o m i -> out:o i | o m i', reduce.sum, REDUCTION)
export const max = kernel('max', 'x:o m i -> out:o i | o m i', reduce.max, REDUCTION)
export const min = kernel('min', 'x:o m i -> out:o i | o m i', reduce.min, REDUCTION)
export const logSumExp = kernel('logSumExp', 'x:o m i -> out:o i | o m i', reduce.logSumExp, {
  flops: '4 o m i',
})
/** The first index of the largest value */
export const argmax = kernel('argmax', 'x:o m i -> out<m:o i | o m i', reduce.argmax, REDUCTION)

// Rows picked and rows added by integer ids, which the caller has checked.

/** Zeros where an id is below 0, which is nobody’s */
export const gather = kernel('gather', 'table:v d, ids<v:b -> out:b d | b d', rows.gather, MOVES)
/** concat of gather of every table, and of plain columns (b d) where ids[e] is null */
export const gatherEach = fused('gatherEach', '[tables:v+ d+]e, [ids?<v:b]e -> out:b d+ | b d[]', MOVES)
/** The same of tables that are stored in 16 or 8 bits, h words a row: see ../rounded.ts */
export const gatherRounded = kernel(
  'gatherRounded',
  '[tables<:v+ h+]e, [ids<v:b]e -> out:b d+ | b d[] h[] bits',
  rounded.gatherRounded,
  {
    flops: '0',
    draw: ({ whole }) => {
      const [d, bits] = [[whole(1, 9), whole(1, 9), whole(1, 9)], 8 * whole(1, 2)]
      return { d, h: d.map((width) => wordsFor(width, bits)), bits }
    },
  },
)

/** An id below 0 names no row */
export const scatterAdd = kernel('scatterAdd', 'rows:b d, ids<v:b -> out:v d | b v d', rows.scatterAdd, ADDS)
/** The largest of each segment, 0 where a segment is empty */
export const segmentMax = kernel('segmentMax', 'rows:b d, ids<v:b -> out:v d | b v d', rows.segmentMax, ADDS)
/**
 * Adds up rows of equal id, from column `start` on. The first row of an id gets their sum and keeps the id; the others,
 * and those of an id below 0, get zeros and −1. `table` is room to work in, size a power of 2 of at least 2b.
 */
export const mergeRows = kernel(
  'mergeRows',
  'rows:b stride, ids<v:b -> merged:b d, leaders<v:b, ~table<size:size | b d stride start size',
  rows.mergeRows,
  {
    flops: 'b d',
    looks: 'b d',
    draw: ({ whole }) => ({ b: whole(0, 32), d: whole(0, 9), start: 2, stride: 12, size: 64 }),
  },
)

/** 1 where an id is not 0, which is padding */
export const nonzeroMask = kernel('nonzeroMask', 'ids<v:n -> out:n | n', rows.nonzeroMask, MOVES)
/** The id, or −1, which is nobody’s, where it is 0, which is padding */
export const presentIds = kernel('presentIds', 'ids<v:n -> out<v:n | n', rows.presentIds, MOVES)
export const joinIds = kernel('joinIds', 'a<v:m, b<v:n -> out<v:m+n | m n', rows.joinIds, MOVES)

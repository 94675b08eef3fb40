/** Mixing, moving, picking and adding up. What comes as a list of buffers is written down in memory first. */
import type { Floats } from '../backend.ts'
import type { FusedKernels } from '../fused.ts'
import type { MixKernels, ReduceKernels, RowKernels, ShapeKernels, SoftmaxKernels } from '../kernels.ts'
import type { Exports } from './exports.ts'
import { three, two } from './wrap.ts'

type Ids = Int32Array
type Rearranging = MixKernels<Floats> &
  SoftmaxKernels<Floats> &
  ShapeKernels<Floats> &
  Pick<ReduceKernels<Floats, Ids>, 'sum' | 'max'> &
  Omit<RowKernels<Floats, Ids>, 'segmentMax' | 'presentIds'> &
  Pick<FusedKernels<Floats, Ids>, 'mixScaleSum' | 'gatherEach'>

/** The most buffers in one list: three numbers are noted for each. */
const LONGEST = 4096
export const LIST_BYTES = LONGEST * 12

function checkLength(verb: string, length: number): void {
  if (length > LONGEST)
    throw new RangeError(
      `${verb}: expected at most ${LONGEST} buffers but got ${length}: because wasm notes a list in room of fixed size`,
    )
}

/** `list` lies in the memory of the binary. */
export function rearranging(e: Exports, list: Int32Array): Rearranging {
  const at = list.byteOffset
  const note = (index: number, first: number, second: number, third: number): void => {
    list[3 * index] = first
    list[3 * index + 1] = second
    list[3 * index + 2] = third
  }

  return {
    mix: (weights, experts, out, b, count, d) => {
      checkLength('mix', count)
      for (let x = 0; x < count; x++) note(x, weights.byteOffset + 4 * x, count, experts[x].byteOffset)
      e.mix(at, count, 0, out.byteOffset, b, d)
    },
    mixScale: (weights, x, out, b, count, d, index) => {
      note(0, weights.byteOffset + 4 * index, count, x.byteOffset)
      e.mix(at, 1, 0, out.byteOffset, b, d)
    },
    mixScaleSum: (weights, xs, y, out, b, es, d, indices) => {
      checkLength('mixScaleSum', xs.length)
      for (let x = 0; x < xs.length; x++) note(x, weights[x].byteOffset + 4 * indices[x], es[x], xs[x].byteOffset)
      e.mix(at, xs.length, y === null ? 0 : y.byteOffset, out.byteOffset, b, d)
    },
    mixDot: (x, experts, out, b, count, d) => {
      checkLength('mixDot', count)
      for (let each = 0; each < count; each++) list[each] = experts[each].byteOffset
      e.mixDot(x.byteOffset, at, out.byteOffset, b, count, d)
    },

    softmax: two(e.softmax),
    logSoftmax: two(e.logSoftmax),
    softmaxGradient: three(e.softmaxGradient),

    repeat: two(e.repeat),
    swap: two(e.swap),
    slice: (x, out, o, p, q, i, start) => {
      e.copyRows(x.byteOffset + 4 * start * i, p * i, out.byteOffset, q * i, o, q * i)
    },
    pad: (x, out, o, q, p, i, start) => {
      e.fill(0, out.byteOffset, o * p * i)
      e.copyRows(x.byteOffset, q * i, out.byteOffset + 4 * start * i, p * i, o, q * i)
    },
    concat: (xs, out, o, widths, i) => {
      let total = 0
      for (let x = 0; x < xs.length; x++) total += widths[x] * i
      let to = out.byteOffset
      for (let x = 0; x < xs.length; x++) {
        e.copyRows(xs[x].byteOffset, widths[x] * i, to, total, o, widths[x] * i)
        to += 4 * widths[x] * i
      }
    },

    sum: two(e.sum),
    max: two(e.max),

    gather: (table, ids, out, b, d) => {
      e.gather(table.byteOffset, ids.byteOffset, out.byteOffset, b, d, d)
    },
    gatherEach: (tables, ids, out, b, ds) => {
      checkLength('gatherEach', tables.length)
      let total = 0
      for (let x = 0; x < tables.length; x++) {
        note(x, tables[x].byteOffset, ids[x]?.byteOffset ?? 0, ds[x])
        total += ds[x]
      }
      e.gatherEach(at, tables.length, out.byteOffset, b, total)
    },
    scatterAdd: three(e.scatterAdd),
    mergeRows: (rows, ids, merged, leaders, table, b, d, stride, start, size) => {
      // A list to take the names from would be allocated at every call.
      const to = merged.byteOffset
      e.mergeRows(rows.byteOffset, ids.byteOffset, to, leaders.byteOffset, table.byteOffset, b, d, stride, start, size)
    },
    nonzeroMask: two(e.nonzeroMask),
    joinIds: (a, b, out, m, n) => {
      e.copyRows(a.byteOffset, 0, out.byteOffset, 0, 1, m)
      e.copyRows(b.byteOffset, 0, out.byteOffset + 4 * m, 0, 1, n)
    },
  }
}

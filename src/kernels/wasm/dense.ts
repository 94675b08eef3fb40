/** Layers: the kernel of products, which adds the bias and cuts below 0 in the same pass. */
import type { Exports, Own } from './exports.ts'
import { checkLength, note } from './list.ts'

/** The flag that cuts below 0. */
const RELU = 1

/** `list` lies in the memory of the binary. */
export function dense(
  { gemm, denseRounded }: Exports,
  list: Int32Array,
): Pick<Own, 'dense' | 'denseRelu' | 'denseEach' | 'denseRounded'> {
  const layer =
    (flags: number): Own['dense'] =>
    (x, w, c, out, b, i, o) => {
      gemm(x.byteOffset, i, 1, w.byteOffset, o, 1, c.byteOffset, out.byteOffset, b, i, o, flags)
    }
  return {
    dense: layer(0),
    denseRelu: layer(RELU),
    denseEach: (x, ws, cs, outs, b, i, os, relus) => {
      const from = x.byteOffset
      for (let e = 0; e < ws.length; e++) {
        const bias = cs[e]?.byteOffset ?? 0
        gemm(from, i, 1, ws[e].byteOffset, os[e], 1, bias, outs[e].byteOffset, b, i, os[e], relus[e] ? RELU : 0)
      }
    },
    denseRounded: (x, ws, cs, outs, b, i, os, bits, relus) => {
      checkLength('denseRounded', 2 * ws.length)
      let columns = 0
      for (let e = 0; e < ws.length; e++) {
        note(list, 2 * e, ws[e].byteOffset, cs[e]?.byteOffset ?? 0, outs[e].byteOffset)
        note(list, 2 * e + 1, os[e], relus[e] ? RELU : 0, 0)
        columns += os[e]
      }
      denseRounded(list.byteOffset, ws.length, x.byteOffset, b, i, bits, columns)
    },
  }
}

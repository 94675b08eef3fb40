/** Layers: the kernel of products, which adds the bias and cuts below 0 in the same pass. */
import type { Exports, Own } from './exports.ts'

/** The flag that cuts below 0. */
const RELU = 1

export function dense({ gemm }: Exports): Pick<Own, 'dense' | 'denseRelu' | 'denseEach'> {
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
  }
}

/** Kernels that are several calls in one, as plain loops, for saved programs: elsewhere plain loops make the calls one by one. */
import type { Floats } from '../buffer.ts'
import { dense, denseRelu } from './dense.ts'
import { matmul } from './matmul.ts'

/** out (b Σds) = the rows of each table that its ids pick, or the plain rows where it has none, side by side */
export function gatherEach(
  tables: readonly Floats[], // (v d) of each, or (b d)
  ids: readonly (Int32Array | null)[], // (b) of each
  out: Floats,
  b: number,
  ds: readonly number[],
): void {
  const stride = out.length / b
  let start = 0
  for (let e = 0; e < tables.length; e++) {
    const [table, picks, d] = [tables[e], ids[e], ds[e]]
    for (let row = 0; row < b; row++) {
      const from = (picks ? picks[row] : row) * d
      const to = row * stride + start
      if (from < 0) out.fill(0, to, to + d)
      else for (let j = 0; j < d; j++) out[to + j] = table[from + j]
    }
    start += d
  }
}

/** For each e: outs[e] = the layer, or only the product, of one x */
export function denseEach(
  x: Floats, // (b i)
  ws: readonly Floats[], // (i o) of each
  cs: readonly (Floats | null)[], // (o) of each
  outs: readonly Floats[], // (b o) of each
  b: number,
  i: number,
  os: readonly number[],
  relus: readonly boolean[],
): void {
  for (let e = 0; e < ws.length; e++) {
    const c = cs[e]
    if (c) (relus[e] ? denseRelu : dense)(x, ws[e], c, outs[e], b, i, os[e])
    else matmul(x, ws[e], outs[e], b, i, os[e])
  }
}

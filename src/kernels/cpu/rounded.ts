/** Kernels of weights that are stored in 16 or 8 bits, as ../rounded.ts has them; they refuse to keep one that is wider. */
import type { Floats } from '../buffer.ts'
import { columnAt, floatOf, numberIn, panelOf, wordsFor } from '../rounded.ts'

/** Numbers that share a unit: the sum of more products would not fit in 32 bits. */
const BLOCK = 1024
/** What is added and taken away again leaves the nearest whole number, of two that are as near the even one. */
const WHOLE = 1.5 * 2 ** 52

/** One of `denseRounded`. */
function layer(
  x: Floats, // (b i)
  w: Int32Array, // (i o) as words
  c: Floats | null, // (o)
  out: Floats, // (b o)
  b: number,
  i: number,
  o: number,
  bits: number,
  relu: boolean,
): void {
  const height = wordsFor(i, bits)
  const shift = bits === 8 ? 2 : 1
  for (let row = 0; row < b; row++) {
    const from = row * i
    let p = 0
    do {
      const end = bits === 8 ? Math.min(p + BLOCK, i) : i
      let units = 1
      if (bits === 8) {
        let most = 0
        for (let q = p; q < end; q++) most = Math.max(most, Math.abs(x[from + q]))
        // So many to 1 that the largest has 2¹³ or more and less than 2¹⁴; NaN comes of what is not finite.
        units = 2 ** (13 - Math.max(Math.floor(Math.log2(most)), -114))
      }
      for (let j = 0; j < o; j++) {
        const step = panelOf(j, o)
        const first = columnAt(j, step, height)
        let sum = 0
        for (let q = p; q < end; q++) {
          const weight = numberIn(w[first + (q >> shift) * step], q, bits)
          sum += weight * (bits === 8 ? x[from + q] * units + WHOLE - WHOLE : x[from + q])
        }
        if (bits === 8) sum *= floatOf(w[first + (height - 1) * step]) / units
        sum += p > 0 ? out[row * o + j] : c ? c[j] : -0
        out[row * o + j] = relu && end === i ? Math.max(sum, 0) : sum
      }
      p = end
    } while (p < i)
  }
}

/**
 * For each e out = x·w + c, or max(·, 0) of it. Where w is steps, which are whole numbers, x is made whole numbers too, of a
 * unit: so sums are exact, whatever adds them up.
 */
export function denseRounded(
  x: Floats, // (b i)
  ws: readonly Int32Array[], // (i o) of each, as words
  cs: readonly (Floats | null)[], // (o) of each
  outs: readonly Floats[], // (b o) of each
  b: number,
  i: number,
  os: readonly number[],
  bits: number,
  relus: readonly boolean[],
): void {
  for (let e = 0; e < ws.length; e++) layer(x, ws[e], cs[e], outs[e], b, i, os[e], bits, relus[e])
}

/** out (b Σds) = the rows of each table that its ids pick, side by side; zeros where an id is below 0, which is nobody's */
export function gatherRounded(
  tables: readonly Int32Array[], // (v h) of each: (v d) as words
  ids: readonly Int32Array[], // (b) of each
  out: Floats,
  b: number,
  ds: readonly number[],
  hs: readonly number[],
  bits: number,
): void {
  const stride = out.length / b
  const shift = bits === 8 ? 2 : 1
  let start = 0
  for (let e = 0; e < tables.length; e++) {
    const [table, picks, d, h] = [tables[e], ids[e], ds[e], hs[e]]
    for (let row = 0; row < b; row++) {
      const from = picks[row] * h
      const to = row * stride + start
      if (from < 0) out.fill(0, to, to + d)
      else {
        const step = bits === 8 ? floatOf(table[from + h - 1]) : 1
        for (let j = 0; j < d; j++) out[to + j] = numberIn(table[from + (j >> shift)], j, bits) * step
      }
    }
    start += d
  }
}

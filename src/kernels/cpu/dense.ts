/** One layer at a time: a product, then its bias and relu while the result is still in the cache. */
import type { Floats } from '../buffer.ts'
import { matmul } from './matmul.ts'

/** out = x·w + c, the bias c added to every row */
export function dense(
  x: Floats, // (b i)
  w: Floats, // (i o)
  c: Floats, // (o)
  out: Floats, // (b o)
  b: number,
  i: number,
  o: number,
): void {
  matmul(x, w, out, b, i, o)
  for (let row = 0; row < b; row++) {
    for (let j = 0; j < o; j++) out[row * o + j] += c[j]
  }
}

/** out = max(x·w + c, 0) */
export function denseRelu(
  x: Floats, // (b i)
  w: Floats, // (i o)
  c: Floats, // (o)
  out: Floats, // (b o)
  b: number,
  i: number,
  o: number,
): void {
  matmul(x, w, out, b, i, o)
  for (let row = 0; row < b; row++) {
    for (let j = 0; j < o; j++) out[row * o + j] = Math.max(out[row * o + j] + c[j], 0)
  }
}

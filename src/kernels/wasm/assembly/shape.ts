/** Moving values about without changing one. */
import { copy, putPair, putShort } from './lanes.ts'

/** Rows of `width` from one stride to another, in numbers: what slice, pad, concat and their like come down to. */
export function copyRows(from: usize, fromStride: i32, to: usize, toStride: i32, rows: i32, width: i32): void {
  if (width === 1) for (; rows > 0; rows--, from += fromStride << 2, to += toStride << 2) f32.store(to, f32.load(from))
  for (; rows > 0; rows--, from += fromStride << 2, to += toStride << 2) copy(from, to, width)
}

/** out (n) = value */
export function fill(value: f32, out: usize, n: i32): void {
  const values = f32x4.splat(value)
  for (; n >= 8; n -= 8, out += 32) putPair(out, values, values)
  for (; n > 0; n -= 4, out += 16) putShort(out, values, n)
}

/** (o i) → (o m i) */
export function repeat(x: usize, out: usize, o: i32, m: i32, i: i32): void {
  for (; o > 0; o--, x += i << 2, out += (m * i) << 2) {
    if (i === 1) fill(f32.load(x), out, m)
    else copyRows(x, 0, out, i, m, i)
  }
}

/** (o p q i) → (o q p i) */
export function swap(x: usize, out: usize, o: i32, p: i32, q: i32, i: i32): void {
  for (; o > 0; o--, x += (p * q * i) << 2)
    for (let column = 0; column < q; column++, out += (p * i) << 2)
      copyRows(x + ((column * i) << 2), q * i, out, i, p, i)
}

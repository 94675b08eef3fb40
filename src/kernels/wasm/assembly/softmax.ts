/**
 * Probabilities of each row, shifted by the row's largest value so that no exponential overflows. Rows are short where
 * gates are, so the exponentials of all rows are taken in one run.
 */
import { exp, log } from './unary.ts'
import { putPair, putShort } from './lanes.ts'
import { madd } from './madd.ts'
import { maxOf, sumOf } from './reduce.ts'

/** to (n) = factor·from (n) + shift */
function affine(factor: f32, shift: f32, from: usize, to: usize, n: i32): void {
  const factors = f32x4.splat(factor)
  const shifts = f32x4.splat(shift)
  for (; n >= 8; n -= 8, from += 32, to += 32)
    putPair(to, madd(v128.load(from), factors, shifts), madd(v128.load(from, 16), factors, shifts))
  for (; n > 0; n -= 4, from += 16, to += 16) putShort(to, madd(v128.load(from), factors, shifts), n)
}

/** out (b n) = exp(x (b n) − max of the row) */
function exponentials(x: usize, out: usize, b: i32, n: i32): void {
  let to = out
  for (let row = 0; row < b; row++, x += n << 2, to += n << 2) affine(1, -maxOf(x, n), x, to, n)
  exp(out, out, b * n)
}

/** out[row, j] = exp(x[row, j]) / Σ exp(x[row]) */
export function softmax(x: usize, out: usize, b: i32, n: i32): void {
  exponentials(x, out, b, n)
  for (; b > 0; b--, out += n << 2) affine(<f32>(1 / sumOf(out, n)), -0.0, out, out, n)
}

/** out[row, j] = x[row, j] − max − log Σ exp(x[row] − max) */
export function logSoftmax(x: usize, out: usize, b: i32, n: i32): void {
  exponentials(x, out, b, n)
  if (n <= 0) return
  // Sums move to the front, over rows that are summed already, for one run of log; rows are done from the last one on.
  let end = out
  for (let row = 0, to = out; row < b; row++, to += 4, end += n << 2) f32.store(to, <f32>sumOf(end, n))
  log(out, out, b)
  x += (b * n) << 2
  while (b-- > 0) {
    x -= n << 2
    end -= n << 2
    const total = f32.load(out + (b << 2))
    // Two subtractions, because max + log would lose the log's digits behind a large max.
    affine(1, -maxOf(x, n), x, end, n)
    affine(1, -total, end, end, n)
  }
}

/** out[row, j] = y[row, j] · (g[row, j] − Σ g[row]·y[row]) */
export function softmaxGradient(g: usize, y: usize, out: usize, b: i32, n: i32): void {
  for (; b > 0; b--) {
    let dot: f64 = 0
    for (let j: usize = 0; j < (<usize>n) << 2; j += 4) dot += <f64>f32.load(g + j) * <f64>f32.load(y + j)
    const shift = f32x4.splat(<f32>dot)
    let rest = n
    for (; rest >= 8; rest -= 8, g += 32, y += 32, out += 32)
      putPair(
        out,
        f32x4.mul(v128.load(y), f32x4.sub(v128.load(g), shift)),
        f32x4.mul(v128.load(y, 16), f32x4.sub(v128.load(g, 16), shift)),
      )
    for (; rest > 0; rest -= 4, g += 16, y += 16, out += 16)
      putShort(out, f32x4.mul(v128.load(y), f32x4.sub(v128.load(g), shift)), rest)
    // The loop went past the row by what its last vector had too many.
    const past = (-n & 3) << 2
    g -= past
    y -= past
    out -= past
  }
}

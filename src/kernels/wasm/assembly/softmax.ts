/**
 * Probabilities of each row, shifted by the row's largest value so that no exponential overflows. Rows are short where
 * gates are, so the exponentials of all rows are taken in one run.
 */
import { exp, log } from './unary.ts'
import { get, put } from './lanes.ts'
import { maxOf, sumOf } from './reduce.ts'

/** to (n) = from (n) − amount */
function subtract(amount: f32, from: usize, to: usize, n: i32): void {
  for (; n > 0; n -= 4, from += 16, to += 16) put(to, f32x4.sub(get(from, n), f32x4.splat(amount)), n)
}

/** x (n) = factor·x (n) */
function scale(factor: f32, x: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16) put(x, f32x4.mul(get(x, n), f32x4.splat(factor)), n)
}

/** out (b n) = exp(x (b n) − max of the row) */
function exponentials(x: usize, out: usize, b: i32, n: i32): void {
  let to = out
  for (let row = 0; row < b; row++, x += n << 2, to += n << 2) subtract(maxOf(x, n), x, to, n)
  exp(out, out, b * n)
}

/** out[row, j] = exp(x[row, j]) / Σ exp(x[row]) */
export function softmax(x: usize, out: usize, b: i32, n: i32): void {
  exponentials(x, out, b, n)
  for (; b > 0; b--, out += n << 2) scale(<f32>(1 / sumOf(out, n)), out, n)
}

/** out[row, j] = x[row, j] − max − log Σ exp(x[row] − max) */
export function logSoftmax(x: usize, out: usize, b: i32, n: i32): void {
  exponentials(x, out, b, n)
  if (n > 0) {
    for (; b > 0; b--, x += n << 2, out += n << 2) {
      f32.store(out, <f32>sumOf(out, n))
      log(out, out, 1)
      const total = f32.load(out)
      // Two subtractions, because max + log would lose the log's digits behind a large max.
      subtract(maxOf(x, n), x, out, n)
      subtract(total, out, out, n)
    }
  }
}

/** out[row, j] = y[row, j] · (g[row, j] − Σ g[row]·y[row]) */
export function softmaxGradient(g: usize, y: usize, out: usize, b: i32, n: i32): void {
  for (; b > 0; b--) {
    let dot: f64 = 0
    for (let j: usize = 0; j < (<usize>n) << 2; j += 4) dot += <f64>f32.load(g + j) * <f64>f32.load(y + j)
    const shift = f32x4.splat(<f32>dot)
    for (let rest = n; rest > 0; rest -= 4, g += 16, y += 16, out += 16)
      put(out, f32x4.mul(get(y, rest), f32x4.sub(get(g, rest), shift)), rest)
    // The loop went past the row by what its last vector had too many.
    const past = (-n & 3) << 2
    g -= past
    y -= past
    out -= past
  }
}

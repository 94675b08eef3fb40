/**
 * Probabilities of each row, shifted by the row's largest value so that no exponential overflows. A row that holds
 * +Infinity, or −Infinity alone, has no distribution: its answer is NaN, and none is invented.
 */
import type { Floats } from '../buffer.ts'

/** out[row, j] = exp(x[row, j]) / Σ exp(x[row]) */
export function softmax(
  x: Floats, // (b n)
  out: Floats, // (b n)
  b: number,
  n: number,
): void {
  for (let start = 0; start < b * n; start += n) {
    let max = -Infinity
    for (let j = start; j < start + n; j++) max = Math.max(max, x[j])
    let sum = 0
    for (let j = start; j < start + n; j++) {
      const exp = Math.exp(x[j] - max)
      out[j] = exp
      sum += exp
    }
    const scale = 1 / sum
    for (let j = start; j < start + n; j++) out[j] *= scale
  }
}

/** out[row, j] = x[row, j] − log Σ exp(x[row]) */
export function logSoftmax(
  x: Floats, // (b n)
  out: Floats, // (b n)
  b: number,
  n: number,
): void {
  for (let start = 0; start < b * n; start += n) {
    let max = -Infinity
    for (let j = start; j < start + n; j++) max = Math.max(max, x[j])
    let sum = 0
    for (let j = start; j < start + n; j++) sum += Math.exp(x[j] - max)
    const log = Math.log(sum)
    // Two subtractions, because max + log would lose the log's digits behind a large max.
    for (let j = start; j < start + n; j++) out[j] = x[j] - max - log
  }
}

/** out[row, j] = y[row, j] · (g[row, j] − Σ g[row]·y[row]) */
export function softmaxGradient(
  g: Floats, // (b n)
  y: Floats, // (b n)
  out: Floats, // (b n)
  b: number,
  n: number,
): void {
  for (let start = 0; start < b * n; start += n) {
    let dot = 0
    for (let j = start; j < start + n; j++) dot += g[j] * y[j]
    for (let j = start; j < start + n; j++) out[j] = y[j] * (g[j] - dot)
  }
}

/** A gate's mixture of experts and its gradients. It refuses to stack the experts: each stays where it was computed. */
import type { Floats } from '../buffer.ts'

/** out[row, j] = Σ weights[row, expert] · experts[expert][row, j] */
export function mix(
  weights: Floats, // (b e)
  experts: readonly Floats[], // e of (b d)
  out: Floats, // (b d)
  b: number,
  e: number,
  d: number,
): void {
  out.fill(0, 0, b * d)
  for (let expert = 0; expert < e; expert++) {
    const x = experts[expert]
    for (let row = 0; row < b; row++) {
      const weight = weights[row * e + expert]
      for (let j = row * d; j < (row + 1) * d; j++) out[j] += weight * x[j]
    }
  }
}

/** out[row, expert] = Σⱼ x[row, j] · experts[expert][row, j] */
export function mixDot(
  x: Floats, // (b d)
  experts: readonly Floats[], // e of (b d)
  out: Floats, // (b e)
  b: number,
  e: number,
  d: number,
): void {
  for (let expert = 0; expert < e; expert++) {
    const y = experts[expert]
    for (let row = 0; row < b; row++) {
      let dot = 0
      for (let j = row * d; j < (row + 1) * d; j++) dot += x[j] * y[j]
      out[row * e + expert] = dot
    }
  }
}

/** out[row, j] = weights[row, index] · x[row, j] */
export function mixScale(
  weights: Floats, // (b e)
  x: Floats, // (b d)
  out: Floats, // (b d)
  b: number,
  e: number,
  d: number,
  index: number,
): void {
  for (let row = 0; row < b; row++) {
    const weight = weights[row * e + index]
    for (let j = row * d; j < (row + 1) * d; j++) out[j] = weight * x[j]
  }
}

/** Batch and layer normalisation as plain expressions of smaller ops; running statistics are the caller's. */
import type { Tensor } from '../../tensor/index.ts'
import { add, div, mul, sub } from './binary.ts'
import { moments } from './reduce.ts'
import { affine, sqrt } from './unary.ts'

export interface NormalizeOptions {
  /** Added to the variance. */
  readonly epsilon?: number
}

/** (x − mean)/√(variance + ε)·scale + shift; all but x broadcast. */
export const normalize = (
  x: Tensor,
  { mean, variance }: { readonly mean: Tensor; readonly variance: Tensor },
  scale: Tensor,
  shift: Tensor,
  { epsilon = 1e-5 }: NormalizeOptions = {},
): Tensor => add(mul(div(sub(x, mean), sqrt(affine(variance, { shift: epsilon }))), scale), shift)

/** Each column of x (b d) normalised over the batch (Ioffe and Szegedy 2015), with this batch's statistics. */
export const batchNorm = (x: Tensor, scale: Tensor, shift: Tensor, options: NormalizeOptions = {}): Tensor =>
  normalize(x, moments(x, { axes: 0 }), scale, shift, options)

/** Each row of x (… d) normalised over its last axis (Ba et al. 2016). */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, options: NormalizeOptions = {}): Tensor {
  return normalize(x, moments(x, { axes: -1, keepDims: true }), scale, shift, options)
}

/** Batch and layer normalisation as plain expressions of smaller ops; running statistics are the caller's. */
import { having, real, recordOf } from '../../checks/index.ts'
import type { Check, Checks } from '../../checks/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { TENSOR, composite } from '../composite.ts'
import { add, div, mul, sub } from './binary.ts'
import { moments } from './reduce.ts'
import { scaleShift, sqrt } from './unary.ts'

/** What `normalize`, `batchNorm` and `layerNorm` take. */
export interface NormalizeOptions {
  /** Added to the variance. */
  readonly epsilon?: number
}

const NORMALIZE: Checks<NormalizeOptions> = { epsilon: real('[0, ∞)') }

const MOMENTS: Check = {
  expected: 'to be { mean, variance }, each a tensor,',
  fits: (value) => recordOf(TENSOR).fits(value) && having('moments', 'mean', 'variance').fits(value),
}

/** (x − mean)/√(variance + ε)·scale + shift; all but x broadcast. */
export const normalize = composite(
  'normalize',
  { x: TENSOR, moments: MOMENTS, scale: TENSOR, shift: TENSOR },
  (
    x: Tensor,
    { mean, variance }: { readonly mean: Tensor; readonly variance: Tensor },
    scale: Tensor,
    shift: Tensor,
    { epsilon = 1e-5 }: NormalizeOptions = {},
  ): Tensor => add(mul(div(sub(x, mean), sqrt(scaleShift(variance, { shift: epsilon }))), scale), shift),
  NORMALIZE,
)

const SCALED = { x: TENSOR, scale: TENSOR, shift: TENSOR }

/** Each column of x (b d) normalised over the batch (Ioffe and Szegedy 2015), with this batch's statistics. */
export const batchNorm = composite(
  'batchNorm',
  SCALED,
  (x: Tensor, scale: Tensor, shift: Tensor, options: NormalizeOptions = {}): Tensor =>
    normalize(x, moments(x, { axis: 0 }), scale, shift, options),
  NORMALIZE,
)

/** Each row of x (… d) normalised over its last axis (Ba et al. 2016). */
export const layerNorm = composite(
  'layerNorm',
  SCALED,
  (x: Tensor, scale: Tensor, shift: Tensor, options: NormalizeOptions = {}): Tensor =>
    normalize(x, moments(x, { axis: -1, keepDims: true }), scale, shift, options),
  NORMALIZE,
)

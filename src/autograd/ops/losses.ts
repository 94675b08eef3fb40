/** Losses from logits, one value per example, so that masks and weights stay the caller's. */
import type { Tensor } from '../../tensor/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { TENSOR, composite } from '../composite.ts'
import { op } from '../op.ts'
import { mul, sub } from './binary.ts'
import { neg } from './linear.ts'
import { sigmoid, softplus, square } from './unary.ts'

/** −ln p(t | z) of a label t in [0, 1] under p = sigmoid(z), stable for any z: (g·(sigmoid(z) − t), −g·z) */
export const binaryCrossEntropy = op('binaryCrossEntropy', '...n, ...n -> ...n', {
  domain: [
    { min: -3, max: 3 },
    { min: 0, max: 1 },
  ],
  means: (z, t) => sub(softplus(z), mul(z, t)),
  forward: (call, [z, t], y, { n }) => call(kernels.binaryCrossEntropy, z, t, y, n),
  vjp: (g, [z, t]) => [() => mul(g, sub(sigmoid(z), t)), () => neg(mul(g, z))],
})

/** (p − t)² */
export const squaredError = composite(
  'squaredError',
  { prediction: TENSOR, target: TENSOR },
  (prediction: Tensor, target: Tensor): Tensor => square(sub(prediction, target)),
)

/** Activations that are expressions of other ops: no kernels of their own, and their gradients are there already. */
import type { Tensor } from '../../tensor/index.ts'
import { TENSOR, composite } from '../composite.ts'
import { div, mul } from './binary.ts'
import { abs, scaleShift, elu, erf, sigmoid } from './unary.ts'

/** x·Φ(x), Φ the normal distribution function (Hendrycks and Gimpel 2016), exact and not its tanh approximation. */
export const gelu = composite('gelu', { x: TENSOR }, (x: Tensor): Tensor =>
  mul(x, scaleShift(erf(scaleShift(x, { factor: Math.SQRT1_2 })), { factor: 0.5, shift: 0.5 })),
)

/** λ·elu(x), with λ and α such that mean 0 and variance 1 stay what they are (Klambauer et al. 2017, Eq. 2 and 14). */
export const selu = composite('selu', { x: TENSOR }, (x: Tensor): Tensor =>
  scaleShift(elu(x, { alpha: 1.6732632423543772 }), { factor: 1.0507009873554805 }),
)

/** x·sigmoid(x), also called SiLU (Ramachandran et al. 2017; Elfwing et al. 2018). */
export const swish = composite('swish', { x: TENSOR }, (x: Tensor): Tensor => mul(x, sigmoid(x)))

/** x/(1 + |x|) */
export const softsign = composite('softsign', { x: TENSOR }, (x: Tensor): Tensor =>
  div(x, scaleShift(abs(x), { shift: 1 })),
)

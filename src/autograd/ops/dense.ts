/** A layer in one pass: product, bias and, in `denseRelu`, activation, with the gradients of their plain meaning. */
import type { Tensor } from '../../tensor/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'
import { add, reluGradient } from './binary.ts'
import { matmul, matmulNT, matmulTN } from './matmul.ts'
import { sum } from './reduce.ts'
import { relu } from './unary.ts'

/** X·W + c: (G·Wᵀ, Xᵀ·G, column sums of G) */
export const dense = op('dense', 'b i, i o, o -> b o', {
  means: (x, w, c) => add(matmul(x, w), c),
  forward: (call, [x, w, c], y, { b, i, o }) => call(kernels.dense, x, w, c, y, b, i, o),
  vjp: (g, [x, w]) => [() => matmulNT(g, w), () => matmulTN(x, g), () => sum(g, { axis: 0 })],
})

/** relu(X·W + c): as `dense`, of G where Y > 0 */
export const denseRelu = op('denseRelu', 'b i, i o, o -> b o', {
  means: (x, w, c) => relu(add(matmul(x, w), c)),
  forward: (call, [x, w, c], y, { b, i, o }) => call(kernels.denseRelu, x, w, c, y, b, i, o),
  vjp: (g, [x, w], y) => {
    let masked: Tensor | undefined
    const through = (): Tensor => (masked ??= reluGradient(g, y))
    return [() => matmulNT(through(), w), () => matmulTN(x, through()), () => sum(through(), { axis: 0 })]
  },
})

/** Softmax and its logarithm over the last axis. For another axis, `permute` first. */
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'
import { add, div, mul, sub } from './binary.ts'
import { exp } from './unary.ts'
import { logSumExp, max, sum } from './reduce.ts'

const LAST = { axis: -1, keepDims: true } as const

/** y = eˣ/Σeˣ: y·(g − ⟨g, y⟩) */
export const softmax = op('softmax', '...b n -> ...b n', {
  means: (x) => {
    const powers = exp(sub(x, max(x, LAST)))
    return div(powers, sum(powers, LAST))
  },
  forward: (call, [x], y, { b, n }) => call(kernels.softmax, x, y, b, n),
  vjp: (g, _, y) => [() => softmaxGradient(g, y)],
})

/** y·(g − ⟨g, y⟩), the product of softmax's symmetric Jacobian with g: (the same of h, g·h − g·⟨h, y⟩ − h·⟨g, y⟩) */
export const softmaxGradient = op('softmaxGradient', '...b n, ...b n -> ...b n', {
  means: (g, y) => mul(y, sub(g, sum(mul(g, y), LAST))),
  forward: (call, [g, y], out, { b, n }) => call(kernels.softmaxGradient, g, y, out, b, n),
  vjp: (h, [g, y]) => [
    () => softmaxGradient(h, y),
    () => sub(mul(g, h), add(mul(g, sum(mul(h, y), LAST)), mul(h, sum(mul(g, y), LAST)))),
  ],
})

/** x − ln Σeˣ: g − eʸ·Σg */
export const logSoftmax = op('logSoftmax', '...b n -> ...b n', {
  means: (x) => sub(x, logSumExp(x, LAST)),
  forward: (call, [x], y, { b, n }) => call(kernels.logSoftmax, x, y, b, n),
  vjp: (g, _, y) => [() => sub(g, mul(exp(y), sum(g, LAST)))],
})

/** Element-wise ops of two tensors, and `where` of three. They broadcast; comparisons give 1 or 0 and no gradient. */
import type { Tensor } from '../../tensor/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'
import { broadcasting } from './broadcast.ts'
import { addAlike, neg } from './linear.ts'

/** a + b: (g, g) */
export const add = broadcasting(addAlike)

/** a − b: (g, −g) */
export const sub = broadcasting(
  op('sub', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.sub, a, b, y, n),
    vjp: (g) => [() => g, () => neg(g)],
  }),
)

/** a·b: (g·b, g·a) */
export const mul = broadcasting(
  op('mul', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.mul, a, b, y, n),
    vjp: (g, [a, b]) => [() => mul(g, b), () => mul(g, a)],
  }),
)

/** y = a/b: (g/b, −g·y/b) */
export const div = broadcasting(
  op('div', '...n, ...n -> ...n', {
    domain: [
      { min: -2, max: 2 },
      { min: 0.5, max: 2 },
    ],
    forward: (call, [a, b], y, { n }) => call(kernels.div, a, b, y, n),
    vjp: (g, [, b], y) => [() => div(g, b), () => neg(mul(g, div(y, b)))],
  }),
)

/** 1 where y is a alone, ½ where it is b too, else 0; NaN where y is. */
const lead = (a: Tensor, b: Tensor, y: Tensor): Tensor => {
  const hit = equal(a, y)
  return div(hit, add(hit, equal(b, y)))
}

/** The larger of a and b: g goes to it, half to each where they are equal. */
export const maximum = broadcasting(
  op('maximum', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.maximum, a, b, y, n),
    vjp: (g, [a, b], y) => [() => mul(g, lead(a, b, y)), () => mul(g, lead(b, a, y))],
  }),
)

/** The smaller of a and b: g goes to it, half to each where they are equal. */
export const minimum = broadcasting(
  op('minimum', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.minimum, a, b, y, n),
    vjp: (g, [a, b], y) => [() => mul(g, lead(a, b, y)), () => mul(g, lead(b, a, y))],
  }),
)

/** a where the condition is not 0, else b: (no gradient, g or 0, 0 or g) */
export const where = broadcasting(
  op('where', '...n, ...n, ...n -> ...n', {
    domain: [
      { min: -2, max: 2, away: [0] },
      { min: -2, max: 2 },
      { min: -2, max: 2 },
    ],
    forward: (call, [condition, a, b], y, { n }) => call(kernels.where, condition, a, b, y, n),
    vjp: (g, [condition]) => [null, () => where(condition, g, 0), () => where(condition, 0, g)],
  }),
)

/** 1 where a = b, else 0. */
export const equal = broadcasting(
  op('equal', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.equal, a, b, y, n),
    vjp: () => [null, null],
  }),
)

/** 1 where y is x, 0 where it is not, NaN where y is: which values a choice y took, losing none that is no number. */
export const hits = (x: Tensor, y: Tensor): Tensor => div(equal(x, y), equal(y, y))

/** 1 where a > b, else 0. */
export const greater = broadcasting(
  op('greater', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.greater, a, b, y, n),
    vjp: () => [null, null],
  }),
)

/** 1 where a ≥ b, else 0. */
export const greaterEqual = broadcasting(
  op('greaterEqual', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.greaterEqual, a, b, y, n),
    vjp: () => [null, null],
  }),
)

/** 1 where a < b, else 0. */
export const less = broadcasting(
  op('less', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.less, a, b, y, n),
    vjp: () => [null, null],
  }),
)

/** 1 where a ≤ b, else 0. */
export const lessEqual = broadcasting(
  op('lessEqual', '...n, ...n -> ...n', {
    forward: (call, [a, b], y, { n }) => call(kernels.lessEqual, a, b, y, n),
    vjp: () => [null, null],
  }),
)

/** 0 where y ≤ 0, else g: what relu passes back, at NaN too. Linear in g, flat in y. */
export const reluGradient = op('reluGradient', '...n, ...n -> ...n', {
  domain: [
    { min: -2, max: 2 },
    { min: -2, max: 2, away: [0] },
  ],
  means: (g, y) => where(lessEqual(y, 0), 0, g),
  forward: (call, [g, y], out, { n }) => call(kernels.reluGradient, g, y, out, n),
  vjp: (h, [, y]) => [() => reluGradient(h, y), null],
})

/** Element-wise ops of one tensor, each with its derivative on one line; y stands for the output. */
import type { Tensor } from '../../tensor/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'
import { div, greater, hits, mul, reluGradient, where } from './binary.ts'
import { neg } from './linear.ts'

const POSITIVE = [{ min: 0.5, max: 2 }] as const
const AWAY_FROM_ZERO = [{ min: -2, max: 2, away: [0] }] as const

/** factor·x + shift: factor·g */
export const scaleShift = op('scaleShift', '...n -> ...n', {
  attributes: { factor: 1, shift: 0 },
  draw: ({ real }) => ({ factor: real(-2, 2), shift: real(-2, 2) }),
  forward: (call, [x], y, { n, factor, shift }) => call(kernels.scaleShift, x, y, n, factor, shift),
  vjp: (g, _, __, { factor }) => [() => scaleShift(g, { factor })],
})

/** |x|: g·sign(x), 0 at 0 */
export const abs = op('abs', '...n -> ...n', {
  domain: AWAY_FROM_ZERO,
  forward: (call, [x], y, { n }) => call(kernels.abs, x, y, n),
  vjp: (g, [x]) => [() => mul(g, sign(x))],
})

/** −1, 0 or 1: flat */
export const sign = op('sign', '...n -> ...n', {
  domain: AWAY_FROM_ZERO,
  forward: (call, [x], y, { n }) => call(kernels.sign, x, y, n),
  vjp: () => [null],
})

/** eˣ: g·y */
export const exp = op('exp', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.exp, x, y, n),
  vjp: (g, _, y) => [() => mul(g, y)],
})

/** eˣ − 1, exact near 0: g·(y + 1) */
export const expm1 = op('expm1', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.expm1, x, y, n),
  vjp: (g, _, y) => [() => mul(g, scaleShift(y, { shift: 1 }))],
})

/** ln x: g/x */
export const log = op('log', '...n -> ...n', {
  domain: POSITIVE,
  forward: (call, [x], y, { n }) => call(kernels.log, x, y, n),
  vjp: (g, [x]) => [() => div(g, x)],
})

/** ln(1 + x), exact near 0: g/(1 + x) */
export const log1p = op('log1p', '...n -> ...n', {
  domain: [{ min: -0.5, max: 2 }],
  forward: (call, [x], y, { n }) => call(kernels.log1p, x, y, n),
  vjp: (g, [x]) => [() => div(g, scaleShift(x, { shift: 1 }))],
})

/** √x: g/(2y) */
export const sqrt = op('sqrt', '...n -> ...n', {
  domain: POSITIVE,
  forward: (call, [x], y, { n }) => call(kernels.sqrt, x, y, n),
  vjp: (g, _, y) => [() => div(g, scaleShift(y, { factor: 2 }))],
})

/** x²: 2·g·x */
export const square = op('square', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.square, x, y, n),
  vjp: (g, [x]) => [() => mul(g, scaleShift(x, { factor: 2 }))],
})

/** 1/x: −g·y² */
export const reciprocal = op('reciprocal', '...n -> ...n', {
  domain: POSITIVE,
  forward: (call, [x], y, { n }) => call(kernels.reciprocal, x, y, n),
  vjp: (g, _, y) => [() => neg(mul(g, square(y)))],
})

/** x^exponent: g·exponent·x^(exponent − 1) */
export const pow = op('pow', '...n -> ...n', {
  attributes: { exponent: 1 },
  domain: POSITIVE,
  draw: ({ real }) => ({ exponent: real(-3, 3) }),
  forward: (call, [x], y, { n, exponent }) => call(kernels.pow, x, y, n, exponent),
  vjp: (g, [x], _, { exponent }) => [
    exponent === 0 ? null : () => mul(g, scaleShift(pow(x, { exponent: exponent - 1 }), { factor: exponent })),
  ],
})

/** sin x: g·cos x */
export const sin = op('sin', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.sin, x, y, n),
  vjp: (g, [x]) => [() => mul(g, cos(x))],
})

/** cos x: −g·sin x */
export const cos = op('cos', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.cos, x, y, n),
  vjp: (g, [x]) => [() => neg(mul(g, sin(x)))],
})

/** tanh x: g·(1 − y²) */
export const tanh = op('tanh', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.tanh, x, y, n),
  vjp: (g, _, y) => [() => mul(g, scaleShift(square(y), { factor: -1, shift: 1 }))],
})

/** The error function 2/√π ∫₀ˣ e^(−t²) dt: g·2/√π·e^(−x²) */
export const erf = op('erf', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.erf, x, y, n),
  vjp: (g, [x]) => [() => mul(g, scaleShift(exp(neg(square(x))), { factor: 2 / Math.sqrt(Math.PI) }))],
})

/** 1/(1 + e⁻ˣ): g·y·(1 − y) */
export const sigmoid = op('sigmoid', '...n -> ...n', {
  means: (x) => scaleShift(tanh(scaleShift(x, { factor: 0.5 })), { factor: 0.5, shift: 0.5 }),
  forward: (call, [x], y, { n }) => call(kernels.sigmoid, x, y, n),
  vjp: (g, _, y) => [() => mul(g, mul(y, scaleShift(y, { factor: -1, shift: 1 })))],
})

/** ln(1 + eˣ): g·sigmoid(x) */
export const softplus = op('softplus', '...n -> ...n', {
  means: (x) => log1p(exp(x)),
  forward: (call, [x], y, { n }) => call(kernels.softplus, x, y, n),
  vjp: (g, [x]) => [() => mul(g, sigmoid(x))],
})

/** max(x, 0): 0 where y ≤ 0, else g */
export const relu = op('relu', '...n -> ...n', {
  domain: AWAY_FROM_ZERO,
  forward: (call, [x], y, { n }) => call(kernels.relu, x, y, n),
  vjp: (g, _, y) => [() => reluGradient(g, y)],
})

/** 1 where x > 0, else 0 */
const step = (x: Tensor): Tensor => sign(relu(x))

/** x, or slope·x below 0: g, or slope·g */
export const leakyRelu = op('leakyRelu', '...n -> ...n', {
  attributes: { slope: 0.01 },
  domain: AWAY_FROM_ZERO,
  draw: ({ real }) => ({ slope: real(0, 0.5) }),
  forward: (call, [x], y, { n, slope }) => call(kernels.leakyRelu, x, y, n, slope),
  vjp: (g, [x], _, { slope }) => [() => mul(g, scaleShift(step(x), { factor: 1 - slope, shift: slope }))],
})

/** x, or α·(eˣ − 1) below 0 (Clevert et al. 2016): g, or g·(y + α) */
export const elu = op('elu', '...n -> ...n', {
  attributes: { alpha: 1 },
  domain: AWAY_FROM_ZERO,
  draw: ({ real }) => ({ alpha: real(0.1, 2) }),
  forward: (call, [x], y, { n, alpha }) => call(kernels.elu, x, y, n, alpha),
  vjp: (g, [x], y, { alpha }) => [() => where(greater(x, 0), g, mul(g, scaleShift(y, { shift: alpha })))],
})

/** x held in [min, max]: g inside, 0 outside */
export const clip = op('clip', '...n -> ...n', {
  attributes: { min: -Infinity, max: Infinity },
  domain: [{ min: -2, max: 2, away: [-1, 1] }],
  draw: () => ({ min: -1, max: 1 }),
  refuse: ({ min, max }) => (min <= max ? undefined : `expected min ≤ max but got ${min} and ${max}`),
  forward: (call, [x], y, { n, min, max }) => call(kernels.clip, x, y, n, min, max),
  vjp: (g, [x], y) => [() => mul(g, hits(x, y))],
})

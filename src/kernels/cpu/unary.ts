/** One number in, one number out. Each verb is its own loop, because a loop shared behind a callback is 3–6× slower. */
import type { Floats } from '../buffer.ts'
import { errorFunction } from './erf.ts'

/** −x */
export function neg(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = -x[j]
}

/** |x| */
export function abs(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.abs(x[j])
}

/** −1, 0 or 1 */
export function sign(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.sign(x[j])
}

export function exp(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.exp(x[j])
}

/** exp(x) − 1, exact for small x */
export function expm1(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.expm1(x[j])
}

export function log(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.log(x[j])
}

/** log(1 + x), exact for small x */
export function log1p(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.log1p(x[j])
}

export function sqrt(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.sqrt(x[j])
}

export function square(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = x[j] * x[j]
}

/** 1 / x */
export function reciprocal(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = 1 / x[j]
}

export function sin(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.sin(x[j])
}

export function cos(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.cos(x[j])
}

export function tanh(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.tanh(x[j])
}

export function erf(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = errorFunction(x[j])
}

/** 1 / (1 + exp(−x)), written for either sign so that the exponential never overflows and small answers stay exact */
export function sigmoid(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) {
    const exp = Math.exp(-Math.abs(x[j]))
    out[j] = (x[j] < 0 ? exp : 1) / (1 + exp)
  }
}

/** log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)), whose exponential cannot overflow */
export function softplus(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.max(x[j], 0) + Math.log1p(Math.exp(-Math.abs(x[j])))
}

/** max(x, 0) */
export function relu(x: Floats, out: Floats, n: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.max(x[j], 0)
}

/** x above 0, slope·x below */
export function leakyRelu(x: Floats, out: Floats, n: number, slope: number): void {
  for (let j = 0; j < n; j++) out[j] = x[j] > 0 ? x[j] : slope * x[j]
}

/** x above 0, alpha·(exp(x) − 1) below */
export function elu(x: Floats, out: Floats, n: number, alpha: number): void {
  for (let j = 0; j < n; j++) out[j] = x[j] > 0 ? x[j] : alpha * Math.expm1(x[j])
}

export function pow(x: Floats, out: Floats, n: number, exponent: number): void {
  for (let j = 0; j < n; j++) out[j] = Math.pow(x[j], exponent)
}

/** The nearest number in [min, max], x itself where it lies there */
export function clip(x: Floats, out: Floats, n: number, min: number, max: number): void {
  for (let j = 0; j < n; j++) out[j] = x[j] < min ? min : x[j] > max ? max : x[j]
}

/** factor·x + shift */
export function scaleShift(x: Floats, out: Floats, n: number, factor: number, shift: number): void {
  for (let j = 0; j < n; j++) out[j] = factor * x[j] + shift
}

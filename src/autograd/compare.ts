/** One comparison of gradients with finite differences: random cotangents, and a random direction for each input. */
import { isParameter, showShape, tensor } from '../tensor/index.ts'
import type { Stream, Tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'
import { add, mul } from './ops/binary.ts'
import { sum } from './ops/reduce.ts'
import { slopeAtZero } from './slope.ts'
import type { Slope } from './slope.ts'

/** What is differentiated: from inputs to any number of outputs. */
export type Outputs = (inputs: readonly Tensor[]) => readonly Tensor[]

/** Outputs, and the point at which their gradient is compared. */
export interface Problem {
  readonly outputs: Outputs
  readonly inputs: readonly Tensor[]
}

/** One element of one input whose gradient, that of ⟨g, f⟩ for a random g, is wrong. */
export interface WrongElement {
  /** Beyond the inputs of the function, the cotangents of the orders below. */
  readonly input: number
  readonly index: number
  readonly analytic: number
  readonly numeric: number
}

export interface Comparison {
  /** |analytic − numeric| / scale, Infinity where either is not a number; undefined at a kink. */
  readonly error: number | undefined
  /** An element that is wrong, found by halving the direction towards the larger error. */
  readonly element: () => WrongElement
}

/** How many directions are tried before a point is called a kink. */
const ATTEMPTS = 5

/** Numbers uniform in (−1, 1). */
const noise = (size: number, random: Stream): Float64Array =>
  Float64Array.from({ length: size }, (_, index) => 2 * random.uniform(index) - 1)

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0
  for (let index = 0; index < a.length; index++) total += a[index] * b[index]
  return total
}

/** Σ |aᵢ·bᵢ| */
const dotOfMagnitudes = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0
  for (let index = 0; index < a.length; index++) total += Math.abs(a[index] * b[index])
  return total
}

/** The largest magnitude, but no less than 1. */
const largest = (values: ArrayLike<number>): number => {
  let found = 1
  for (let index = 0; index < values.length; index++) found = Math.max(found, Math.abs(values[index]))
  return found
}

const cotangentsOf = (ys: readonly Tensor[], random: Stream): Tensor[] =>
  ys.map((y, index) => tensor(noise(y.size, random.stream(`output ${index}`)), y.shape, y.backend))

/** Σ ⟨g, y⟩ over all outputs: the scalar whose gradient is compared. */
const paired = (ys: readonly Tensor[], gs: readonly Tensor[]): Tensor =>
  ys.map((y, index) => sum(mul(y, gs[index]))).reduce((total, part) => add(total, part))

/**
 * The gradient of a problem as a problem: what order n + 1 compares where order n compares the outputs themselves. The
 * cotangents join the inputs, for a rule may depend wrongly on them too.
 */
export function gradientOf({ outputs, inputs }: Problem, random: Stream): Problem {
  const count = inputs.length
  const rise: Outputs = (all) => {
    const xs = all.slice(0, count)
    return gradients(paired(outputs(xs), all.slice(count)), xs, { differentiable: true })
  }
  return { outputs: rise, inputs: [...inputs, ...cotangentsOf(outputs(inputs), random)] }
}

/** The value at x + t·v of input `at`, as a function of t. A parameter is moved where it is, and put back. */
function along(value: (inputs: readonly Tensor[]) => number, inputs: readonly Tensor[], at: number, v: Float64Array) {
  const input = inputs[at]
  const start = Float64Array.from(input.values)
  return (t: number): number => {
    const moved = start.map((x, index) => x + t * v[index])
    if (!isParameter(input)) {
      const there = tensor(moved, input.shape, input.backend)
      return value(inputs.map((other, index) => (index === at ? there : other)))
    }
    try {
      input.assign(moved)
      return value(inputs)
    } finally {
      input.assign(start)
    }
  }
}

function wrongElement(
  input: number,
  analytic: ArrayLike<number>,
  numeric: (v: Float64Array) => number,
  v: Float64Array,
): WrongElement {
  const part = (from: number, to: number): Float64Array => v.map((x, index) => (index >= from && index < to ? x : 0))
  const error = (from: number, to: number): number => {
    const found = Math.abs(dot(analytic, part(from, to)) - numeric(part(from, to)))
    return Number.isNaN(found) ? Infinity : found
  }
  let [from, to] = [0, v.length]
  while (to - from > 1) {
    const middle = (from + to) >> 1
    if (error(from, middle) >= error(middle, to)) to = middle
    else from = middle
  }
  const unit = v.map((_, index) => (index === from ? 1 : 0))
  return { input, index: from, analytic: analytic[from], numeric: numeric(unit) }
}

/** Compares the gradient of Σ ⟨g, outputs⟩ with its slope along a random direction of each input in turn. */
export function compare({ outputs, inputs }: Problem, random: Stream, tolerance: number): Comparison[] {
  const ys = outputs(inputs)
  const gs = cotangentsOf(ys, random)
  const value = (at: readonly Tensor[]): number => paired(outputs(at), gs).item()
  const gradient = gradients(paired(ys, gs), inputs).map(({ shape, values }, index) => {
    if (showShape(shape) !== showShape(inputs[index].shape))
      throw new RangeError(
        `checkGradients: expected a gradient of shape ${showShape(inputs[index].shape)} for input ${index} ` +
          `but got ${showShape(shape)}: because a rule in between gives another shape than its input has`,
      )
    return values
  })
  const rounding = 1e-3 * ys.reduce((total, y, index) => total + dotOfMagnitudes(y.values, gs[index].values), 0)

  return inputs.map((input, at) => {
    const analytic = gradient[at]
    const step = 2 ** -10 * largest(input.values)
    const slope = (v: Float64Array, floor = 0): Slope =>
      slopeAtZero(along(value, inputs, at, v), { step, floor, tolerance })
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const v = noise(input.size, random.stream(`input ${at} attempt ${attempt}`))
      const floor = Math.max(dotOfMagnitudes(analytic, v), rounding)
      const numeric = slope(v, floor)
      // Where the value or its gradient is not even finite, no kink excuses it.
      if (!numeric.reliable && Number.isFinite(floor)) continue
      const difference = Math.abs(dot(analytic, v) - numeric.value)
      const error = difference === 0 ? 0 : difference / Math.max(floor, Math.abs(numeric.value))
      const element = (): WrongElement => wrongElement(at, analytic, (part) => slope(part).value, v)
      return { error: Number.isNaN(error) ? Infinity : error, element }
    }
    return { error: undefined, element: () => ({ input: at, index: 0, analytic: NaN, numeric: NaN }) }
  })
}

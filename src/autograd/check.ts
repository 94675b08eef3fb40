/**
 * Checks gradients against finite differences along random directions, to any order. It refuses float32, in which
 * differences drown in rounding, and reports a point at which a function has a kink instead of judging it.
 */
import { callable, checkOptions, checkValue, integer, listOf, real, show, text, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { Tensor, detach, isParameter, showShape, stream } from '../tensor/index.ts'
import { compare, gradientOf } from './compare.ts'
import type { Comparison, Problem, WrongElement } from './compare.ts'
import { TENSORS } from './composite.ts'

/** What `checkGradients` and `gradientErrors` take. */
export interface GradientCheckOptions {
  /** What messages call the function. Default: its own name. */
  readonly name?: string
  /** The orders of derivative to check. Default: 1 and 2. */
  readonly orders?: readonly number[]
  /** Random cotangents per order, each with one random direction per input. Default 1. */
  readonly cases?: number
  /** Default: another one each time. */
  readonly seed?: number
  /** The largest relative error at order 1; each further order is allowed ten times more. Default 1e-8. */
  readonly tolerance?: number
}

const CHECK: Checks<GradientCheckOptions> = {
  name: text,
  orders: listOf(whole(1), 1),
  cases: whole(1),
  seed: integer,
  tolerance: real('(0, ∞)'),
}

/** How far the gradients of one order are, input by input. */
export interface OrderErrors {
  readonly order: number
  /** Directions that were compared. */
  readonly cases: number
  /** Directions given up, for the function has a kink there and along four more drawn in their place. */
  readonly kinks: number
  /** The largest relative error of all cases. */
  readonly worst: number
}

/** How far gradients are from finite differences, by order. */
export interface GradientErrors {
  readonly ok: boolean
  readonly seed: number
  readonly orders: readonly OrderErrors[]
  /** What is wrong, with function, shapes, seed and element; undefined if nothing is. */
  readonly message: string | undefined
  /** An element of the worst case; undefined if no gradient is wrong. */
  readonly element: WrongElement | undefined
}

/** Any number of tensors in, one out; named by its `op` if it is one. */
export type Differentiable = ((...inputs: Tensor[]) => Tensor) & { readonly op?: string }

interface Failure {
  readonly order: number
  readonly error: number
  readonly because: string
  readonly element?: WrongElement
}

function checkInputs(inputs: readonly Tensor[]): void {
  checkValue('checkGradients', 'inputs', inputs, TENSORS)
  if (inputs.length === 0) throw new RangeError('checkGradients: expected at least one input but got none')
  inputs.forEach(({ backend }, index) => {
    if (backend.dtype !== 'float64')
      throw new TypeError(
        `checkGradients: expected float64 inputs but got ${backend.dtype} as input ${index}: ` +
          'because differences drown in its rounding; make it with tensor(values, shape, cpu64)',
      )
  })
}

/** What the function gives, which has to be one tensor. */
function given(y: Tensor): Tensor {
  if (!((y as unknown) instanceof Tensor))
    throw new RangeError(`checkGradients: expected a function that gives a tensor but got ${show(y)}`)
  return y
}

/** Leaves stay as they are, so that a closure over one that ignores its argument fails instead of passing. */
const leaves = (inputs: readonly Tensor[]): Tensor[] =>
  inputs.map((x, index) => (isParameter(x) || (!x.origin && inputs.indexOf(x) === index) ? x : detach(x)))

/**
 * Compares ⟨vjp(g), v⟩ with the slope of ⟨g, f(x + t·v)⟩ at t = 0, for random cotangents g and, for each input, a
 * random direction v. Order 2 asks the same of (x, g) ↦ vjp(g), and so on. An input that is a `Parameter` is moved
 * where it is, so that f may be a closure over a model.
 *
 * The relative error is |analytic − numeric| / max(Σ|vjp·v|, |numeric|, 10⁻³·Σ|g·f|): relative to the slope before
 * its terms cancel, and to no less than what the rounding of f leaves of differences.
 * @throws TypeError if an input is not float64; RangeError if an option is not what it may be, for a check of no case and no
 * order would find nothing wrong.
 */
export function gradientErrors(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradientCheckOptions = {},
): GradientErrors {
  checkValue('checkGradients', 'f', f, callable)
  checkOptions('checkGradients', options, CHECK)
  const { orders = [1, 2], cases = 1, tolerance = 1e-8, seed = Math.floor(Math.random() * 2 ** 31) } = options
  checkInputs(inputs)
  const xs = leaves(inputs)
  const random = stream(seed)
  const failures: Failure[] = []

  const check = (order: number): OrderErrors => {
    const allowed = tolerance * 10 ** (order - 1)
    const errors: number[][] = []
    const note = ({ error, element }: Comparison, input: number): void => {
      errors[input] ??= []
      if (error === undefined) return
      errors[input].push(error)
      if (!(error > allowed && failures.every((other) => other.order === order && error > other.error))) return
      const wrong = element()
      const name = input < xs.length ? `input ${input}` : `cotangent ${input - xs.length}`
      const because = `element ${wrong.index} of ${name} is ${wrong.analytic} by its rule and ${wrong.numeric} by differences`
      failures.push({ order, error, because, element: wrong })
    }
    for (let each = 0; each < cases; each++) {
      let problem: Problem = { outputs: (at) => [given(f(...at))], inputs: xs }
      for (let below = 1; below < order; below++) problem = gradientOf(problem, random.stream(`${each} below ${below}`))
      compare(problem, random.stream(`${each} at ${order}`), allowed).forEach(note)
    }
    errors.forEach((found, input) => {
      if (found.length === 0)
        failures.unshift({ order, error: 0, because: `input ${input} is at a kink, or f loses its digits there` })
    })
    const found = errors.flat()
    const worst = found.reduce((largest, error) => Math.max(largest, error), 0)
    return { order, cases: found.length, kinks: cases * errors.length - found.length, worst }
  }
  const report = orders.map(check)
  const failure = failures.at(-1)
  const { name = f.op ?? (f.name || 'the function') } = options
  const message =
    failure &&
    `checkGradients: expected the gradient of ${name} at ${xs.map(({ shape }) => showShape(shape)).join(', ')} ` +
      `to agree with differences within ${tolerance * 10 ** (failure.order - 1)} at order ${failure.order} ` +
      `but got ${failure.element ? `an error of ${failure.error.toExponential(1)}` : 'none to compare'}: ` +
      `because ${failure.because} (seed ${seed})`
  return { ok: !failure, seed, orders: report, message, element: failure?.element }
}

/** As `gradientErrors`, but throws the message, as an Error, if a gradient is wrong or could not be judged. */
export function checkGradients(
  f: Differentiable,
  inputs: readonly Tensor[],
  options?: GradientCheckOptions,
): GradientErrors {
  const errors = gradientErrors(f, inputs, options)
  if (errors.message !== undefined) throw new Error(errors.message)
  return errors
}

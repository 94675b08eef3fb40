/** CAGrad: near the mean gradient, the direction in which the task that gains least gains most. */
import { checkOptions, real } from '../../checks/index.ts'
import { stateless } from '../checkpoints/stateful.ts'
import { reconciling } from './reconciling.ts'
import type { Gram } from './reconciling.ts'
import type { Strategy } from './strategy.ts'

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * b[index], 0)

const times = (gram: Gram, w: readonly number[]): number[] => gram.map((row) => dot(row, w))

/** The point of the simplex w ≥ 0, Σw = 1 that is nearest to v (Duchi et al., ICML 2008, Figure 1). */
function ontoSimplex(v: readonly number[]): number[] {
  const largestFirst = [...v].sort((a, b) => b - a)
  let sum = 0
  let shift = 0
  largestFirst.forEach((value, index) => {
    sum += value
    const candidate = (sum - 1) / (index + 1)
    if (value > candidate) shift = candidate
  })
  return v.map((value) => Math.max(0, value - shift))
}

const STEPS = 400
const ENOUGH = 1e-12

/** Of what is summed, a sum of inner products below this share is rounding, in float32. */
const FAINT = 1e-6

/**
 * The w of the simplex at which F(w) = ⟨g_w, g₀⟩ + c·‖g₀‖·‖g_w‖ is least, g_w = Σ wₖ·gₖ and g₀ the mean of all gₖ: convex,
 * and of as many unknowns as there are tasks, so projected gradients with a step that shrinks until it helps will do.
 */
function leastFavourable(gram: Gram, radius: number): number[] {
  const even = gram.map(() => 1 / gram.length)
  const mean = times(gram, even)
  const lengthOf = (w: readonly number[]): number => Math.sqrt(Math.max(0, dot(w, times(gram, w))))
  const value = (w: readonly number[]): number => dot(w, mean) + radius * lengthOf(w)
  let w = even
  let rate = 1 / Math.max(...gram.map((row, index) => row[index]))
  for (let step = 0; step < STEPS; step++) {
    const length = Math.max(lengthOf(w), Number.MIN_VALUE)
    const product = times(gram, w)
    const slope = mean.map((along, index) => along + (radius * product[index]) / length)
    const current = value(w)
    const next = ontoSimplex(w.map((weight, index) => weight - rate * slope[index]))
    const descent = dot(
      slope,
      w.map((weight, index) => weight - next[index]),
    )
    if (descent <= ENOUGH * Math.abs(current)) break
    if (value(next) <= current - descent / 2) {
      w = next
      rate *= 2
    } else rate /= 2
  }
  return w
}

/**
 * The coefficients of d = g₀ + c·‖g₀‖·g_w/‖g_w‖, the solution of: maximize minₖ ⟨d, gₖ⟩ subject to ‖d − g₀‖ ≤ c·‖g₀‖
 * (Liu et al., NeurIPS 2021, Eq. 3–4 and Algorithm 1). Times the number of tasks, so that c = 0 is the sum of losses.
 */
export function averseToConflict(gram: Gram, c: number): readonly number[] {
  const tasks = gram.length
  const squaredMean = gram.flat().reduce((sum, product) => sum + product, 0) / tasks ** 2
  const radius = c * Math.sqrt(Math.max(0, squaredMean))
  const plain = gram.map(() => 1)
  if (!(radius > 0)) return plain
  const w = leastFavourable(gram, radius)
  const squared = dot(w, times(gram, w))
  const summed = w.reduce((sum, weight, index) => sum + weight * Math.sqrt(gram[index][index]), 0) ** 2
  // No direction helps all tasks: g_w is 0, and what rounding leaves of it points anywhere.
  if (!(squared > FAINT * summed)) return plain
  const found = w.map((weight) => 1 + (tasks * radius * weight) / Math.sqrt(squared))
  const leastGain = (coefficients: readonly number[]): number => Math.min(...times(gram, coefficients))
  return leastGain(found) < leastGain(plain) ? plain : found
}

/**
 * Conflict-averse gradient descent (Liu et al., NeurIPS 2021), with `c` in [0, 1): how far from the mean gradient it may
 * go, as a share of its length. Default 0.4. What only one task reaches is learned as by itself.
 * @throws RangeError if c is outside of [0, 1).
 */
export function caGrad(options: { readonly c?: number } = {}): Strategy {
  checkOptions('caGrad', options, { c: real('[0, 1)') })
  const { c = 0.4 } = options
  return reconciling('CAGrad', (gram) => averseToConflict(gram, c), stateless({ c }))
}

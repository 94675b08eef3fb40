/**
 * Keeps gradients from exploding, by their common norm or value by value. Row-sparse ones stay sparse. It refuses to make
 * numbers out of those that are none: NaN in one gradient is NaN in all.
 */
import {
  abs,
  add,
  clip,
  distinctRows,
  div,
  greater,
  max as largestOf,
  maximum,
  mul,
  sqrt,
  square,
  sum,
  where,
} from '../../autograd/index.ts'
import { checkValue, real } from '../../checks/index.ts'
import { Tensor, full } from '../../tensor/index.ts'
import type { Cotangent } from '../../tensor/index.ts'
import { mapCotangent, scaled } from './cotangents.ts'

const summed = (gradients: readonly Cotangent[]): Cotangent[] =>
  gradients.map((gradient) => (gradient instanceof Tensor ? gradient : distinctRows(gradient)))

/**
 * ‖g‖ = m·√Σ(g/m)², m the largest |g|, as the scalars m and √Σ(g/m)², over gradients whose rows are distinct: squares of
 * shares neither overflow nor vanish.
 */
function normOf(distinct: readonly Cotangent[]): { readonly largest: Tensor; readonly shares: Tensor } {
  const values = distinct.map((gradient) => (gradient instanceof Tensor ? gradient : gradient.rows))
  const zero = full([], 0, values[0].backend)
  const found = values.map((g) => largestOf(abs(g))).reduce((most, each) => maximum(most, each), zero)
  const largest = where(found, found, 1)
  const squares = values.map((g) => sum(square(div(g, largest)))).reduce((total, part) => add(total, part), zero)
  return { largest, shares: sqrt(squares) }
}

/** The Euclidean norm of all gradients as one vector; 0 of none. Throws where they are on a device. */
export function globalNorm(gradients: readonly Cotangent[]): number {
  if (gradients.length === 0) return 0
  const { largest, shares } = normOf(summed(gradients))
  return mul(largest, shares).item()
}

const BOUND = real('(0, ∞]')

/**
 * Scales all gradients by max/norm where their common norm exceeds `max` (Pascanu et al. 2013, Algorithm 1). Where a
 * gradient is not finite there is no norm, and all become NaN, as in PyTorch: nothing is learned silently from the rest.
 * @throws RangeError unless max is above 0.
 */
export function clipByGlobalNorm(gradients: readonly Cotangent[], max: number): Cotangent[] {
  checkValue('clipByGlobalNorm', 'max', max, BOUND)
  if (gradients.length === 0) return []
  const distinct = summed(gradients)
  const { largest, shares } = normOf(distinct)
  const allowed = div(max, largest)
  // Not the other way around: of a norm of NaN, neither is greater.
  const factor = where(greater(allowed, shares), 1, div(allowed, shares))
  return distinct.map((gradient) => scaled(gradient, factor))
}

/** Holds every value in [−max, max]. @throws RangeError unless max is above 0. */
export function clipByValue(gradients: readonly Cotangent[], max: number): Cotangent[] {
  checkValue('clipByValue', 'max', max, BOUND)
  return summed(gradients).map((gradient) => mapCotangent(gradient, (g) => clip(g, { min: -max, max })))
}

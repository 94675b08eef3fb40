/** Keeps gradients from exploding, by their common norm or value by value. Row-sparse ones stay sparse. */
import { add, clip, distinctRows, div, greater, sqrt, square, sum, where } from '../autograd/index.ts'
import { RowSparse } from '../tensor/index.ts'
import type { Cotangent, Tensor } from '../tensor/index.ts'
import { mapCotangent, scaled } from './cotangents.ts'

const summed = (gradients: readonly Cotangent[]): Cotangent[] =>
  gradients.map((gradient) => (gradient instanceof RowSparse ? distinctRows(gradient) : gradient))

/** √Σg² over gradients whose rows are distinct, as a scalar. */
const normOf = (distinct: readonly Cotangent[]): Tensor =>
  sqrt(
    distinct
      .map((gradient) => sum(square(gradient instanceof RowSparse ? gradient.rows : gradient)))
      .reduce((total, part) => add(total, part)),
  )

/** The Euclidean norm of all gradients as one vector; 0 of none. Throws where they are on a device. */
export const globalNorm = (gradients: readonly Cotangent[]): number =>
  gradients.length === 0 ? 0 : normOf(summed(gradients)).item()

/** Scales all gradients by max/norm where their common norm exceeds `max` (Pascanu et al. 2013, Algorithm 1). */
export function clipByGlobalNorm(gradients: readonly Cotangent[], max: number): Cotangent[] {
  if (gradients.length === 0) return []
  const distinct = summed(gradients)
  const norm = normOf(distinct)
  const factor = where(greater(norm, max), div(max, norm), 1)
  return distinct.map((gradient) => scaled(gradient, factor))
}

/** Holds every value in [−max, max]. */
export const clipByValue = (gradients: readonly Cotangent[], max: number): Cotangent[] =>
  summed(gradients).map((gradient) => mapCotangent(gradient, (g) => clip(g, { min: -max, max })))

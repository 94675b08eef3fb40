/** Keeps gradients from exploding, by their common norm or value by value. Row-sparse ones stay sparse. */
import { affine, clip, distinctRows } from '../autograd/index.ts'
import { RowSparse, detach } from '../tensor/index.ts'
import type { Cotangent, Tensor } from '../tensor/index.ts'

const mapValues = (gradient: Cotangent, change: (values: Tensor) => Tensor): Cotangent =>
  gradient instanceof RowSparse
    ? new RowSparse(detach(change(gradient.rows)), gradient.ids, gradient.count, gradient.distinct)
    : detach(change(gradient))

const summed = (gradients: readonly Cotangent[]): Cotangent[] =>
  gradients.map((gradient) => (gradient instanceof RowSparse ? distinctRows(gradient) : gradient))

/** The Euclidean norm of all gradients as one vector. Throws where they are on a device. */
export function globalNorm(gradients: readonly Cotangent[]): number {
  let total = 0
  for (const gradient of summed(gradients)) {
    const { values } = gradient instanceof RowSparse ? gradient.rows : gradient
    for (const value of values) total += value * value
  }
  return Math.sqrt(total)
}

/** Scales all gradients by max/norm where their common norm exceeds `max` (Pascanu et al. 2013, Algorithm 1). */
export function clipByGlobalNorm(gradients: readonly Cotangent[], max: number): Cotangent[] {
  const distinct = summed(gradients)
  const norm = globalNorm(distinct)
  return norm > max
    ? distinct.map((gradient) => mapValues(gradient, (g) => affine(g, { factor: max / norm })))
    : distinct
}

/** Holds every value in [−max, max]. */
export const clipByValue = (gradients: readonly Cotangent[], max: number): Cotangent[] =>
  summed(gradients).map((gradient) => mapValues(gradient, (g) => clip(g, { min: -max, max })))

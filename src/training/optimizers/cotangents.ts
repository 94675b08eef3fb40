/** Arithmetic on gradients as training needs it: row-sparse ones stay sparse, and no result has a history. */
import { RowSparse, mul } from '../../autograd/index.ts'
import { Tensor, detach } from '../../tensor/index.ts'
import type { Cotangent } from '../../tensor/index.ts'

/** A gradient with its values changed, in which 0 must stay 0. */
export const mapCotangent = (gradient: Cotangent, change: (values: Tensor) => Tensor): Cotangent =>
  gradient instanceof Tensor
    ? detach(change(gradient))
    : new RowSparse(detach(change(gradient.rows)), gradient.ids, gradient.count, gradient.distinct)

export const scaled = (gradient: Cotangent, factor: Tensor | number): Cotangent =>
  factor === 1 ? gradient : mapCotangent(gradient, (values) => mul(values, factor))

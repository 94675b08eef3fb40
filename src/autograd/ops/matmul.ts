/** The three products of one form: each is the gradient of the other two, so no transpose is ever made. */
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'

/** Y = A·B: (G·Bᵀ, Aᵀ·G) */
export const matmul = op('matmul', 'm k, k n -> m n', {
  forward: (call, [a, b], y, { m, k, n }) => call(kernels.matmul, a, b, y, m, k, n),
  vjp: (g, [a, b]) => [() => matmulNT(g, b), () => matmulTN(a, g)],
})

/** Y = A·Bᵀ: (G·B, Gᵀ·A) */
export const matmulNT = op('matmulNT', 'm k, n k -> m n', {
  forward: (call, [a, b], y, { m, k, n }) => call(kernels.matmulNT, a, b, y, m, k, n),
  vjp: (g, [a, b]) => [() => matmul(g, b), () => matmulTN(g, a)],
})

/** Y = Aᵀ·B: (B·Gᵀ, A·G) */
export const matmulTN = op('matmulTN', 'k m, k n -> m n', {
  forward: (call, [a, b], y, { m, k, n }) => call(kernels.matmulTN, a, b, y, m, k, n),
  vjp: (g, [a, b]) => [() => matmulNT(b, g), () => matmul(a, g)],
})

/** Yᵇ = Aᵇ·Bᵇ for every leading index b. */
export const batchMatmul = op('batchMatmul', '...b m k, ...b k n -> ...b m n', {
  forward: (call, [a, c], y, { b, m, k, n }) => call(kernels.batchMatmul, a, c, y, b, m, k, n),
  vjp: (g, [a, c]) => [() => batchMatmulNT(g, c), () => batchMatmulTN(a, g)],
})

/** Yᵇ = Aᵇ·(Bᵇ)ᵀ */
export const batchMatmulNT = op('batchMatmulNT', '...b m k, ...b n k -> ...b m n', {
  forward: (call, [a, c], y, { b, m, k, n }) => call(kernels.batchMatmulNT, a, c, y, b, m, k, n),
  vjp: (g, [a, c]) => [() => batchMatmul(g, c), () => batchMatmulTN(g, a)],
})

/** Yᵇ = (Aᵇ)ᵀ·Bᵇ */
export const batchMatmulTN = op('batchMatmulTN', '...b k m, ...b k n -> ...b m n', {
  forward: (call, [a, c], y, { b, m, k, n }) => call(kernels.batchMatmulTN, a, c, y, b, m, k, n),
  vjp: (g, [a, c]) => [() => batchMatmulNT(c, g), () => batchMatmul(a, g)],
})

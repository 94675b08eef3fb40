/** Matrix products: one kernel, told by strides where things lie, serves every form. */
import type { Exports, Own } from './exports.ts'

/** The flag that adds to what `out` holds. */
const ADD = 2

type Verb = ('matmul' | 'matmulNT' | 'matmulTN') | ('batchMatmul' | 'batchMatmulNT' | 'batchMatmulTN' | 'matmulNTSum')

export function matmul({ gemm }: Exports): Pick<Own, Verb> {
  /** out (m n) = a · b, each found by address */
  const plain = (a: number, b: number, out: number, m: number, k: number, n: number): void => {
    gemm(a, k, 1, b, n, 1, 0, out, m, k, n, 0)
  }
  const secondTurned = (a: number, b: number, out: number, m: number, k: number, n: number, flags = 0): void => {
    gemm(a, k, 1, b, 1, k, 0, out, m, k, n, flags)
  }
  const firstTurned = (a: number, b: number, out: number, m: number, k: number, n: number): void => {
    gemm(a, 1, m, b, n, 1, 0, out, m, k, n, 0)
  }
  type Form = typeof plain

  const one =
    (form: Form): Own['matmul'] =>
    (a, b, out, m, k, n) => {
      form(a.byteOffset, b.byteOffset, out.byteOffset, m, k, n)
    }
  const batch =
    (form: Form): Own['batchMatmul'] =>
    (a, b, out, count, m, k, n) => {
      for (let s = 0; s < count; s++)
        form(a.byteOffset + 4 * s * m * k, b.byteOffset + 4 * s * k * n, out.byteOffset + 4 * s * m * n, m, k, n)
    }

  return {
    matmul: one(plain),
    matmulNT: one(secondTurned),
    matmulTN: one(firstTurned),
    batchMatmul: batch(plain),
    batchMatmulNT: batch(secondTurned),
    batchMatmulTN: batch(firstTurned),
    matmulNTSum: (as, bs, out, m, ks, n) => {
      const to = out.byteOffset
      // Nothing added up is a product over nothing.
      if (as.length === 0) secondTurned(0, 0, to, m, 0, n)
      for (let e = 0; e < as.length; e++)
        secondTurned(as[e].byteOffset, bs[e].byteOffset, to, m, ks[e], n, e === 0 ? 0 : ADD)
    },
  }
}

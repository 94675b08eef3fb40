/**
 * Matrix products. One loop, told by strides where things lie, serves every form and every batch, so that nothing is
 * ever transposed. Sums are kept in float64, whatever the arrays hold.
 */
import type { Floats } from '../buffer.ts'

/** out (m n) = a (m k) · b (k n) */
export function matmul(a: Floats, b: Floats, out: Floats, m: number, k: number, n: number): void {
  product(a, 0, k, 1, b, 0, n, 1, out, 0, m, k, n)
}

/** out (m n) = a (m k) · b (n k)ᵀ */
export function matmulNT(a: Floats, b: Floats, out: Floats, m: number, k: number, n: number): void {
  product(a, 0, k, 1, b, 0, 1, k, out, 0, m, k, n)
}

/** out (m n) = a (k m)ᵀ · b (k n) */
export function matmulTN(a: Floats, b: Floats, out: Floats, m: number, k: number, n: number): void {
  product(a, 0, 1, m, b, 0, n, 1, out, 0, m, k, n)
}

export function batchMatmul(a: Floats, b: Floats, out: Floats, batch: number, m: number, k: number, n: number): void {
  for (let s = 0; s < batch; s++) product(a, s * m * k, k, 1, b, s * k * n, n, 1, out, s * m * n, m, k, n)
}

export function batchMatmulNT(a: Floats, b: Floats, out: Floats, batch: number, m: number, k: number, n: number): void {
  for (let s = 0; s < batch; s++) product(a, s * m * k, k, 1, b, s * k * n, 1, k, out, s * m * n, m, k, n)
}

export function batchMatmulTN(a: Floats, b: Floats, out: Floats, batch: number, m: number, k: number, n: number): void {
  for (let s = 0; s < batch; s++) product(a, s * m * k, 1, m, b, s * k * n, n, 1, out, s * m * n, m, k, n)
}

/**
 * out[row, column] = Σₚ a[aStart + row·aRow + p·aStep] · b[bStart + p·bStep + column·bColumn], in the order of p. Four
 * columns go together: their sums do not wait for each other.
 */
function product(
  a: Floats,
  aStart: number,
  aRow: number,
  aStep: number,
  b: Floats,
  bStart: number,
  bStep: number,
  bColumn: number,
  out: Floats,
  outStart: number,
  m: number,
  k: number,
  n: number,
): void {
  const wide = n - (n % 4)
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < wide; column += 4) {
      let from = aStart + row * aRow
      let at = bStart + column * bColumn
      let s0 = 0
      let s1 = 0
      let s2 = 0
      let s3 = 0
      for (let p = 0; p < k; p++) {
        const x = a[from]
        s0 += x * b[at]
        s1 += x * b[at + bColumn]
        s2 += x * b[at + 2 * bColumn]
        s3 += x * b[at + 3 * bColumn]
        from += aStep
        at += bStep
      }
      const to = outStart + row * n + column
      out[to] = s0
      out[to + 1] = s1
      out[to + 2] = s2
      out[to + 3] = s3
    }
    for (let column = wide; column < n; column++) {
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[aStart + row * aRow + p * aStep] * b[bStart + p * bStep + column * bColumn]
      out[outStart + row * n + column] = sum
    }
  }
}

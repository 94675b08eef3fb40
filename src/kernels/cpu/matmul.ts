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

/** Four columns of b side by side, (k 4): read in order by every tile below them. It grows to the largest k seen. */
let strip = new Float64Array(4 * 256)

/** out[row, column] = Σₚ a[aStart + row·aRow + p·aStep] · b[bStart + p·bStep + column·bColumn] */
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
  // Packing b pays when many rows read it, and a strip is four columns wide: few of either go row by row.
  const tiled = m < 16 || n < 4 ? 0 : m - (m % 2)
  if (tiled > 0) {
    if (strip.length < 4 * k) strip = new Float64Array(4 * k)
    for (let column = 0; column < n; column += 4) {
      const width = Math.min(4, n - column)
      packStrip(b, bStart + column * bColumn, bStep, bColumn, k, width)
      for (let row = 0; row < tiled; row += 2) {
        multiplyTwoRows(a, aStart + row * aRow, aRow, aStep, out, outStart + row * n + column, k, n, width)
      }
    }
  }
  for (let row = tiled; row < m; row++) {
    multiplyRow(a, aStart + row * aRow, aStep, b, bStart, bStep, bColumn, out, outStart + row * n, k, n)
  }
}

/** strip (k 4) = `width` columns of b from bStart on; the others keep old numbers, whose sums nobody writes down */
function packStrip(b: Floats, bStart: number, bStep: number, bColumn: number, k: number, width: number): void {
  const to = strip
  for (let column = 0; column < width; column++) {
    let from = bStart + column * bColumn
    for (let at = column; at < 4 * k; at += 4) {
      to[at] = b[from]
      from += bStep
    }
  }
}

/** A tile of 2×4: eight sums, which fit the registers, for six numbers read. */
function multiplyTwoRows(
  a: Floats,
  aStart: number,
  aRow: number,
  aStep: number,
  out: Floats,
  outStart: number,
  k: number,
  n: number,
  width: number,
): void {
  const b = strip
  let first = aStart
  let second = aStart + aRow
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  for (let at = 0; at < 4 * k; at += 4) {
    const a0 = a[first]
    const a1 = a[second]
    const b0 = b[at]
    const b1 = b[at + 1]
    const b2 = b[at + 2]
    const b3 = b[at + 3]
    s00 += a0 * b0
    s01 += a0 * b1
    s02 += a0 * b2
    s03 += a0 * b3
    s10 += a1 * b0
    s11 += a1 * b1
    s12 += a1 * b2
    s13 += a1 * b3
    first += aStep
    second += aStep
  }
  const below = outStart + n
  out[outStart] = s00
  out[below] = s10
  if (width > 1) {
    out[outStart + 1] = s01
    out[below + 1] = s11
  }
  if (width > 2) {
    out[outStart + 2] = s02
    out[below + 2] = s12
  }
  if (width > 3) {
    out[outStart + 3] = s03
    out[below + 3] = s13
  }
}

/** One row, straight from where b lies. */
function multiplyRow(
  a: Floats,
  aStart: number,
  aStep: number,
  b: Floats,
  bStart: number,
  bStep: number,
  bColumn: number,
  out: Floats,
  outStart: number,
  k: number,
  n: number,
): void {
  let column = 0
  for (; column + 3 < n; column += 4) {
    let from = aStart
    let first = bStart + column * bColumn
    let second = first + bColumn
    let third = second + bColumn
    let fourth = third + bColumn
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let p = 0; p < k; p++) {
      const a0 = a[from]
      s0 += a0 * b[first]
      s1 += a0 * b[second]
      s2 += a0 * b[third]
      s3 += a0 * b[fourth]
      from += aStep
      first += bStep
      second += bStep
      third += bStep
      fourth += bStep
    }
    out[outStart + column] = s0
    out[outStart + column + 1] = s1
    out[outStart + column + 2] = s2
    out[outStart + column + 3] = s3
  }
  for (; column < n; column++) {
    const start = bStart + column * bColumn
    let sum = 0
    for (let p = 0; p < k; p++) sum += a[aStart + p * aStep] * b[start + p * bStep]
    out[outStart + column] = sum
  }
}

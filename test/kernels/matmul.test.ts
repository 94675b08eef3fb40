import { describe, expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'
import { law, output } from './law.ts'

describe('products', () => {
  law('matmul is Σₚ a[i, p]·b[p, j]', 'm k n', ({ m, k, n }) => ({
    inputs: [m * k, k * n],
    out: m * n,
    run: ([a, b], out) => cpuKernels.matmul(a, b, out, m, k, n),
    formula: ([a, b], at) => {
      const i = Math.floor(at / n)
      const j = at % n
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j]
      return sum
    },
  }))

  law('matmulNT is Σₚ a[i, p]·b[j, p]', 'm k n', ({ m, k, n }) => ({
    inputs: [m * k, n * k],
    out: m * n,
    run: ([a, b], out) => cpuKernels.matmulNT(a, b, out, m, k, n),
    formula: ([a, b], at) => {
      const i = Math.floor(at / n)
      const j = at % n
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[j * k + p]
      return sum
    },
  }))

  law('matmulTN is Σₚ a[p, i]·b[p, j]', 'm k n', ({ m, k, n }) => ({
    inputs: [k * m, k * n],
    out: m * n,
    run: ([a, b], out) => cpuKernels.matmulTN(a, b, out, m, k, n),
    formula: ([a, b], at) => {
      const i = Math.floor(at / n)
      const j = at % n
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[p * m + i] * b[p * n + j]
      return sum
    },
  }))
})

describe('batched products', () => {
  law('batchMatmul is Σₚ a[s, i, p]·b[s, p, j]', 's m k n', ({ s: batch, m, k, n }) => ({
    inputs: [batch * m * k, batch * k * n],
    out: batch * m * n,
    run: ([a, b], out) => cpuKernels.batchMatmul(a, b, out, batch, m, k, n),
    formula: ([a, b], at) => {
      const s = Math.floor(at / (m * n))
      const i = Math.floor(at / n) % m
      const j = at % n
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[(s * m + i) * k + p] * b[(s * k + p) * n + j]
      return sum
    },
  }))

  law('batchMatmulNT is Σₚ a[s, i, p]·b[s, j, p]', 's m k n', ({ s: batch, m, k, n }) => ({
    inputs: [batch * m * k, batch * n * k],
    out: batch * m * n,
    run: ([a, b], out) => cpuKernels.batchMatmulNT(a, b, out, batch, m, k, n),
    formula: ([a, b], at) => {
      const s = Math.floor(at / (m * n))
      const i = Math.floor(at / n) % m
      const j = at % n
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[(s * m + i) * k + p] * b[(s * n + j) * k + p]
      return sum
    },
  }))

  law('batchMatmulTN is Σₚ a[s, p, i]·b[s, p, j]', 's m k n', ({ s: batch, m, k, n }) => ({
    inputs: [batch * k * m, batch * k * n],
    out: batch * m * n,
    run: ([a, b], out) => cpuKernels.batchMatmulTN(a, b, out, batch, m, k, n),
    formula: ([a, b], at) => {
      const s = Math.floor(at / (m * n))
      const i = Math.floor(at / n) % m
      const j = at % n
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[(s * k + p) * m + i] * b[(s * k + p) * n + j]
      return sum
    },
  }))
})

describe('products at the edge', () => {
  it('sums nothing to zero', () => {
    const empty = new Float64Array(0)
    const product = output(40 * 9, (out) => cpuKernels.matmul(empty, empty, out, 40, 0, 9))
    expect(product).toEqual(new Array(360).fill(0))
  })

  it('forgets a longer product before a shorter one, and grows for one longer than any before', () => {
    const ones = new Float64Array(20 * 3000).fill(1)
    const product = (k: number) => output(20 * 20, (out) => cpuKernels.matmulNT(ones, ones, out, 20, k, 20))
    for (const k of [7, 3000, 7]) expect(product(k)).toEqual(new Array(400).fill(k))
  })

  it.each([1, 2, 17, 18])('keeps a NaN to its row and column among %i rows', (m) => {
    const [k, n] = [5, 6]
    const a = new Float64Array(m * k).fill(1)
    const b = new Float64Array(k * n).fill(1)
    a[(m - 1) * k + 2] = NaN
    b[3 * n + 4] = NaN
    const product = output(m * n, (out) => cpuKernels.matmul(a, b, out, m, k, n))
    product.forEach((value, at) => {
      expect(value).toBe(Math.floor(at / n) === m - 1 || at % n === 4 ? NaN : 5)
    })
  })

  it('sums float32 in float64', () => {
    const ones = new Float32Array(10_000_000).fill(0.1)
    const out = new Float32Array(1)
    cpuKernels.matmul(ones, ones, out, 1, ones.length, 1)
    expect(out[0]).toBe(Math.fround(Math.fround(0.1) ** 2 * 1e7))
  })
})

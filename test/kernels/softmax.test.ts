import { describe, expect, it } from 'vitest'
import type { Floats } from '../../src/kernels/index.ts'
import { cpuKernels } from '../../src/kernels/index.ts'
import { law, output } from './law.ts'

/** Σ exp over the row of `at`, safe without a shift on the small values of the laws. */
const total = (x: Floats, at: number, n: number): number => {
  let sum = 0
  for (let j = 0; j < n; j++) sum += Math.exp(x[Math.floor(at / n) * n + j])
  return sum
}
const softmax = (...x: number[]) =>
  output(x.length, (out) => cpuKernels.softmax(Float64Array.from(x), out, 1, x.length))
const logSoftmax = (...x: number[]) =>
  output(x.length, (out) => cpuKernels.logSoftmax(Float64Array.from(x), out, 1, x.length))

describe('softmax', () => {
  law('softmax is exp(x) / Σ exp(x)', 'b n', ({ b, n }) => ({
    inputs: [b * n],
    out: b * n,
    run: ([x], out) => cpuKernels.softmax(x, out, b, n),
    formula: ([x], at) => Math.exp(x[at]) / total(x, at, n),
  }))

  law('logSoftmax is x − log Σ exp(x)', 'b n', ({ b, n }) => ({
    inputs: [b * n],
    out: b * n,
    run: ([x], out) => cpuKernels.logSoftmax(x, out, b, n),
    formula: ([x], at) => x[at] - Math.log(total(x, at, n)),
  }))

  law('softmaxGradient is y·(g − Σ g·y)', 'b n', ({ b, n }) => ({
    inputs: [b * n, b * n],
    out: b * n,
    run: ([g, y], out) => cpuKernels.softmaxGradient(g, y, out, b, n),
    formula: ([g, y], at) => {
      let dot = 0
      for (let j = 0; j < n; j++) dot += g[Math.floor(at / n) * n + j] * y[Math.floor(at / n) * n + j]
      return y[at] * (g[at] - dot)
    },
  }))

  it('overflows at no size of input', () => {
    expect(softmax(1e300, 1e300)).toEqual([0.5, 0.5])
    expect(softmax(-1e300, -1e300)).toEqual([0.5, 0.5])
    expect(softmax(1000, 0)).toEqual([1, 0])
    expect(logSoftmax(1000, 0)).toEqual([0, -1000])
    expect(logSoftmax(1e15, 1e15)).toEqual([-Math.LN2, -Math.LN2])
  })

  it('gives a masked entry no weight, and a row with nothing else NaN', () => {
    expect(softmax(-Infinity, 3)).toEqual([0, 1])
    expect(logSoftmax(-Infinity, 3)).toEqual([-Infinity, 0])
    expect(softmax(-Infinity, -Infinity)).toEqual([NaN, NaN])
    expect(logSoftmax(-Infinity, -Infinity)).toEqual([NaN, NaN])
  })

  it('keeps a NaN to its row', () => {
    const x = Float64Array.of(NaN, 0, 0, 0)
    expect(output(4, (out) => cpuKernels.softmax(x, out, 2, 2))).toEqual([NaN, NaN, 0.5, 0.5])
    expect(output(4, (out) => cpuKernels.logSoftmax(x, out, 2, 2))).toEqual([NaN, NaN, -Math.LN2, -Math.LN2])
    const y = new Float64Array(4).fill(0.5)
    expect(output(4, (out) => cpuKernels.softmaxGradient(x, y, out, 2, 2))).toEqual([NaN, NaN, 0, 0])
  })
})

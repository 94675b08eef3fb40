import { describe, expect, it } from 'vitest'
import type { Floats } from '../../src/kernels/index.ts'
import { cpuKernels } from '../../src/kernels/index.ts'
import { law, output } from './law.ts'

const layer = ([x, w, c]: readonly Floats[], at: number, i: number, o: number): number => {
  let sum = c[at % o]
  for (let p = 0; p < i; p++) sum += x[Math.floor(at / o) * i + p] * w[p * o + (at % o)]
  return sum
}

describe('one layer in one pass', () => {
  law('dense is x·w + c', 'b i o', ({ b, i, o }) => ({
    inputs: [b * i, i * o, o],
    out: b * o,
    run: ([x, w, c], out) => cpuKernels.dense(x, w, c, out, b, i, o),
    formula: (inputs, at) => layer(inputs, at, i, o),
  }))

  law('denseRelu is max(x·w + c, 0)', 'b i o', ({ b, i, o }) => ({
    inputs: [b * i, i * o, o],
    out: b * o,
    run: ([x, w, c], out) => cpuKernels.denseRelu(x, w, c, out, b, i, o),
    formula: (inputs, at) => Math.max(layer(inputs, at, i, o), 0),
  }))

  it('is the bias alone where there are no inputs', () => {
    const none = new Float64Array(0)
    const c = Float64Array.of(-1, 2)
    expect(output(4, (out) => cpuKernels.dense(none, none, c, out, 2, 0, 2))).toEqual([-1, 2, -1, 2])
    expect(output(4, (out) => cpuKernels.denseRelu(none, none, c, out, 2, 0, 2))).toEqual([0, 2, 0, 2])
  })

  it('lets NaN through relu', () => {
    const [x, w, c] = [Float64Array.of(NaN, 1), Float64Array.of(1), Float64Array.of(0)]
    expect(output(2, (out) => cpuKernels.denseRelu(x, w, c, out, 2, 1, 1))).toEqual([NaN, 1])
  })
})

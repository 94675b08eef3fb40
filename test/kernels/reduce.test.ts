import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Floats } from '../../src/kernels/index.ts'
import { argmax, logSumExp, max, min, sum } from '../../src/kernels/cpu/reduce.ts'
import { drawFrom, law, output, poisoned, PRECISIONS, SIZES } from './law.ts'

type Reduce = (x: Floats, out: Floats, o: number, m: number, i: number) => void

/** The numbers that end up in element `at`. */
const column = (x: Floats, at: number, m: number, i: number): number[] =>
  Array.from({ length: m }, (_, middle) => x[(Math.floor(at / i) * m + middle) * i + (at % i)])
const reduce = (kernel: Reduce, ...x: number[]): number =>
  output(1, (out) => kernel(Float64Array.from(x), out, 1, x.length, 1))[0]

const formulas: Readonly<Record<string, readonly [kernel: Reduce, formula: (values: number[]) => number]>> = {
  'sum is Σ x': [sum, (values) => values.reduce((total, value) => total + value, 0)],
  'max is the largest': [max, (values) => values.sort((a, b) => b - a)[0] ?? -Infinity],
  'min is the smallest': [min, (values) => values.sort((a, b) => a - b)[0] ?? Infinity],
  'logSumExp is log Σ exp(x)': [
    logSumExp,
    (values) => Math.log(values.reduce((total, value) => total + Math.exp(value), 0)),
  ],
}

describe('many numbers to one', () => {
  for (const [sentence, [kernel, formula]] of Object.entries(formulas)) {
    law(sentence, 'o m i', ({ o, m, i }) => ({
      inputs: [o * m * i],
      out: o * i,
      run: ([x], out) => kernel(x, out, o, m, i),
      formula: ([x], at) => formula(column(x, at, m, i)),
    }))

    it(`${sentence}, and NaN as soon as one is`, () => {
      for (const x of [[NaN, 1, 2], [1, NaN, Infinity], [1, 2, NaN], [NaN]]) expect(reduce(kernel, ...x)).toBeNaN()
    })
  }

  it('gives an empty axis the neutral element', () => {
    expect(reduce(sum)).toBe(0)
    expect(reduce(max)).toBe(-Infinity)
    expect(reduce(min)).toBe(Infinity)
    expect(reduce(logSumExp)).toBe(-Infinity)
  })

  it('logSumExp overflows at no size of input', () => {
    expect(reduce(logSumExp, 1000, 1000)).toBe(1000 + Math.LN2)
    expect(reduce(logSumExp, -1000, -1000)).toBe(-1000 + Math.LN2)
    expect(reduce(logSumExp, 1e300, -1e300)).toBe(1e300)
    expect(reduce(logSumExp, -Infinity, -Infinity)).toBe(-Infinity)
    expect(reduce(logSumExp, -Infinity, 5)).toBe(5)
    expect(reduce(logSumExp, 5, Infinity)).toBe(Infinity)
    expect(reduce(logSumExp, -Infinity, Infinity)).toBe(Infinity)
  })

  it('sums float32 in float64', () => {
    const x = new Float32Array(1_000_000).fill(0.1)
    const out = new Float32Array(1)
    sum(x, out, 1, x.length, 1)
    expect(out[0]).toBe(100000)
  })
})

describe('argmax', () => {
  it('is the first index of the largest', () => {
    const size = fc.constantFrom(...SIZES)
    const property = fc.property(size, size, size, fc.integer(), (o, m, i, seed) => {
      for (const type of PRECISIONS) {
        const draw = drawFrom(seed)
        const x = new type(o * m * i).map(() => draw.below(4))
        const out = poisoned(Int32Array, o * i, (whole) => argmax(x, whole, o, m, i))
        for (let at = 0; at < o * i; at++) {
          const values = column(x, at, m, i)
          expect(out[at]).toBe(m === 0 ? 0 : values.indexOf(Math.max(...values)))
        }
      }
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('counts NaN as the largest of all', () => {
    const best = (...x: number[]) => {
      const out = new Int32Array(1).fill(-1)
      argmax(Float64Array.from(x), out, 1, x.length, 1)
      return out[0]
    }
    expect(best(1, NaN, Infinity, NaN)).toBe(1)
    expect(best(NaN, 1)).toBe(0)
    expect(best(-Infinity, -Infinity)).toBe(0)
    expect(best(-Infinity, -1e300)).toBe(1)
  })
})

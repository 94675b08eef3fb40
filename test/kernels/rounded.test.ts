/** Weights in 16 and 8 bits: what a number is rounded to, and what kernels make of them, by the most literal formulas. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpu64, cpuKernels, kernelsOf } from '../../src/kernels/index.ts'
import type { Floats } from '../../src/kernels/index.ts'
import { roundTable, roundWeight, wordsFor, wordsOf } from '../../src/kernels/rounded.ts'
import { SIZES, drawFrom, poisoned } from './law.ts'
import { everyVariant } from './wasm/variants.ts'

const size = fc.constantFrom(...SIZES, 64, 65)
const number = fc.float({ noDefaultInfinity: true, noNaN: true, min: -(2 ** 99), max: 2 ** 99 })

/** A table of one row as kernels read it back. */
function throughTable(values: readonly number[], bits: number): readonly number[] {
  const d = values.length
  const words = new Int32Array(wordsFor(d, bits))
  roundTable(Float32Array.from(values), 1, d, bits, words)
  const out = new Float32Array(d)
  cpuKernels.gatherRounded([words], [Int32Array.of(0)], out, 1, [d], [words.length], bits)
  return Array.from(out)
}

/** A weight (i o) as kernels read it back: row p of it is what a row of x that is 1 at p picks. */
function throughWeight(w: Floats, i: number, o: number, bits: number): Float32Array {
  const words = new Int32Array(wordsOf(i, o, bits))
  roundWeight(w, i, o, bits, words)
  const picks = new Float32Array(i * i)
  for (let p = 0; p < i; p++) picks[p * i + p] = 1
  const out = new Float32Array(i * o)
  cpuKernels.denseRounded(picks, [words], [null], [out], i, i, [o], bits, [false], [words.length])
  return out
}

describe('a number in 16 bits', () => {
  it.each([
    ['is itself where its lower half is 0', 1.5, 1.5],
    ['is the nearest', 1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
    ['is the even one of two that are as near, below', 1 + 2 ** -8, 1],
    ['is the even one of two that are as near, above', 1 + 3 * 2 ** -8, 1 + 2 ** -6],
    ['keeps its sign', -(1 + 3 * 2 ** -8), -(1 + 2 ** -6)],
    ['may be below 0 by nothing', -0, -0],
    ['may be infinite', -Infinity, -Infinity],
    ['is infinite beyond the largest there is', 3.4e38, Infinity],
    ['may be below the smallest normal one', 2 ** -133, 2 ** -133],
    ['stays NaN', NaN, NaN],
  ])('%s', (_, given, expected) => {
    expect(throughTable([given, 1], 16)).toEqual([expected, 1])
    expect(throughTable([0, given], 16)).toEqual([0, expected])
  })

  it('stays NaN where only its lower half says so', () => {
    const [quiet] = new Float32Array(Int32Array.of(0x7f800001).buffer)
    expect(throughTable([quiet], 16)).toEqual([NaN])
  })

  it('is no further than one part in 256 from what it was', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 9 }), (values) => {
        throughTable(values, 16).forEach((rounded, at) => {
          expect(Math.abs(rounded - values[at])).toBeLessThanOrEqual(
            2 ** -8 * Math.max(Math.abs(values[at]), 2 ** -126),
          )
        })
      }),
    )
  })
})

describe('a number in 8 bits', () => {
  it('is no further than half a step from what it was, of which the largest of its row has 127', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 9 }), (values) => {
        const step = Math.max(...values.map(Math.abs)) / 127
        throughTable(values, 8).forEach((rounded, at) => {
          expect(Math.abs(rounded - values[at])).toBeLessThanOrEqual(step * (0.5 + 2 ** -16) + 2 ** -142)
        })
      }),
    )
  })

  it('is what it was at both ends and at 0', () => {
    expect(throughTable([127, -127, 0, 64, -0.4, 0.6], 8)).toEqual([127, -127, 0, 64, 0, 1])
  })

  it('is 0 in a row of zeros, and NaN in one with a number that is not finite', () => {
    expect(throughTable([0, -0, 0], 8)).toEqual([0, 0, 0])
    expect(throughTable([1, NaN, 0], 8)).toEqual([NaN, NaN, NaN])
    expect(throughTable([1, 2, -Infinity], 8)).toEqual([NaN, NaN, NaN])
  })
})

describe.each([16, 8])('a weight of %d bits', (bits) => {
  it('has each column rounded by itself, as a row of a table is', () => {
    fc.assert(
      fc.property(size, size, fc.integer(), (i, o, seed) => {
        const draw = drawFrom(seed)
        const w = Float32Array.from({ length: i * o }, () => draw.value())
        const back = throughWeight(w, i, o, bits)
        for (let j = 0; j < o; j++) {
          const column = Array.from({ length: i }, (_, p) => w[p * o + j])
          expect(Array.from({ length: i }, (_, p) => back[p * o + j])).toEqual(throughTable(column, bits))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('makes a product that is exact but for what x loses: nothing, or 2⁻¹⁴ of the largest of a row', () => {
    fc.assert(
      fc.property(size, size, size, fc.integer(), fc.boolean(), fc.boolean(), (b, i, o, seed, biased, relu) => {
        const draw = drawFrom(seed)
        const numbers = (length: number) => Float64Array.from({ length }, () => Math.fround(draw.value()))
        const [x, w, c] = [numbers(b * i), numbers(i * o), biased ? numbers(o) : null]
        const back = throughWeight(w, i, o, bits)
        const words = new Int32Array(wordsOf(i, o, bits))
        roundWeight(w, i, o, bits, words)
        const out = poisoned(Float64Array, b * o, (all) => {
          cpuKernels.denseRounded(x, [words], [c], [all], b, i, [o], bits, [relu], [words.length])
        })
        for (let at = 0; at < out.length; at++) {
          const row = Array.from(x.subarray(Math.floor(at / o) * i, (Math.floor(at / o) + 1) * i))
          const column = row.map((_, p) => back[p * o + (at % o)])
          const sum = row.reduce((total, each, p) => total + each * column[p], c ? c[at % o] : 0)
          const loss = bits === 8 ? 2 ** -14 * Math.max(0, ...row.map(Math.abs)) : 0
          const allowed = column.reduce((total, each) => total + loss * Math.abs(each), 1e-9)
          expect(Math.abs(out[at] - (relu ? Math.max(sum, 0) : sum))).toBeLessThanOrEqual(allowed)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('passes on what is not finite in a row of x, and no other row has it', () => {
    const w = Float32Array.of(1, -2)
    const words = new Int32Array(wordsOf(2, 1, bits))
    roundWeight(w, 2, 1, bits, words)
    for (const [strange, expected] of [
      [NaN, NaN],
      [Infinity, bits === 8 ? NaN : Infinity],
    ]) {
      const out = new Float32Array(2)
      const x = Float32Array.of(strange, 1, 3, 1)
      cpuKernels.denseRounded(x, [words], [null], [out], 2, 2, [1], bits, [false], [words.length])
      expect(Array.from(out)).toEqual([expected, throughTable([1, -2], bits)[0] * 3 - 2])
    }
  })
})

/** One product of many rows, steps and columns on each variant, and on the CPU in float64. */
function longProducts(bits: number): readonly (readonly number[])[] {
  const [b, i, o] = [3, 2100, 70]
  return [...everyVariant(), cpu64].map((backend) => {
    const draw = drawFrom(5)
    const [w, x, c] = [i * o, b * i, o].map((length) => Float32Array.from({ length }, () => draw.value()))
    const [words, given, bias, out] = [
      backend.allocateIds(wordsOf(i, o, bits)),
      ...[b * i, o, b * o].map((length) => backend.allocate(length)),
    ]
    roundWeight(w, i, o, bits, words)
    given.set(x)
    bias.set(c)
    kernelsOf(backend).denseRounded(given, [words], [bias], [out], b, i, [o], bits, [false], [words.length])
    return Array.from(out)
  })
}

describe('a product of more steps than one sum of 32 bits holds', () => {
  it.each([16, 8])('is on WebAssembly what it is on the CPU, with weights of %d bits', (bits) => {
    const [simd, relaxed, exact] = longProducts(bits)
    for (const found of [simd, relaxed])
      found.forEach((value, at) => {
        expect(Math.abs(value - exact[at])).toBeLessThan(bits === 8 ? 1e-4 : 5e-3)
      })
  })

  it('has the same bits on every variant where its terms are whole numbers', () => {
    const [simd, relaxed] = longProducts(8)
    expect(relaxed).toEqual(simd)
  })
})

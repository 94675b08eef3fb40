/**
 * The law of a kernel: on a poisoned `out` it writes what its formula says, all of it and nothing beside it, in either
 * precision, and leaves its inputs as they were. Sizes are drawn so that empty axes and the tails of tiles occur.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Floats } from '../../src/kernels/index.ts'

export const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33]
export const PRECISIONS = [Float64Array, Float32Array]

const TOLERANCE = { Float64Array: 1e-12, Float32Array: 5e-5 }
const GUARD = 12345
const REST = 40

type Sizes = Readonly<Record<string, number>>

/** Numbers that owe nothing to the code under test. */
export interface Draw {
  /** Uniform in [−3, 3). */
  value(): number
  /** An integer in [0, n). */
  below(n: number): number
}

/** One call of a kernel, as the law sees it. */
interface Call {
  /** Lengths of the inputs. */
  readonly inputs: readonly number[]
  /** Length of the output. */
  readonly out: number
  readonly run: (inputs: readonly Floats[], out: Floats) => void
  /** Element `at` of the output, by the most literal formula. */
  readonly formula: (inputs: readonly Floats[], at: number) => number
  /** What inputs hold; uniform in [−3, 3) unless told. */
  readonly value?: (draw: Draw) => number
}

/** Steele and Vigna's SplitMix32. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0
  const uniform = (): number => {
    state = (state + 0x9e3779b9) | 0
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97)
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32
  }
  return { value: () => uniform() * 6 - 3, below: (n) => Math.floor(uniform() * n) }
}

/** Equal, both NaN, or as near as the precision of `actual` allows. */
export function expectClose(actual: Floats, at: number, expected: number): void {
  const value = actual[at]
  const tolerance = TOLERANCE[actual instanceof Float64Array ? 'Float64Array' : 'Float32Array']
  const close =
    Object.is(value, expected) ||
    value === expected ||
    Math.abs(value - expected) <= tolerance * Math.max(1, Math.abs(expected))
  if (!close) expect.fail(`${actual.constructor.name}: element ${at} is ${value}, expected ${expected}`)
}

/** Runs a kernel on an `out` full of NaN that is longer than it should be, and sees that the rest is left alone. */
export function poisoned<T extends Floats | Int32Array>(
  type: new (length: number) => T,
  length: number,
  run: (out: T) => void,
): T {
  const out = new type(length + REST).fill(NaN).fill(GUARD, length) as T
  run(out)
  for (let at = length; at < out.length; at++) {
    if (out[at] !== GUARD) expect.fail(`wrote ${out[at]} at ${at}, but there are only ${length} elements`)
  }
  return out.subarray(0, length) as T
}

/** Declares a test: `letters` names the sizes that are drawn, as in 'm k n'. */
export function law(sentence: string, letters: string, call: (sizes: Sizes, draw: Draw) => Call, numRuns = 60): void {
  const size = fc.constantFrom(...SIZES)
  const sizes = fc.record(Object.fromEntries(letters.split(' ').map((letter) => [letter, size])))
  it(sentence, () => {
    const property = fc.property(sizes, fc.integer(), (drawn, seed) => {
      for (const type of PRECISIONS) {
        const draw = drawFrom(seed)
        const { inputs, out: length, run, formula, value = () => draw.value() } = call(drawn, draw)
        const given = inputs.map((each) => new type(each).map(() => value(draw)))
        const before = given.map((each) => each.slice())
        const out = poisoned<Floats>(type, length, (whole) => {
          run(given, whole)
        })
        for (const [index, input] of given.entries()) {
          for (let at = 0; at < input.length; at++) {
            if (!Object.is(input[at], before[index][at])) expect.fail(`input ${index} was changed at ${at}`)
          }
        }
        for (let at = 0; at < length; at++) expectClose(out, at, formula(before, at))
      }
    })
    fc.assert(property, { numRuns })
  })
}

/** A kernel's whole output for inputs written out in a test, in float64. */
export function output(length: number, run: (out: Float64Array) => void): number[] {
  return [...poisoned(Float64Array, length, run)]
}

/** The functions that the binary approximates, against float64 over all floats there are, a sample of each exponent. */
import { kernelsOf } from '../../../src/kernels/index.ts'
import { describe, expect, it } from 'vitest'
import { drawFrom } from '../law.ts'
import { everyVariant } from './variants.ts'

const SAMPLES = 512

/** All 512 combinations of sign and exponent, subnormal numbers, infinities and NaN among them. */
function everyMagnitude(): Float32Array {
  const draw = drawFrom(7)
  const bits = Uint32Array.from(
    { length: 512 * SAMPLES },
    (_, at) => (Math.floor(at / SAMPLES) << 23) | draw.below(2 ** 23),
  )
  return new Float32Array(bits.buffer)
}

/** The distance between a float and its neighbour; that of the smallest normal numbers where they are smaller still. */
const unit = (value: number): number => {
  const magnitude = Math.abs(Math.fround(value))
  return magnitude < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(magnitude)) - 23)
}

/** In float64, by formulas that keep small answers too. */
const EXACT = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  softplus: (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
}
const UNITS = { exp: 1.2, log: 1, tanh: 1.8, sigmoid: 2.5, softplus: 1.8 }

const inputs = everyMagnitude()
// Where most numbers are in practice, and where results are neither 0 nor 1.
const near = Float32Array.from({ length: 1 << 16 }, (_, at) => (at / 2 ** 15 - 1) * 20)

describe.each(everyVariant().map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  it.each(Object.entries(EXACT))('%s is off by little more than a unit in the last place', (name, exact) => {
    const verb = name as keyof typeof EXACT
    for (const given of [inputs, near]) {
      const [x, y] = [backend.allocate(given.length), backend.allocate(given.length)]
      x.set(given)
      kernelsOf(backend)[verb](x, y, given.length)
      let [worst, where] = [0, 0]
      for (let at = 0; at < given.length; at++) {
        const want = exact(x[at])
        if (Object.is(Math.fround(want), y[at])) continue
        const error = Math.abs(y[at] - want) / unit(want)
        if (!(error <= worst)) [worst, where] = [error, x[at]]
      }
      expect(worst, `at ${where}`).toBeLessThanOrEqual(UNITS[verb])
    }
  })

  it('is exact where there is nothing to round', () => {
    const given = [0, -0, Infinity, -Infinity, NaN, 1]
    const expected = {
      exp: [1, 1, Infinity, 0, NaN, Math.fround(Math.E)],
      log: [-Infinity, -Infinity, Infinity, NaN, NaN, 0],
      tanh: [0, -0, 1, -1, NaN, Math.fround(Math.tanh(1))],
      sigmoid: [0.5, 0.5, 1, 0, NaN, Math.fround(1 / (1 + Math.exp(-1)))],
      softplus: [Math.fround(Math.LN2), Math.fround(Math.LN2), Infinity, 0, NaN, Math.fround(Math.log1p(Math.E))],
    }
    const [x, y] = [backend.allocate(6), backend.allocate(6)]
    x.set(given)
    for (const [name, want] of Object.entries(expected)) {
      kernelsOf(backend)[name as keyof typeof EXACT](x, y, 6)
      expect([...y].slice(0, 5), name).toEqual(want.slice(0, 5))
      expect(y[5], name).toBeCloseTo(want[5], 6)
    }
  })
})

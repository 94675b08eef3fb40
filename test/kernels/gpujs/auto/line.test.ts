/** Lines through times, and where two of them cross. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crossing, lineThrough, timeOn } from '../../../../src/kernels/gpujs/auto/line.ts'

const WORK = [1e3, 1e5, 1e7]

it('finds the line that times are on', () => {
  const fixed = fc.double({ min: 0, max: 10, noNaN: true })
  fc.assert(
    fc.property(fixed, fc.double({ min: 1e-4, max: 100, noNaN: true }), (fixed, perMillion) => {
      const rungs = WORK.map((operations) => ({ operations, milliseconds: timeOn({ fixed, perMillion }, operations) }))
      const found = lineThrough(rungs)
      for (const { operations, milliseconds } of rungs)
        expect(timeOn(found, operations) / milliseconds).toBeCloseTo(1, 6)
    }),
  )
})

it('minds small calls as much as large ones: a tenth more on each is a tenth more on the line', () => {
  const rungs = WORK.map((operations) => ({
    operations,
    milliseconds: 1.1 * timeOn({ fixed: 0.02, perMillion: 3 }, operations),
  }))
  expect(lineThrough(rungs).fixed).toBeCloseTo(0.022, 9)
  expect(lineThrough(rungs).perMillion).toBeCloseTo(3.3, 9)
})

it('is never below 0, whatever the times are', () => {
  const times = fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(times, (times) => {
      const { fixed, perMillion } = lineThrough(times.map((milliseconds, j) => ({ operations: WORK[j], milliseconds })))
      expect(fixed).toBeGreaterThanOrEqual(0)
      expect(perMillion).toBeGreaterThanOrEqual(0)
      expect(Number.isFinite(fixed + perMillion)).toBe(true)
    }),
  )
})

it('two lines cross where they take the same time', () => {
  const [wasm, gpu] = [
    { fixed: 0.001, perMillion: 0.03 },
    { fixed: 0.03, perMillion: 0.001 },
  ]
  const operations = crossing(wasm, gpu, 1e7) ?? NaN
  expect(operations).toBeCloseTo(1e6, 3)
  expect(timeOn(gpu, operations)).toBeCloseTo(timeOn(wasm, operations), 9)
  expect(crossing(wasm, gpu, 9e5)).toBeUndefined()
  expect(crossing(gpu, wasm, 1e7)).toBeUndefined()
  expect(crossing(wasm, { fixed: 0, perMillion: 0.001 }, 1e7)).toBe(0)
  expect(crossing(wasm, { fixed: 0.002, perMillion: 0.03 }, 1e7)).toBeUndefined()
})

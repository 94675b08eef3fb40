/** Medians with spread. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scatter, spreadOf } from '../../bench/measure/statistics.ts'

const samples = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })

describe('spreadOf', () => {
  it('has the middle sample, or the mean of the two in the middle', () => {
    expect(spreadOf([3, 1, 2]).median).toBe(2)
    expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5)
  })

  it('does not let one wild sample move the median far', () => {
    const { median, q3 } = spreadOf([1, 1, 1, 1, 1e9])
    expect([median, q3]).toEqual([1, 1])
  })

  it('orders its numbers, whatever the samples', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const { count, least, q1, median, q3 } = spreadOf(values)
        expect(count).toBe(values.length)
        expect(least).toBe(Math.min(...values))
        expect([least, q1, median, q3]).toEqual([least, q1, median, q3].sort((a, b) => a - b))
        expect(q3).toBeLessThanOrEqual(Math.max(...values))
      }),
    )
  })

  it('leaves the samples in their order', () => {
    const values = [3, 1, 2]
    spreadOf(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('refuses to speak of nothing', () => {
    expect(() => spreadOf([])).toThrow('expected at least one sample')
  })
})

it('scatter is half of the middle range, as a share of the median', () => {
  expect(scatter({ count: 5, least: 1, q1: 9, median: 10, q3: 13 })).toBeCloseTo(0.2)
})

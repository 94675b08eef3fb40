/** Whether a contestant's numbers are right. */
import { describe, expect, it } from 'vitest'
import { agreement } from '../../bench/measure/agreement.ts'

describe('agreement', () => {
  it('is the largest deviation as a share of the largest number', () => {
    const { deviation, wrong } = agreement([1, 2.5, -10], [1, 2, -10], 0.1)
    expect(deviation).toBeCloseTo(0.05)
    expect(wrong).toBeUndefined()
  })

  it('fails beyond the tolerance, naming the worst element', () => {
    expect(agreement([1, 2, -9], [1, 2, -10], 0.05).wrong).toBe('expected -10 at 2 but got -9')
  })

  it('fails where a number is none, wherever it stands', () => {
    for (const at of [0, 1, 2]) {
      const got = [1, 2, 3]
      got[at] = NaN
      expect(agreement(got, [1, 2, 3], 0.5).wrong).toBe(`expected ${at + 1} at ${at} but got NaN`)
    }
  })

  it('fails for fewer or more numbers, even for none', () => {
    expect(agreement([1], [1, 2], 1).wrong).toBe('expected 2 numbers but got 1')
    expect(agreement([], [0], 1).wrong).toBe('expected 1 numbers but got 0')
  })

  it('takes zeros for zeros', () => {
    expect(agreement([0, 0], [0, 0], 0)).toEqual({ deviation: 0 })
    expect(agreement([0, 1e-3], [0, 0], 1e-6).wrong).toBeDefined()
  })
})

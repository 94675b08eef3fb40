/** Learning rates as functions of the step's number. */
import { describe, expect, it } from 'vitest'
import {
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  linearDecay,
  stepDecay,
  warmUp,
} from '../../../src/training/index.ts'
import type { Schedule } from '../../../src/training/index.ts'

const at = (schedule: Schedule, ...steps: number[]): number[] =>
  steps.map((step) => (typeof schedule === 'number' ? schedule : schedule(step)))

const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length)
  expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 14))
}

describe('a learning rate', () => {
  it('halves every so many steps, or shrinks by another factor', () => {
    expectClose(at(stepDecay(0.8, { every: 10 }), 0, 9, 10, 19, 20, 35), [0.8, 0.8, 0.4, 0.4, 0.2, 0.1])
    expectClose(at(stepDecay(1, { every: 2, factor: 0.1 }), 1, 2, 5), [1, 0.1, 0.01])
  })

  it('halves smoothly over so many steps', () => {
    expectClose(at(exponentialDecay(0.8, { every: 10 }), 0, 5, 10, 20), [0.8, 0.8 * Math.SQRT1_2, 0.4, 0.2])
    expectClose(at(exponentialDecay(1, { every: 1, factor: 0.9 }), 3), [0.729])
  })

  it('falls along half a cosine, and stays down', () => {
    expectClose(at(cosineDecay(1, { steps: 8 }), 0, 2, 4, 8, 9, 1000), [1, (1 + Math.SQRT1_2) / 2, 0.5, 0, 0, 0])
    expectClose(at(cosineDecay(1, { steps: 8, final: 0.2 }), 0, 4, 8, 20), [1, 0.6, 0.2, 0.2])
  })

  it('warms up to a constant, or to a schedule that runs meanwhile', () => {
    expectClose(at(warmUp(0.4, { steps: 4 }), 0, 1, 2, 3, 4, 50), [0.1, 0.2, 0.3, 0.4, 0.4, 0.4])
    expectClose(at(warmUp(stepDecay(1, { every: 2 }), { steps: 4 }), 0, 1, 2, 3, 4), [0.25, 0.5, 0.375, 0.5, 0.25])
  })

  it('falls along a line, and stays down', () => {
    expectClose(at(linearDecay(1, { steps: 8 }), 0, 2, 4, 8, 9, 1000), [1, 0.75, 0.5, 0, 0, 0])
    expectClose(at(linearDecay(1, { steps: 8, final: 0.2 }), 0, 4, 8, 20), [1, 0.6, 0.2, 0.2])
  })

  it('falls along half a cosine again and again', () => {
    const once = cosineDecay(1, { steps: 8, final: 0.2 })
    const again = cosineRestarts(1, { steps: 8, final: 0.2 })
    expectClose(at(again, 0, 3, 7, 8, 11, 15, 16, 8000, 8003), at(once, 0, 3, 7, 0, 3, 7, 0, 0, 3))
  })

  it('falls ever more slowly between restarts: over 8 steps, 16, 32', () => {
    const growing = cosineRestarts(1, { steps: 8, growth: 2 })
    expectClose(at(growing, 0, 4, 8, 16, 24, 40, 56), [1, 0.5, 1, 0.5, 1, 0.5, 1])
    expectClose(at(growing, 9, 23), at(cosineDecay(1, { steps: 16 }), 1, 15))
    expectClose(at(cosineRestarts(1, { steps: 2, growth: 1.5 }), 2, 3.5, 5), [1, 0.5, 1])
  })

  it.each<[string, () => Schedule]>([
    ['stepDecay: expected every to be a number in [1, ∞) but got 0', () => stepDecay(1, { every: 0 })],
    ['stepDecay: expected rate to be a number in [0, ∞) but got -1', () => stepDecay(-1, { every: 1 })],
    ['stepDecay: expected factor to be a number in [0, ∞) but got NaN', () => stepDecay(1, { every: 1, factor: NaN })],
    [
      'exponentialDecay: expected every to be a number in [1, ∞) but got NaN',
      () => exponentialDecay(1, { every: NaN }),
    ],
    [
      'exponentialDecay: expected rate to be a number in [0, ∞) but got Infinity',
      () => exponentialDecay(1 / 0, { every: 1 }),
    ],
    [
      'exponentialDecay: expected factor to be a number in [0, ∞) but got -2',
      () => exponentialDecay(1, { every: 1, factor: -2 }),
    ],
    ['linearDecay: expected steps to be a number in [1, ∞) but got 0', () => linearDecay(1, { steps: 0 })],
    ['linearDecay: expected final to be a number in [0, ∞) but got -1', () => linearDecay(1, { steps: 1, final: -1 })],
    [
      'cosineDecay: expected steps to be a number in [1, ∞) but got Infinity',
      () => cosineDecay(1, { steps: Infinity }),
    ],
    ['cosineDecay: expected rate to be a number in [0, ∞) but got NaN', () => cosineDecay(NaN, { steps: 1 })],
    ['cosineRestarts: expected steps to be a number in [1, ∞) but got 0', () => cosineRestarts(1, { steps: 0 })],
    [
      'cosineRestarts: expected growth to be a number in [1, ∞) but got 0.5',
      () => cosineRestarts(1, { steps: 1, growth: 0.5 }),
    ],
    [
      'cosineRestarts: expected final to be a number in [0, ∞) but got NaN',
      () => cosineRestarts(1, { steps: 1, final: NaN }),
    ],
    ['warmUp: expected steps to be a number in [1, ∞) but got 0', () => warmUp(1, { steps: 0 })],
    ['warmUp: expected schedule to be a number in [0, ∞) or a function but got -1', () => warmUp(-1, { steps: 5 })],
  ])('is refused: %s', (message, make) => {
    expect(make).toThrow(new RangeError(message))
  })
})

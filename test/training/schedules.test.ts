/** Learning rates as functions of the step's number. */
import { describe, expect, it } from 'vitest'
import { cosineDecay, exponentialDecay, stepDecay, warmUp } from '../../src/training/index.ts'
import type { Schedule } from '../../src/training/index.ts'

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
})

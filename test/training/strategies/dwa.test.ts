/** Dynamic weight averaging: weights from the losses of two epochs, and when they begin to count. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { averageWeights, dwa, fit } from '../../../src/training/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'
import { feed } from '../../models/feed.ts'
import { smallPLE } from './models.ts'

const loss = fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.constantFrom(0, NaN, 1e-300))
const losses = fc.record({ a: loss, b: loss, c: loss })
const temperature = fc.constantFrom(Number.MIN_VALUE, 1e-6, 0.1, 2, 1e9)

describe('averaged weights', () => {
  it('are numbers that add up to the number of tasks, whatever the losses', () => {
    fc.assert(
      fc.property(losses, losses, temperature, (last, before, tau) => {
        const weights = Object.values(averageWeights(last, before, tau))
        for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(0)
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(3, 9)
      }),
      { seed: seedOfRun(), numRuns: 300 },
    )
  })

  it('are 1 where all losses fall alike', () => {
    expect(averageWeights({ a: 2, b: 0.25 }, { a: 4, b: 0.5 }, 2)).toEqual({ a: 1, b: 1 })
  })

  it('are the softmax of the paper: the slower a loss falls, the more its task counts', () => {
    const { a, b } = averageWeights({ a: 0.9, b: 0.5 }, { a: 1, b: 1 }, 2)
    const total = Math.exp(0.45) + Math.exp(0.25)
    expect(a).toBeCloseTo((2 * Math.exp(0.45)) / total, 12)
    expect(b).toBeCloseTo((2 * Math.exp(0.25)) / total, 12)
    expect(a).toBeGreaterThan(b)
  })

  it('are the more alike, the higher the temperature', () => {
    const spread = (tau: number): number => {
      const { a, b } = averageWeights({ a: 2, b: 0.5 }, { a: 1, b: 1 }, tau)
      return a - b
    }
    expect(spread(0.1)).toBeGreaterThan(spread(2))
    expect(spread(2)).toBeGreaterThan(spread(100))
    expect(spread(1e9)).toBeCloseTo(0, 6)
  })
})

describe('training with DWA', () => {
  it('weighs all tasks by 1 for two epochs, then by the losses of the last two', async () => {
    const { epochs } = await fit(smallPLE(), { data: feed(30), batchSize: 8, epochs: 5, strategy: dwa() })
    for (const { weights } of epochs.slice(0, 2))
      expect(weights).toEqual({ click: 1, click_buy: 1, click_buy_price: 1 })
    for (let epoch = 2; epoch < 5; epoch++) {
      const wanted = averageWeights(epochs[epoch - 1].losses, epochs[epoch - 2].losses, 2)
      for (const [task, weight] of Object.entries(epochs[epoch].weights)) expect(weight).toBeCloseTo(wanted[task], 6)
      expect(new Set(Object.values(epochs[epoch].weights)).size).toBe(3)
    }
  })

  it('goes on where it stopped when it is called again', async () => {
    const [model, strategy] = [smallPLE(), dwa()]
    const data = feed(30)
    const first = await fit(model, { data, batchSize: 8, epochs: 2, strategy })
    const [a, b] = first.epochs
    const { epochs } = await fit(model, { data, batchSize: 8, strategy })
    expect(epochs[0].weights.click).toBeCloseTo(averageWeights(b.losses, a.losses, 2).click, 6)
  })

  it.each([0, -1, NaN])('refuses a temperature of %s', (tau) => {
    expect(() => dwa({ temperature: tau })).toThrow(
      new RangeError(`dwa: expected temperature to be a number in (0, ∞] but got ${tau}`),
    )
  })
})

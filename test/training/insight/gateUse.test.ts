/** How a model's gates share out the experts: means, deviations and entropies over rows, whatever the batch size. */
import { describe, expect, it } from 'vitest'
import { batches } from '../../../src/data/index.ts'
import { PLE, SHARED, SharedBottom } from '../../../src/models/index.ts'
import type { Model } from '../../../src/models/index.ts'
import { Parameter, tensor } from '../../../src/tensor/index.ts'
import { gateWeights } from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed, stir } from '../../models/feed.ts'

const SIZES = [1, 3, 7, 20, 21, 4096]
const data = feed(20)

const model = stir(
  new PLE({
    features: FEATURES,
    taskNames: TASKS,
    taskTypes: TYPES,
    expertDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [3],
    specificExpertNum: { click: 2, click_buy: 1, click_buy_price: 1 },
    dnnUseBn: true,
    dnnDropout: 0.5,
  }),
)

const [batch] = batches(data, { batchSize: 20 })
const direct = model.forward(batch)

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(actual).toHaveLength(expected.length)
  Array.from(expected, (value, at) => expect(actual[at]).toBeCloseTo(value, 6))
}

describe('the use of gates', () => {
  const use = gateWeights(model, data)

  it('is told for every level and gate, by the names of the experts that it hears', () => {
    expect(use.map((level) => Object.keys(level))).toEqual([[...TASKS, SHARED], [...TASKS]])
    expect(use[0].click.experts).toEqual(['click.0', 'click.1', 'shared.0'])
    expect(use[1].click_buy.experts).toEqual(['click_buy.0', 'shared.0'])
    expect(use[0].shared.experts).toEqual(['click.0', 'click.1', 'click_buy.0', 'click_buy_price.0', 'shared.0'])
  })

  it('is the mean and deviation of weights over rows', () => {
    use.forEach((level, index) => {
      for (const [listener, { experts, mean, deviation }] of Object.entries(level)) {
        const weights = direct.gates[index][listener].values
        const of = (expert: number): number[] => [...weights].filter((_, at) => at % experts.length === expert)
        expect(mean.reduce((total, value) => total + value)).toBeCloseTo(1, 6)
        experts.forEach((_, expert) => {
          const values = of(expert)
          const average = values.reduce((total, value) => total + value) / values.length
          const squares = values.reduce((total, value) => total + (value - average) ** 2, 0)
          expect(values).toHaveLength(20)
          expect(mean[expert]).toBeCloseTo(average, 6)
          expect(deviation[expert]).toBeCloseTo(Math.sqrt(squares / values.length), 6)
        })
      }
    })
    expect(use[0].click.deviation.every((value) => value > 0)).toBe(true)
  })

  it.each(SIZES)('is the same in batches of %i', (batchSize) => {
    const again = gateWeights(model, data, { batchSize })
    use.forEach((level, index) => {
      for (const [listener, { mean, entropy }] of Object.entries(level)) {
        expectClose(again[index][listener].mean, mean)
        expect(again[index][listener].entropy).toBeCloseTo(entropy, 6)
      }
    })
  })

  it('has an entropy: of rows, so that four rows that each hear another expert have none', () => {
    const even = [0.25, 0.25, 0.25, 0.25]
    const gates = {
      single: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      even: [...even, ...even, ...even, ...even],
      mixed: [...even, 0.5, 0.5, 0, 0, 1, 0, 0, 0, 0.125, 0.125, 0.25, 0.5],
    }
    const gated: Model & { readonly idle: Parameter } = {
      idle: new Parameter(tensor([0])),
      features: [],
      tasks: {},
      forward: () => ({
        logits: {},
        gates: [Object.fromEntries(Object.entries(gates).map(([name, weights]) => [name, tensor(weights, [4, 4])]))],
      }),
    }
    const [{ single, even: alike, mixed }] = gateWeights(gated, feed(4), { compiled: false })
    expect(single.entropy).toBe(0)
    expect(single.mean).toEqual(even)
    expect(alike.entropy).toBeCloseTo(Math.log(4), 14)
    const nats = [Math.log(4), Math.LN2, 0, (0.25 * 3 + 0.25 * 2 + 0.5) * Math.LN2]
    expect(mixed.entropy).toBeCloseTo(nats.reduce((total, value) => total + value) / 4, 14)
  })

  it('is empty where there are no gates', () => {
    const bottom = new SharedBottom({
      features: FEATURES,
      taskNames: TASKS,
      taskTypes: TYPES,
      bottomDnnHiddenUnits: [4],
    })
    expect(gateWeights(bottom, data)).toEqual([])
  })
})

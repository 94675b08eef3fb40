/** Weights that no loss decides: constant ones are what `taskWeights` are, and the paper's change by the epoch. */
import { describe, expect, it } from 'vitest'
import { saveState } from '../../../src/models/index.ts'
import { adam, decayingWeights, fit, fixedWeights, sgd } from '../../../src/training/index.ts'
import type { FitOptions } from '../../../src/training/index.ts'
import { feed } from '../../models/feed.ts'
import { smallPLE } from './models.ts'

const data = feed(22)

async function trained(options: Partial<FitOptions>) {
  const model = smallPLE()
  const history = await fit(model, { data, epochs: 3, batchSize: 5, ...options })
  return { state: saveState(model), history }
}

describe('fixed weights', () => {
  it('are taskWeights, bit by bit', async () => {
    const weights = { click: 0.3, click_buy_price: 2.5 }
    const [one, other] = [await trained({ taskWeights: weights }), await trained({ strategy: fixedWeights(weights) })]
    expect(one.state).toEqual(other.state)
    expect(one.state).not.toEqual((await trained({})).state)
    expect(other.history.strategy).toBe('fixed weights')
  })

  it('are 1 where none is given, and told as they are', async () => {
    const { history } = await trained({ strategy: fixedWeights({ click: 0.5 }) })
    expect(history.epochs[2].weights).toEqual({ click: 0.5, click_buy: 1, click_buy_price: 1 })
  })

  it('of 0 leave the task’s own tower where it is', async () => {
    const model = smallPLE()
    const before = saveState(model)
    await fit(model, { data, batchSize: 11, optimizer: sgd(), taskWeights: { click: 0 } })
    const after = saveState(model)
    const moved = Object.keys(after).filter((path) => after[path].some((value, at) => value !== before[path][at]))
    const towers = Object.keys(after).filter((path) => path.startsWith('towers.'))
    expect(towers.filter((path) => !moved.includes(path))).toEqual(towers.filter((path) => path.includes('.click.')))
    expect(towers.filter((path) => path.includes('.click.'))).not.toEqual([])
  })
})

describe('decaying weights', () => {
  it('are ω₀·γᵗ in epoch t, counted from 0', async () => {
    const strategy = decayingWeights({ initial: { click: 2 }, ratio: { click: 0.5, click_buy: 2 } })
    const { history } = await trained({ strategy })
    expect(history.epochs.map(({ weights }) => weights)).toEqual([
      { click: 2, click_buy: 1, click_buy_price: 1 },
      { click: 1, click_buy: 2, click_buy_price: 1 },
      { click: 0.5, click_buy: 4, click_buy_price: 1 },
    ])
  })

  it('train as fixed ones for an epoch, and go on over calls', async () => {
    const options = { data, batchSize: 5, shuffle: false }
    const [model, other] = [smallPLE(), smallPLE()]
    const decaying = decayingWeights({ initial: { click: 4 }, ratio: { click: 0.25 } })
    const [one, two] = [adam(), adam()]
    await fit(model, { ...options, optimizer: one, strategy: decaying })
    await fit(model, { ...options, optimizer: one, strategy: decaying })
    await fit(other, { ...options, optimizer: two, taskWeights: { click: 4 } })
    await fit(other, { ...options, optimizer: two, taskWeights: { click: 1 } })
    expect(saveState(model)).toEqual(saveState(other))
  })
})

describe('weights are refused', () => {
  it.each([
    [
      'below 0',
      () => fixedWeights({ a: -1 }),
      "fixedWeights: expected weights to be an object, each of its members to be a number in [0, ∞) but got -1 of 'a'",
    ],
    [
      'that are no number',
      () => fixedWeights({ a: NaN }),
      "fixedWeights: expected weights to be an object, each of its members to be a number in [0, ∞) but got NaN of 'a'",
    ],
    [
      'with a negative ratio',
      () => decayingWeights({ ratio: { a: -2 } }),
      "decayingWeights: expected ratio to be an object, each of its members to be a number in [0, ∞) but got -2 of 'a'",
    ],
    [
      'with an infinite start',
      () => decayingWeights({ initial: { a: Infinity }, ratio: {} }),
      "decayingWeights: expected initial to be an object, each of its members to be a number in [0, ∞) but got Infinity of 'a'",
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(new RangeError(message))
  })

  it.each([
    ['fixedWeights', fixedWeights({ clik: 1 })],
    ['decayingWeights', decayingWeights({ ratio: { clik: 1 } })],
  ])('of %s that name a task that there is not, and nothing has changed', async (who, strategy) => {
    const model = smallPLE()
    const before = saveState(model)
    await expect(fit(model, { data, strategy })).rejects.toThrow(
      new RangeError(
        `${who}: expected weights of click, click_buy, click_buy_price but got 'clik', did you mean 'click'?`,
      ),
    )
    expect(saveState(model)).toEqual(before)
  })
})

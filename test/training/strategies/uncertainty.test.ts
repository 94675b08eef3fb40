/** Uncertainty weighting: where its log-variances come to rest, who moves them, and what they spare one from tuning. */
import { describe, expect, it } from 'vitest'
import { scaleShift, mul, sum } from '../../../src/autograd/index.ts'
import { dataset, syntheticFeed } from '../../../src/data/index.ts'
import type { Column, Columns, Dataset } from '../../../src/data/index.ts'
import { SharedBottom, parameters, saveState } from '../../../src/models/index.ts'
import type { TaskType } from '../../../src/models/index.ts'
import { Parameter, full, ones } from '../../../src/tensor/index.ts'
import { adam, cosineDecay, evaluate, fit, fixedWeights, sgd, uncertainty } from '../../../src/training/index.ts'
import type { Strategy, UncertaintyStrategy } from '../../../src/training/index.ts'
import { feed } from '../../models/feed.ts'
import { smallPLE } from './models.ts'

const TYPES: Readonly<Record<string, TaskType>> = { price: 'regression', click: 'binary' }

/** Balances losses that stay what they are, `steps` times. */
function balanced(strategy: UncertaintyStrategy, values: Readonly<Record<string, number>>, steps: number) {
  const w = new Parameter(ones([1]))
  const of = (value: number) => scaleShift(sum(mul(w, full([1], value))), {})
  const losses = Object.fromEntries(Object.entries(values).map(([task, value]) => [task, of(value)]))
  let weights: Readonly<Record<string, number>> = {}
  let gradient = 0
  for (let step = 0; step < steps; step++) {
    const found = strategy.balance({ losses, tasks: TYPES, learned: [w] })
    weights = Object.fromEntries(Object.entries(found.weights).map(([task, weight]) => [task, weight.item()]))
    const [first] = found.gradients
    gradient = 'rows' in first ? NaN : first.values[0]
  }
  const s = Object.fromEntries(Object.entries(strategy.logVariances).map(([task, each]) => [task, each.item()]))
  return { weights, gradient, s }
}

const restOf = (price: number, click: number) => ({ price: Math.log(price), click: Math.log(2 * click) })

describe('log-variances', () => {
  it.each([
    [4, 0.7],
    [1e-4, 0.02],
    [3000, 5],
  ])('of losses of %s and %s rest at log L of a regression and log 2L of classes', (price, click) => {
    const initial = restOf(price, click)
    const strategy = uncertainty({ initial, optimizer: sgd({ learningRate: 1 }) })
    const { s, weights } = balanced(strategy, { price, click }, 3)
    for (const task of ['price', 'click'] as const) expect(s[task]).toBeCloseTo(initial[task], 5)
    expect(weights.price * 2 * price).toBeCloseTo(1, 5)
    expect(weights.click * 2 * click).toBeCloseTo(1, 5)
  })

  it.each([
    [4, 0.7],
    [1e-4, 0.02],
    [3000, 5],
  ])('of losses of %s and %s get there from 0, unclamped, and both tasks count for 1/(2L)', (price, click) => {
    const strategy = uncertainty({ optimizer: adam({ learningRate: 0.05, beta2: 0.9 }) })
    const { s, weights } = balanced(strategy, { price, click }, 600)
    const rest = restOf(price, click)
    for (const task of ['price', 'click'] as const) expect(Math.abs(s[task] - rest[task])).toBeLessThan(0.1)
    expect(weights.price * 2 * price).toBeGreaterThan(0.9)
    expect(weights.price * 2 * price).toBeLessThan(1.1)
    expect(weights.click * 2 * click).toBeGreaterThan(0.9)
    expect(weights.click * 2 * click).toBeLessThan(1.1)
  })

  it('start at 0 or where they are told to, and a gradient counts by the weights that are told', () => {
    const { weights, gradient } = balanced(uncertainty(), { price: 3, click: 5 }, 1)
    expect(weights).toEqual({ price: 0.5, click: 1 })
    expect(gradient).toBeCloseTo(0.5 * 3 + 5, 6)
    const told = balanced(uncertainty({ initial: { click: Math.log(4) } }), { price: 3, click: 5 }, 1)
    expect(told.weights.click).toBeCloseTo(0.25, 6)
    expect(told.weights.price).toBe(0.5)
  })

  it('are moved by no other optimizer than their own, and are no parameters of the model', async () => {
    const [model, strategy] = [
      smallPLE(),
      uncertainty({ optimizer: sgd({ learningRate: 0 }), initial: { click: 0.5 } }),
    ]
    const paths = Object.keys(parameters(model))
    const optimizer = adam({ learningRate: 0.1 })
    await fit(model, { data: feed(22), batchSize: 11, epochs: 2, optimizer, strategy })
    expect(strategy.logVariances.click.item()).toBeCloseTo(0.5, 7)
    expect(strategy.logVariances.click_buy.item()).toBe(0)
    expect(Object.keys(parameters(model))).toEqual(paths)
    const still = uncertainty()
    const other = smallPLE({ l2RegEmbedding: 0 })
    const before = saveState(other)
    await fit(other, { data: feed(22), batchSize: 11, optimizer: sgd({ learningRate: 0 }), strategy: still })
    expect(saveState(other)).toEqual(before)
    for (const s of Object.values(still.logVariances)) expect(s.item()).not.toBe(0)
  })

  it('go on where they were when training goes on', async () => {
    const data = feed(22)
    const once = { model: smallPLE(), optimizer: sgd(), strategy: uncertainty() }
    const twice = { model: smallPLE(), optimizer: sgd(), strategy: uncertainty() }
    const of = ({ optimizer, strategy }: typeof once) => ({ optimizer, strategy, data, batchSize: 11 })
    await fit(once.model, { ...of(once), epochs: 2 })
    await fit(twice.model, of(twice))
    await fit(twice.model, of(twice))
    expect(saveState(twice.model)).toEqual(saveState(once.model))
    for (const [task, s] of Object.entries(once.strategy.logVariances))
      expect(twice.strategy.logVariances[task].item()).toBe(s.item())
  })

  it.each([NaN, Infinity])('are refused to start at %s', (value) => {
    expect(() => uncertainty({ initial: { click: value } })).toThrow(
      new RangeError(
        `uncertainty: expected initial to be an object, each of its members to be a finite number but got ${value} of 'click'`,
      ),
    )
  })
})

const TRAINED = 6000
const TESTED = 4000

/** Two regressions on one feed, with labels of mean 4 and 0.2 that are as spread as they are large. */
function unlike(seed: number): { readonly train: Dataset; readonly test: Dataset } {
  const of = (correlation: number) =>
    syntheticFeed({ rows: TRAINED + TESTED, users: 30, videos: 40, tags: 8, outside: 0, correlation, seed })
  // The same impressions, and a task that is as unlike the other as can be.
  const [one, other] = [of(1), of(0)]
  const toMean = (values: Float32Array, mean: number): Float32Array => {
    const factor = (mean * values.length) / values.reduce((total, value) => total + value, 0)
    return values.map((value) => value * factor)
  }
  const labels = { large: toMean(one.labels.vcr, 4), small: toMean(other.labels.vcr, 0.2) }
  const cut = (columns: Columns, start: number, end?: number): Record<string, Column> =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, (column as number[]).slice(start, end)]))
  const part = (start: number, end?: number): Dataset =>
    dataset({
      features: one.features,
      columns: cut(one.columns, start, end),
      labels: { large: labels.large.slice(start, end), small: labels.small.slice(start, end) },
    })
  return { train: part(0, TRAINED), test: part(TRAINED) }
}

const varianceOf = (values: ArrayLike<number>): number => {
  const numbers = Array.from(values)
  const mean = numbers.reduce((total, value) => total + value, 0) / numbers.length
  return numbers.reduce((total, value) => total + (value - mean) ** 2, 0) / numbers.length
}

/** The share of each task's variance that is not explained, of a shared layer that has room for both tasks. */
async function unexplained({ train, test }: ReturnType<typeof unlike>, strategy: Strategy) {
  const [epochs, batchSize] = [8, 128]
  const model = new SharedBottom({
    features: train.features,
    taskNames: ['large', 'small'],
    taskTypes: ['regression', 'regression'],
    bottomDnnHiddenUnits: [8],
    towerDnnHiddenUnits: [],
    // Without local minima in which one run or another may end.
    dnnActivation: 'linear',
    l2RegEmbedding: 0,
  })
  const optimizer = adam({ learningRate: cosineDecay(0.01, { steps: epochs * Math.ceil(train.rows / batchSize) }) })
  await fit(model, { data: train, epochs, batchSize, optimizer, strategy })
  const { large, small } = evaluate(model, test)
  return { large: large.mse / varianceOf(test.labels.large), small: small.mse / varianceOf(test.labels.small) }
}

describe('labels whose means are 4 and 0.2', () => {
  it.each([1, 3])('need no weights tuned by hand: seed %s', async (seed) => {
    const data = unlike(seed)
    const byHand = []
    for (const small of [1, 10, 100, 1000]) byHand.push(await unexplained(data, fixedWeights({ small })))
    const learned = await unexplained(data, uncertainty({ optimizer: adam({ learningRate: 0.03, beta2: 0.9 }) }))
    const [even] = byHand
    // Even weights learn the task of large labels, and the other one much worse than need be.
    expect(even.large).toBeLessThan(1.01 * learned.large)
    expect(even.small).toBeGreaterThan(1.2 * learned.small)
    for (const task of ['large', 'small'] as const)
      expect(learned[task]).toBeLessThan(1.01 * Math.min(...byHand.map((scores) => scores[task])))
  })
})

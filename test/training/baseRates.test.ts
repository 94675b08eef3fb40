/** A model that begins at the base rates predicts, on average, what happens, before it has learned anything. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, sparseFeature } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, WideDeep, mmoe, parameters, saveState } from '../../src/models/index.ts'
import type { Model } from '../../src/models/index.ts'
import { evaluate, fit, predict, sgd, startAtBaseRates } from '../../src/training/index.ts'
import { stream } from '../../src/tensor/index.ts'

const ROWS = 6000
const random = stream(1)
const features = [
  sparseFeature('user', { vocabularySize: 40 }),
  denseFeature('age'),
  denseFeature('far', { dimension: 3 }),
]
const clicks = Float64Array.from({ length: ROWS }, (_, row) => (random.uniform(row) < 0.004 ? 1 : 0))
const given = {
  features,
  columns: {
    user: Int32Array.from({ length: ROWS }, (_, row) => row % 40),
    age: Float64Array.from({ length: ROWS }, (_, row) => random.normal(row)),
    far: Float64Array.from({ length: 3 * ROWS }, (_, at) => 4 * random.normal(9e6 + at)),
  },
  labels: {
    ctr: clicks,
    // Of the clicks, most are bought after.
    ctcvr: clicks.map((click, row) => (click === 1 && row % 5 > 0 ? 1 : 0)),
    price: Float64Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? NaN : 250 + 10 * random.normal(5e6 + row))),
  },
  tasks: { ctr: 'binary', ctcvr: 'binary', price: 'regression' },
} as const
const data = dataset(given)
const small = {
  features,
  taskNames: ['ctr', 'ctcvr', 'price'],
  taskTypes: ['binary', 'binary', 'regression'],
  towerDnnHiddenUnits: [4],
} as const
const bottom = { ...small, bottomDnnHiddenUnits: [8] }
const { features: _, ...wide } = bottom

const MODELS: Readonly<Record<string, () => Model>> = {
  PLE: () => new PLE({ ...small, expertDnnHiddenUnits: [8], dnnUseBn: true }),
  MMoE: () => mmoe({ ...small, expertDnnHiddenUnits: [8], numExperts: 2 }),
  'PLE in float64': () => new PLE({ ...small, expertDnnHiddenUnits: [8], backend: cpu64 }),
  SharedBottom: () => new SharedBottom(bottom),
  SingleTask: () => new SingleTask(bottom),
  WideDeep: () => new WideDeep({ ...wide, wideFeatures: features, deepFeatures: features }),
  ESMM: () => new ESMM({ features, towerDnnHiddenUnits: [4] }),
}

const mean = (values: ArrayLike<number>): number => {
  const inside = Array.from(values).filter((value) => !Number.isNaN(value))
  return inside.reduce((sum, value) => sum + value, 0) / inside.length
}

describe.each(Object.entries(MODELS))('%s', (name, build) => {
  it('predicts the mean label of every task, having changed its biases alone', () => {
    const model = build()
    const before = saveState(model)
    const rates = startAtBaseRates(model, data)
    const predictions = predict(model, data)
    for (const task of Object.keys(model.tasks)) {
      const labels = data.labels[task]
      expect(rates[task]).toBeCloseTo(mean(labels), 9)
      const predicted = mean(predictions[task].map((value, row) => (Number.isNaN(labels[row]) ? NaN : value)))
      expect(Math.abs(predicted / rates[task] - 1), `${name} ${task}`).toBeLessThan(1e-4)
    }
    const after = saveState(model)
    const moved = Object.keys(after).filter((path) => after[path].some((value, at) => value !== before[path][at]))
    expect(moved.map((path) => parameters(model)[path])).toEqual(Object.values(model.biases ?? {}))
    expect(moved.every((path) => path.endsWith('bias'))).toBe(true)
  })

  it('starts with a lower loss than without', async () => {
    const [plain, told] = [build(), build()]
    startAtBaseRates(told, data)
    const scores = [plain, told].map((model) => evaluate(model, data, { metrics: { ctr: ['logLoss'] } }).ctr.logLoss)
    expect(scores[0]).toBeGreaterThan(0.3)
    expect(scores[1]).toBeLessThan(0.05)
    const { epochs } = await fit(told, { data, batchSize: 1000, optimizer: sgd({ learningRate: 1e-6 }) })
    expect(epochs[0].losses.ctr).toBeLessThan(0.05)
  })
})

it('is right of one positive in a thousand', () => {
  const rare = dataset({
    features: [features[1]],
    columns: { age: Float64Array.from({ length: 5000 }, (__, row) => random.normal(row)) },
    labels: {
      a: Float64Array.from({ length: 5000 }, (__, row) => (row % 1000 === 7 ? 1 : 0)),
      b: clicks.slice(0, 5000),
    },
  })
  const model = new PLE({ features: rare.features, taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] })
  expect(startAtBaseRates(model, rare).a).toBe(0.001)
  expect(mean(predict(model, rare).a)).toBeCloseTo(0.001, 5)
})

it('counts rows by their sample weights', () => {
  const weights = Float64Array.from({ length: ROWS }, (__, row) => row % 3)
  const model = MODELS.PLE()
  const weighted = dataset({ ...given, sampleWeights: { ctr: weights } })
  const rates = startAtBaseRates(model, weighted)
  const share = (values: ArrayLike<number>): number =>
    weights.reduce((sum, weight, row) => sum + weight * values[row], 0) /
    weights.reduce((sum, weight) => sum + weight, 0)
  expect(rates.ctr).toBeCloseTo(share(data.labels.ctr), 9)
  expect(rates.ctr).not.toBeCloseTo(mean(data.labels.ctr), 5)
  expect(Math.abs(share(predict(model, data).ctr) / rates.ctr - 1)).toBeLessThan(1e-4)
})

describe('is refused, and nothing is changed', () => {
  it.each<readonly [string, (model: Model) => unknown, string]>([
    [
      'where all labels are 0',
      (model) => startAtBaseRates(model, { ...data, labels: { ...data.labels, ctcvr: new Float32Array(ROWS) } }),
      "startAtBaseRates: expected labels of 'ctcvr' that a bias follows from but got a mean of 0 over 6000 rows",
    ],
    [
      'where a task has no rows',
      (model) =>
        startAtBaseRates(model, { ...data, labels: { ...data.labels, price: new Float32Array(ROWS).fill(NaN) } }),
      "expected labels of 'price' that a bias follows from but got a mean of NaN over 0 rows",
    ],
    [
      'without labels',
      (model) => startAtBaseRates(model, { ...data, labels: {} }),
      "startAtBaseRates: expected labels of task 'ctr'",
    ],
    [
      'of a model without biases',
      (model) =>
        startAtBaseRates(
          { features: model.features, tasks: model.tasks, forward: (batch) => model.forward(batch) },
          data,
        ),
      'startAtBaseRates: expected a model with biases but got none',
    ],
  ])('%s', (__, act, message) => {
    const model = MODELS.PLE()
    const before = saveState(model)
    expect(() => act(model)).toThrow(message)
    expect(saveState(model)).toEqual(before)
  })
})

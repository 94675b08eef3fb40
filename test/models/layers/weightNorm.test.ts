/** Weights of var-len features that become shares of 1, as DeepCTR's do, against its formulas number by number. */
import { describe, expect, it } from 'vitest'
import { gradients, mul, sum } from '../../../src/autograd/index.ts'
import { batches, dataset, varLenFeature } from '../../../src/data/index.ts'
import type { Batch, Feature, Pooling } from '../../../src/data/index.ts'
import { cpu, cpu64, wasm } from '../../../src/kernels/index.ts'
import { FeatureEmbedding, PLE, SharedBottom, WideDeep, restoreModel, saveModel } from '../../../src/models/index.ts'
import { compile } from '../../../src/program/index.ts'
import { stream, tensor } from '../../../src/tensor/index.ts'
import { predict } from '../../../src/training/index.ts'
import { stir } from '../feed.ts'

const POOLINGS = ['mean', 'sum', 'max'] as const
const LISTS = [[3, 1, 4], [], [2], [5, 5], [1, 2]]
/** Equal, absent, alone, far apart, and below anything that stands for padding. */
const WEIGHTS = [[0.5, -2, 1], [], [3], [1000, -1000], [-2e9, -2e9]]

const featuresOf = (pooling: Pooling, weightNorm = true): readonly Feature[] => [
  varLenFeature('tags', { vocabularySize: 6, dimension: 2, maxLength: 4, pooling, weights: 'w', weightNorm }),
]
const dataOf = (features: readonly Feature[]) => dataset({ features, columns: { tags: LISTS, w: WEIGHTS } })
const batchOf = (features: readonly Feature[], backend = cpu64): Batch =>
  [...batches(dataOf(features), { batchSize: LISTS.length, backend })][0]

/** Softmax over the ids that are there, times their rows; then the sum, the mean over their number, or the largest. */
function literal(table: (id: number) => readonly number[], pooling: Pooling): number[] {
  return LISTS.flatMap((list, row) => {
    if (list.length === 0) return [0, 0]
    const largest = Math.max(...WEIGHTS[row])
    const raised = WEIGHTS[row].map((weight) => Math.exp(weight - largest))
    const total = raised.reduce((a, b) => a + b)
    return [0, 1].map((column) => {
      const values = list.map((id, place) => (raised[place] / total) * table(id)[column])
      if (pooling === 'max') return Math.max(...values)
      const all = values.reduce((a, b) => a + b)
      return pooling === 'sum' ? all : all / list.length
    })
  })
}

describe.each(POOLINGS)('weights as shares of 1, pooled by %s', (pooling) => {
  const features = featuresOf(pooling)
  const embedding = new FeatureEmbedding(features, stream(11), { initStd: 1, backend: cpu64 })
  const { tags } = embedding.tables
  const row = (id: number): number[] => [...tags.values.subarray(2 * id, 2 * id + 2)]

  it('are softmax over the ids of a row, padding left out', () => {
    const expected = literal(row, pooling)
    const { values } = embedding.forward(batchOf(features))
    expected.forEach((value, at) => expect(values[at], `element ${at}`).toBeCloseTo(value, 12))
    const plain = new FeatureEmbedding(featuresOf(pooling, false), stream(11), { initStd: 1, backend: cpu64 })
    expect(plain.forward(batchOf(featuresOf(pooling, false))).values[0]).not.toBeCloseTo(expected[0], 3)
  })

  it('send each row its share of the gradient, and padding none', () => {
    const cotangent = tensor([3, 7], undefined, cpu64)
    const [gradient] = gradients(sum(mul(embedding.forward(batchOf(features)), cotangent)), [tags])
    const step = 1e-6
    const slope = (id: number, column: number): number => {
      const loss = (by: number): number => {
        const moved = (other: number): number[] =>
          row(other).map((v, at) => (other === id && at === column ? v + by : v))
        return literal(moved, pooling).reduce((total, value, at) => total + value * [3, 7][at % 2], 0)
      }
      return (loss(step) - loss(-step)) / (2 * step)
    }
    for (let id = 0; id < 6; id++)
      for (const column of [0, 1]) expect(gradient.values[2 * id + column]).toBeCloseTo(slope(id, column), 6)
    expect([...gradient.values.subarray(0, 2)].map(Math.abs)).toEqual([0, 0])
  })

  it.each(['cpu', 'wasm'] as const)('are the same in a program on %s', (where) => {
    const backend = where === 'wasm' ? wasm({ bytes: 2 ** 22 }) : cpu
    const model = new FeatureEmbedding(features, stream(11), { initStd: 1 })
    const run = compile((batch: Batch) => model.forward(batch), { backend })
    const expected = model.forward(batchOf(features, cpu)).values
    run(batchOf(features, cpu)).values.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 6))
  })
})

describe('a feature with weightNorm', () => {
  it('says so where it is on, and is the feature it ever was where it is off', () => {
    expect(featuresOf('mean')[0]).toMatchObject({ weightNorm: true })
    expect(featuresOf('mean', false)[0]).not.toHaveProperty('weightNorm')
  })

  it.each([
    [
      { weights: 'w', weightNorm: 'softmax' },
      "feature 'tags': expected weightNorm to be true or false but got 'softmax'",
    ],
    [{ weights: 'w', weightNorm: 0 }, "feature 'tags': expected weightNorm to be true or false but got 0"],
    [{ weightNorm: true }, "feature 'tags': expected weights but got none: because weightNorm is of them"],
    [
      { weights: 'w', weight_norm: true },
      /^feature 'tags': expected options among .* but got 'weight_norm', did you mean 'weightNorm'\?$/,
    ],
  ])('is refused as %j', (wrong, message) => {
    const make = () => varLenFeature('tags', { vocabularySize: 6, maxLength: 4, ...(wrong as object) })
    expect(make).toThrow(message)
    expect(make).toThrow(RangeError)
  })

  it('is saved and restored, in models of one list of features and of two', () => {
    const features = featuresOf('sum')
    const tasks = { taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] } as const
    const models = [
      new PLE({ features, ...tasks, expertDnnHiddenUnits: [3] }),
      new SharedBottom({ features, ...tasks }),
      new WideDeep({ wideFeatures: features, deepFeatures: features, ...tasks }),
    ]
    for (const model of models) {
      const restored = restoreModel(saveModel(stir(model)))
      expect(restored.features).toEqual(features)
      expect(predict(restored, dataOf(restored.features))).toEqual(predict(model, dataOf(features)))
    }
  })
})

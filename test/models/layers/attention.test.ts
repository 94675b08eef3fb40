/** Attention over a user's history: its formula, its gradients, its padding, wherever it runs, and what it learns. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGradients } from '../../../src/check.ts'
import {
  crossedFeature,
  dataset,
  denseFeature,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
} from '../../../src/data/index.ts'
import type { Dataset, Feature, VarLenOptions } from '../../../src/data/index.ts'
import { attentionWeights } from '../../../src/insight.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import {
  ESMM,
  FeatureEmbedding,
  PLE,
  SharedBottom,
  SingleTask,
  WideDeep,
  parameters,
  restoreModel,
  saveModel,
  saveState,
} from '../../../src/models/index.ts'
import type { Model, SavableModel } from '../../../src/models/index.ts'
import { toDeepCTRTorch } from '../../../src/deepctr.ts'
import { loadProgram, servingCpu } from '../../../src/serve.ts'
import {
  adam,
  compilePredictor,
  evaluate,
  fit,
  memoryStore,
  predict,
  saveProgram,
} from '../../../src/training/index.ts'
import { batches } from '../../../src/data/index.ts'
import { Tensor, stream } from '../../../src/tensor/index.ts'
import { toONNX } from '../../../src/onnx.ts'
import { inputsOf } from '../../exchange/onnx/drawn.ts'
import { feedsOf } from '../../exchange/onnx/feeds.ts'
import { NO_ORT, ort, ranBy } from '../../exchange/onnx/runtime.ts'
import { EVERYWHERE } from '../../program/everyBackend.ts'
import { stir } from '../feed.ts'

const WORDS = ['a', 'b', 'c', 'd', 'e', 'f']
const vocabulary = fitVocabulary(WORDS)
const history = (options: Partial<VarLenOptions> = {}) =>
  varLenFeature('history', {
    vocabulary,
    dimension: 3,
    table: 'item',
    maxLength: 4,
    pooling: 'attention',
    candidate: 'item',
    attentionHiddenUnits: [5, 2],
    ...options,
  })
const item = sparseFeature('item', { vocabulary, dimension: 3 })
const featuresOf = (options: Partial<VarLenOptions> = {}): readonly Feature[] => [
  history(options),
  item,
  denseFeature('age'),
]

const random = stream(3)
const LISTS = [['a', 'b'], [], ['f', 'e', 'd', 'c'], ['b'], ['c', 'c', 'zzz'], ['a', 'b', 'c', 'd', 'e', 'f'], ['e']]
const dataOf = (features: readonly Feature[], lists: readonly (readonly string[])[] = LISTS): Dataset =>
  dataset({
    features,
    columns: {
      history: lists,
      item: lists.map((_, row) => WORDS[row % WORDS.length]),
      age: lists.map((_, row) => random.normal(row)),
    },
    labels: { click: lists.map((_, row) => row % 2), buy: lists.map((_, row) => (row % 4 === 1 ? 1 : 0)) },
  })

const embeddingOf = (features: readonly Feature[], backend = cpu64): FeatureEmbedding =>
  stir(new FeatureEmbedding(features, stream(1), { initStd: 0.5, backend }))

/** DIN as one reads it in the paper, in plain numbers. */
function literally(
  embedding: FeatureEmbedding,
  data: Dataset,
  normalize: boolean,
): readonly { weights: number[]; pooled: number[] }[] {
  const at = (path: string): readonly number[] => [...parameters(embedding)[path].values]
  const rowOf = (id: number): number[] => at('tables.item').slice(3 * id, 3 * id + 3)
  const dense = (x: readonly number[], path: string, units: number): number[] =>
    Array.from({ length: units }, (_, unit) =>
      x.reduce(
        (total, value, from) => total + value * at(`${path}.weight`)[from * units + unit],
        at(`${path}.bias`)[unit],
      ),
    )
  const prelu = (x: readonly number[], path: string): number[] =>
    x.map((value, unit) => (value > 0 ? value : value * at(`${path}.activation.alpha`)[unit]))
  return Array.from({ length: data.rows }, (_, row) => {
    const ids = [...data.ids.history.subarray(4 * row, 4 * row + 4)]
    const c = rowOf(data.ids.item[row])
    const path = 'attention.history'
    const logits = ids.map((id) => {
      const e = rowOf(id)
      const x = [...e, ...c, ...e.map((value, k) => value - c[k]), ...e.map((value, k) => value * c[k])]
      const first = prelu(dense(x, `${path}.layers.0`, 5), `${path}.layers.0`)
      return dense(prelu(dense(first, `${path}.layers.1`, 2), `${path}.layers.1`), `${path}.output`, 1)[0]
    })
    const total = logits.reduce((sum, logit, place) => sum + (ids[place] ? Math.exp(logit) : 0), 0)
    const weights = logits.map((logit, place) => (ids[place] === 0 ? 0 : normalize ? Math.exp(logit) / total : logit))
    const pooled = [0, 1, 2].map((k) => ids.reduce((sum, id, place) => sum + weights[place] * rowOf(id)[k], 0))
    return { weights, pooled }
  })
}

describe.each([false, true])('attention, normalised: %s', (attentionNormalize) => {
  const features = featuresOf({ attentionNormalize })
  const data = dataOf(features)

  it('is what the paper says, and padding is nothing', () => {
    const embedding = embeddingOf(features)
    const [batch] = batches(data, { batchSize: data.rows, backend: cpu64 })
    const { values } = embedding.forward(batch)
    const weights = attentionWeights(embedding, data).history
    for (const [row, expected] of literally(embedding, data, attentionNormalize).entries()) {
      const pooled = [...values.subarray(row * embedding.width + 3, row * embedding.width + 6)]
      pooled.forEach((value, k) => expect(value, `row ${row}`).toBeCloseTo(expected.pooled[k], 12))
      expected.weights.forEach((weight, place) => expect(weights[4 * row + place]).toBeCloseTo(weight, 6))
    }
    expect([...values.subarray(embedding.width + 3, embedding.width + 6)]).toEqual([0, 0, 0])
    expect([...weights.subarray(4, 8)]).toEqual([0, 0, 0, 0])
  })

  it('has the gradients of its numbers, of the first and of the second order', () => {
    const embedding = embeddingOf(features)
    const { attention } = embedding
    const unit = (items: Tensor, candidate: Tensor): Tensor =>
      attention.history.forward(items, candidate, new Tensor([2, 4], Float64Array.of(1, 1, 1, 0, 1, 0, 0, 0), cpu64))
    const drawn = (name: string, shape: readonly number[]): Tensor =>
      new Tensor(
        shape,
        Float64Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => stream(5).stream(name).normal(at)),
        cpu64,
      )
    expect(() =>
      checkGradients(unit, [drawn('items', [2, 4, 3]), drawn('candidate', [2, 3])], { seed: 1, tolerance: 1e-6 }),
    ).not.toThrow()
  })

  it('does not depend on how long lists may be, nor on the other rows', () => {
    const longer = featuresOf({ attentionNormalize, maxLength: 9 })
    const few = LISTS.map((list) => list.slice(0, 4))
    const [short, long] = [embeddingOf(features), embeddingOf(longer)]
    const forward = (embedding: FeatureEmbedding, of: readonly Feature[], rows: readonly number[]) => {
      const [batch] = batches(dataOf(of, few).select(rows), { batchSize: 9, backend: cpu64 })
      return [...embedding.forward(batch).values]
    }
    const rows = few.map((_, row) => row)
    const all = forward(short, features, rows)
    expect(forward(long, longer, rows)).toEqual(all)
    fc.assert(
      fc.property(fc.constantFrom(...rows), (row) => {
        expect(forward(short, features, [row])).toEqual(all.slice(row * short.width, (row + 1) * short.width))
      }),
    )
  })
})

const features = featuresOf()
const data = dataOf(features)
const tasks = { taskNames: ['click', 'buy'], taskTypes: ['binary', 'binary'], initStd: 0.3 } as const
const MODELS: Readonly<Record<string, () => SavableModel>> = {
  PLE: () => new PLE({ ...tasks, features, expertDnnHiddenUnits: [4], towerDnnHiddenUnits: [] }),
  SharedBottom: () => new SharedBottom({ ...tasks, features, bottomDnnHiddenUnits: [4], towerDnnHiddenUnits: [] }),
  SingleTask: () => new SingleTask({ ...tasks, features, bottomDnnHiddenUnits: [4], towerDnnHiddenUnits: [] }),
  ESMM: () => new ESMM({ features, taskNames: ['click', 'buy'], initStd: 0.3, towerDnnHiddenUnits: [4] }),
  WideDeep: () =>
    new WideDeep({
      ...tasks,
      wideFeatures: [crossedFeature(['item', 'age'], { hashBuckets: 9 })],
      deepFeatures: features,
      bottomDnnHiddenUnits: [4],
    }),
}
const funnelled: Dataset = {
  ...data,
  labels: { click: data.labels.click, buy: data.labels.buy.map((buys, row) => Math.min(buys, data.labels.click[row])) },
}

describe.each(Object.keys(MODELS))('%s', (name) => {
  const given =
    name === 'WideDeep'
      ? dataset({
          features: MODELS.WideDeep().features,
          columns: { history: LISTS, item: LISTS.map((_, row) => WORDS[row % 6]), age: LISTS.map((_, row) => row) },
          labels: {
            click: LISTS.map((_, row) => row % 2),
            buy: LISTS.map(() => 0).map((_, row) => (row % 4 === 1 ? 1 : 0)),
          },
        })
      : funnelled

  it('learns by attention, op by op and compiled alike, and comes back from its file, its program and its checkpoint', async () => {
    const [compiled, plain] = [MODELS[name](), MODELS[name]()]
    const before = saveState(compiled)
    const options = { data: given, batchSize: 3, epochs: 4 }
    const store = memoryStore()
    await fit(compiled, { ...options, optimizer: adam({ learningRate: 0.01 }), backend: cpu, checkpoint: { store } })
    await fit(plain, { ...options, optimizer: adam({ learningRate: 0.01 }), compiled: false })
    expect(saveState(plain)).toEqual(saveState(compiled))
    const moved = Object.keys(before).filter(
      (path) =>
        path.includes('attention.history') && before[path].some((value, at) => value !== saveState(compiled)[path][at]),
    )
    expect(moved.length).toBeGreaterThanOrEqual(6)
    const resumed = MODELS[name]()
    await fit(resumed, { ...options, optimizer: adam({ learningRate: 0.01 }), resume: store })
    expect(saveState(resumed)).toEqual(saveState(compiled))

    const expected = predict(compiled, given)
    expect(predict(restoreModel(saveModel(compiled)), given)).toEqual(expected)
    const predictor = compilePredictor(compiled, { backend: cpu })
    const served = loadProgram(saveProgram(predictor), { backend: servingCpu })
    for (const [row, list] of LISTS.entries()) {
      const cells = { history: list, item: WORDS[row % 6], age: name === 'WideDeep' ? row : random.normal(row) }
      expect(predictor.score(cells).click).toBeCloseTo(expected.click[row], 6)
      expect(served.score(cells).click).toBe(predictor.score(cells).click)
    }
  })
})

describe.each(Object.entries(EVERYWHERE))('on %s', (_, open) => {
  it('a training with attention is that of the CPU', async () => {
    const { backend, close } = await open()
    try {
      const train = async (on: typeof backend): Promise<Model> => {
        const model = MODELS.PLE()
        await fit(model, {
          data: funnelled,
          batchSize: 3,
          epochs: 3,
          optimizer: adam({ learningRate: 0.01 }),
          backend: on,
        })
        return model
      }
      const [there, here] = [saveState(await train(backend)), saveState(await train(cpu))]
      for (const [path, values] of Object.entries(here))
        values.forEach((value, at) => expect(there[path][at], path).toBeCloseTo(value, 4))
    } finally {
      await close()
    }
  })
})

describe.skipIf(!ort)(`ONNX Runtime${NO_ORT}`, () => {
  it.each([false, true])(
    'predicts what a model with attention predicts, normalised: %s',
    async (attentionNormalize) => {
      const of = featuresOf({ attentionNormalize })
      const model = stir(new PLE({ ...tasks, features: of, expertDnnHiddenUnits: [4], towerDnnHiddenUnits: [] }))
      const rows = dataOf(of)
      const outputs = await ranBy(ort!, toONNX(model), feedsOf(ort!, inputsOf(rows)))
      for (const [task, expected] of Object.entries(predict(model, rows)))
        expected.forEach((value, row) => expect(Number(outputs[task].data[row])).toBeCloseTo(value, 5))
    },
  )
})

describe('a synthetic history', () => {
  const ROWS = 10000
  const MOST = 40
  const ITEMS = 170
  const lists = Array.from({ length: ROWS }, (_, row) =>
    Array.from(
      { length: MOST },
      (__, place) => 1 + Math.floor(ITEMS * random.stream('list').uniform(row * MOST + place)),
    ),
  )
  const candidates = lists.map((list, row) =>
    random.stream('pick').uniform(row) < 0.5
      ? list[Math.floor(MOST * random.stream('place').uniform(row))]
      : 1 + Math.floor(ITEMS * random.stream('other').uniform(row)),
  )
  const liked = lists.map((list, row) => (list.includes(candidates[row]) ? 1 : 0))
  const of = (pooling: 'mean' | 'attention') => {
    const shared = { vocabularySize: ITEMS + 1, dimension: 8, table: 'item' } as const
    const listed = varLenFeature('history', {
      ...shared,
      maxLength: MOST,
      pooling,
      ...(pooling === 'attention' && { candidate: 'item', attentionHiddenUnits: [16] }),
    })
    const both = [listed, sparseFeature('item', shared)]
    return dataset({
      features: both,
      columns: { history: lists, item: candidates },
      labels: { like: liked, again: liked },
    })
  }
  const aucOf = async (pooling: 'mean' | 'attention'): Promise<number> => {
    const all = of(pooling)
    const rows = Array.from({ length: ROWS }, (_, row) => row)
    const [train, test] = [all.select(rows.slice(0, 9000)), all.select(rows.slice(9000))]
    const model = new SharedBottom({
      features: all.features,
      taskNames: ['like', 'again'],
      taskTypes: ['binary', 'binary'],
      bottomDnnHiddenUnits: [16],
      towerDnnHiddenUnits: [],
      initStd: 0.3,
    })
    await fit(model, { data: train, batchSize: 100, epochs: 8, optimizer: adam({ learningRate: 0.01 }) })
    return evaluate(model, test).like.auc
  }

  it('in which one item decides is learned by attention, and hardly by a mean', async () => {
    const [mean, attention] = [await aucOf('mean'), await aucOf('attention')]
    expect(mean).toBeLessThan(0.6)
    expect(attention).toBeGreaterThan(0.8)
  })
})

describe('is refused', () => {
  it.each<readonly [string, () => unknown, string]>([
    [
      'without a candidate',
      () => varLenFeature('h', { vocabulary, maxLength: 2, pooling: 'attention' }),
      "feature 'h': expected a candidate but got none",
    ],
    ['with weights', () => history({ weights: 'w' }), "feature 'history': expected no weights but got 'w'"],
    [
      'a candidate of another pooling',
      () => varLenFeature('h', { vocabulary, maxLength: 2, candidate: 'item' }),
      "expected pooling 'attention' but got 'mean' and candidate",
    ],
    [
      'a candidate that is no feature',
      () => new PLE({ ...tasks, features: [history()] }),
      "expected a sparse feature of table 'item' as candidate but got 'item', which is no feature",
    ],
    [
      'a candidate of another table',
      () => new PLE({ ...tasks, features: [history({ table: 'other' }), item] }),
      "expected a sparse feature of table 'other' as candidate but got 'item', which is none",
    ],
    [
      'dice',
      () => new PLE({ ...tasks, features: featuresOf({ attentionActivation: 'dice' }) }),
      "feature 'history': expected an attentionActivation of single numbers but got 'dice'",
    ],
    [
      'an activation that is none',
      () => new PLE({ ...tasks, features: featuresOf({ attentionActivation: 'softish' }) }),
      'activation',
    ],
    ['layers of no units', () => history({ attentionHiddenUnits: [0] }), 'expected attentionHiddenUnits to be a list'],
    [
      'a wide part',
      () => new WideDeep({ ...tasks, wideFeatures: features, deepFeatures: features }),
      "Wide: expected pooling 'mean', 'sum' or 'max' of 'history' but got 'attention'",
    ],
    ['DeepCTR', () => toDeepCTRTorch(MODELS.SharedBottom() as SharedBottom), 'attention'],
    [
      'weights of an embedding without',
      () => attentionWeights(new FeatureEmbedding([item], stream(1)), data),
      'attentionWeights: expected features pooled by attention but got none',
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})

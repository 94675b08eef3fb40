/** Padding touches nothing: the row of a table that no list and no feature of one id names stays as it is, to the bit. */
import { describe, expect, it } from 'vitest'
import { gradients, mul, sum } from '../../../src/autograd/index.ts'
import { batches, dataset, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import type { Dataset } from '../../../src/data/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import { FeatureEmbedding, PLE, WideDeep, parameters } from '../../../src/models/index.ts'
import type { Model } from '../../../src/models/index.ts'
import { ones, stream } from '../../../src/tensor/index.ts'
import {
  adagrad,
  adam,
  adamW,
  caGrad,
  compilePredictor,
  fit,
  ftrl,
  gradNorm,
  pcGrad,
  predict,
  sgd,
  uncertainty,
} from '../../../src/training/index.ts'
import type { FitOptions, Optimizer, Strategy } from '../../../src/training/index.ts'
import { EVERYWHERE } from '../../program/everyBackend.ts'
import { stir } from '../../models/feed.ts'

const ITEMS = { vocabularySize: 6, dimension: 2, table: 'items' } as const
const features = [
  sparseFeature('item', ITEMS),
  varLenFeature('seen', { ...ITEMS, maxLength: 3 }),
  varLenFeature('bought', { ...ITEMS, maxLength: 2, pooling: 'sum' }),
  varLenFeature('liked', { ...ITEMS, maxLength: 2, pooling: 'max' }),
  varLenFeature('mean', { vocabularySize: 4, dimension: 2, maxLength: 4, weights: 'heavy' }),
  varLenFeature('sum', { vocabularySize: 4, dimension: 2, maxLength: 2, pooling: 'sum' }),
  varLenFeature('max', { vocabularySize: 4, dimension: 2, maxLength: 2, pooling: 'max' }),
]

/** Rows whose lists are padded everywhere; an id of 0 within a list is padding, too. */
const dataOf = (items: readonly number[]): Dataset =>
  dataset({
    features,
    columns: {
      item: items,
      seen: items.map((item) => [item]),
      bought: items.map((_, row) => (row === 1 ? [] : [5])),
      liked: items.map((_, row) => (row === 1 ? [] : [4])),
      mean: items.map((_, row) => [1 + (row % 3), 0, 2]),
      heavy: items.map((_, row) => [row, 7, -1]),
      sum: items.map(() => [2]),
      max: items.map((_, row) => (row === 2 ? [] : [0, 2])),
    },
    labels: { a: items.map((_, row) => row % 2), b: items.map((_, row) => Number(row % 3 === 0)) },
  })
/** In the first, row 0 is an item. In the second it is nothing but padding. */
const [NAMED, PADDED] = [dataOf([0, 1, 0, 2]), dataOf([1, 2, 3, 1, 2, 5])]

const OTHERS = {
  taskNames: ['a', 'b'],
  taskTypes: ['binary', 'binary'],
  towerDnnHiddenUnits: [3],
  // So large that nobody overlooks it.
  l2RegEmbedding: 0.1,
} as const
const SIZES = { ...OTHERS, features, expertDnnHiddenUnits: [4] }
const modelOf = (): PLE => stir(new PLE(SIZES))

/** The first row of every table, by path, and another one, which moves. */
function rowsOf(model: Model): { readonly padding: Record<string, number[]>; readonly others: number[] } {
  const tables = Object.entries(parameters(model)).filter(([path]) => path.includes('.tables.'))
  const padding = tables.map(([path, { values, shape }]): [string, number[]] => [
    path,
    [...values.subarray(0, shape[1])],
  ])
  return {
    padding: Object.fromEntries(padding),
    others: tables.flatMap(([, { values, shape }]) => [...values.subarray(2 * shape[1], 3 * shape[1])]),
  }
}

async function expectStill(model: Model, train: (data: Dataset) => Promise<unknown>): Promise<void> {
  const start = rowsOf(model)
  // Once it is named it has moments, which move it as soon as it counts as touched.
  await train(NAMED)
  const before = rowsOf(model)
  for (const [path, row] of Object.entries(start.padding))
    if (path.includes('items')) expect(before.padding[path]).not.toEqual(row)
    else expect(before.padding[path], path).toEqual(row)
  await train(PADDED)
  const after = rowsOf(model)
  expect(after.padding).toEqual(before.padding)
  after.others.forEach((value, at) => expect(value).not.toBe(before.others[at]))
}

const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ momentum: 0.9 }),
  adagrad: () => adagrad(),
  adam: () => adam({ learningRate: 0.1 }),
  adamW: () => adamW({ learningRate: 0.1 }),
  ftrl: () => ftrl({ learningRate: 0.1 }),
}

describe.each(Object.keys(EVERYWHERE))('a table whose padding nobody names, trained on %s', (name) => {
  it.each(Object.keys(OPTIMIZERS))(
    'keeps that row under %s, its L2 and its moments, and moves the others',
    async (rule) => {
      const { backend, close } = await EVERYWHERE[name]()
      const [model, optimizer] = [modelOf(), OPTIMIZERS[rule]()]
      await expectStill(model, (data) => fit(model, { data, epochs: 2, batchSize: 3, optimizer, backend }))
      await close()
    },
  )
})

describe('so it is', () => {
  const STRATEGIES: Readonly<Record<string, () => Strategy>> = { pcGrad, caGrad, gradNorm, uncertainty }
  const ways: [string, Partial<FitOptions>][] = [
    ['op by op', { compiled: false }],
    ['with gradients clipped by their norm', { clipNorm: 0.01 }],
    ['where several batches make a step', { accumulate: 2, batchSize: 2 }],
    ...Object.keys(STRATEGIES).map((name): [string, Partial<FitOptions>] => [
      `under ${name}`,
      { strategy: STRATEGIES[name]() },
    ]),
  ]
  it.each(ways)('%s', async (_, options) => {
    const [model, optimizer] = [modelOf(), adam({ learningRate: 0.1 })]
    await expectStill(model, (data) => fit(model, { epochs: 2, batchSize: 3, ...options, data, optimizer }))
  })

  it('of wide tables', async () => {
    const model = stir(
      new WideDeep({ ...OTHERS, wideFeatures: features, deepFeatures: features, bottomDnnHiddenUnits: [4] }),
    )
    const optimizer = adam({ learningRate: 0.1 })
    await expectStill(model, (data) => fit(model, { epochs: 2, batchSize: 3, data, optimizer }))
  })
})

describe('what stands in the row of padding', () => {
  // What is on a device does not predict.
  it.each(Object.keys(EVERYWHERE).filter((name) => !name.startsWith('gpujs')))(
    'is no part of any prediction on %s, not even where it is NaN',
    async (name) => {
      const { backend, close } = await EVERYWHERE[name]()
      const [plain, spoilt] = [modelOf(), modelOf()]
      for (const [path, parameter] of Object.entries(parameters(spoilt)))
        if (path.includes('.tables.')) parameter.assign(parameter.values.map((value, at) => (at < 2 ? NaN : value)))
      for (const compiled of [true, false])
        expect(predict(spoilt, PADDED, { backend, compiled })).toEqual(predict(plain, PADDED, { backend, compiled }))
      await close()
    },
  )

  it('is no part of a score', () => {
    const [plain, spoilt] = [modelOf(), modelOf()]
    spoilt.embedding.tables.items.values.fill(NaN, 0, 2)
    const row = { item: 1, seen: [2], bought: [], liked: [3, 0], mean: [], heavy: [], sum: [1], max: [] }
    expect({ ...compilePredictor(spoilt).score(row) }).toEqual({ ...compilePredictor(plain).score(row) })
  })

  it('is not among the rows that a gradient names, and is not among those that it adds up', () => {
    const embedding = new FeatureEmbedding(features, stream(1), { initStd: 1 })
    const [batch] = batches(PADDED, { batchSize: 6, backend: cpu })
    const y = embedding.forward(batch)
    const found = gradients(sum(mul(y, ones(y.shape))), Object.values(embedding.tables), { sparse: true })
    for (const each of found) {
      if (!('rows' in each)) expect.fail('the gradient is dense')
      const names = [...each.ids.values]
      expect(names).not.toContain(0)
      expect(names).toContain(-1)
    }
  })
})

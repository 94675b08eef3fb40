/** A model becomes JSON and comes back as it was: kind, options, features with vocabularies, numbers. */
import { describe, expect, it } from 'vitest'
import {
  crossedFeature,
  dataset,
  denseFeature,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
} from '../../src/data/index.ts'
import type { Dataset, Feature } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import {
  ESMM,
  PLE,
  SharedBottom,
  SingleTask,
  WideDeep,
  cgc,
  mlMmoe,
  mmoe,
  parameters,
  restoreModel,
  saveModel,
  stateOf,
} from '../../src/models/index.ts'
import type { PLEOptions, SavableModel, SavedModel } from '../../src/models/index.ts'
import { predict } from '../../src/training/index.ts'
import { stir } from './feed.ts'

const USERS = ['ann', 'bob', 'cyd', 'ann', 'eve']
const vocabulary = fitVocabulary(USERS)
const log = (x: number): number => Math.log1p(x)

const features: readonly Feature[] = [
  sparseFeature('user', { vocabulary, dimension: 3 }),
  sparseFeature('city', { hashBuckets: 9, dimension: 'auto' }),
  varLenFeature('tags', { vocabularySize: 4, maxLength: 3, pooling: 'max', weights: 'w' }),
  denseFeature('age', { transform: log }),
  denseFeature('place', { dimension: 2 }),
]

const dataOf = (known: readonly Feature[]): Dataset =>
  dataset({
    features: known,
    columns: {
      user: [...USERS.slice(1), 'somebody else'],
      city: ['Rome', 'Oslo', null, 'Kyiv', 'Lima'],
      tags: [[1], [2, 3], [], [3, 3, 3], [1, 2]],
      w: [[0.5], [1, -1], [], [1, 2, 3], [0.1, 0.2]],
      age: [10, 20, 30, 40, 50],
      place: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    },
  })

const options = {
  features,
  taskNames: ['click', 'click_buy'],
  taskTypes: ['binary', 'regression'],
  dnnUseBn: true,
  dnnActivation: 'dice',
  dnnDropout: 0.1,
  seed: 77,
  towerDnnHiddenUnits: [3],
  expertDnnHiddenUnits: [4],
} as const satisfies PLEOptions

const { features: _, ...withoutFeatures } = options

const MODELS: Readonly<Record<string, () => SavableModel>> = {
  PLE: () => new PLE({ ...options, specificExpertNum: { click: 2, click_buy: 1 }, gateDnnHiddenUnits: [3] }),
  CGC: () => cgc(options),
  MMoE: () => mmoe({ ...options, numExperts: 2 }),
  'ML-MMoE': () => mlMmoe({ ...options, numLevels: 3 }),
  SharedBottom: () => new SharedBottom({ ...options, bottomDnnHiddenUnits: [4] }),
  SingleTask: () => new SingleTask({ ...options, bottomDnnHiddenUnits: [4] }),
  WideDeep: () =>
    new WideDeep({
      ...withoutFeatures,
      wideFeatures: [crossedFeature(['user', 'city'], { hashBuckets: 20 }), features[1], features[3]],
      deepFeatures: features,
      bottomDnnHiddenUnits: [4],
    }),
  ESMM: () =>
    new ESMM({ features, taskNames: ['click', 'click_buy'], conversionName: 'buy', towerDnnHiddenUnits: [3] }),
}

/** What a file would hold. */
const throughJson = (model: SavableModel): SavedModel => JSON.parse(JSON.stringify(saveModel(model))) as SavedModel

describe.each(Object.entries(MODELS))('%s, saved and restored', (_, build) => {
  it('predicts the same, bit by bit', () => {
    const model = stir(build())
    const restored = restoreModel(throughJson(model), { transforms: { age: log } })
    expect(restored).not.toBe(model)
    expect(restored.constructor).toBe(model.constructor)
    expect(stateOf(restored)).toEqual(stateOf(model))
    const expected = predict(model, dataOf(model.features))
    expect(Object.keys(expected).length).toBeGreaterThan(1)
    expect(predict(restored, dataOf(restored.features))).toEqual(expected)
  })

  it('is saved the same again', () => {
    const saved = throughJson(stir(build()))
    expect(throughJson(restoreModel(saved, { transforms: { age: log } }))).toEqual(saved)
  })
})

describe('a saved model', () => {
  const saved = throughJson(stir(MODELS.PLE()))
  const transforms = { age: log }

  it('holds its kind, its options without features, and numbers by path', () => {
    expect([saved.version, saved.kind]).toEqual([1, 'PLE'])
    expect(saved.options).toEqual({
      taskNames: ['click', 'click_buy'],
      taskTypes: ['binary', 'regression'],
      dnnUseBn: true,
      dnnActivation: 'dice',
      dnnDropout: 0.1,
      seed: 77,
      towerDnnHiddenUnits: [3],
      expertDnnHiddenUnits: [4],
      specificExpertNum: { click: 2, click_buy: 1 },
      gateDnnHiddenUnits: [3],
    })
    expect(saved.features.map(({ name }) => name)).toEqual(['user', 'city', 'tags', 'age', 'place'])
    expect(Object.keys(saved.parameters)).toEqual(Object.keys(stateOf(MODELS.PLE())))
  })

  it('of two lists of features holds each feature once, and the lists as names', () => {
    const both = throughJson(MODELS.WideDeep())
    expect(both.features.map(({ name }) => name)).toEqual(['user', 'city', 'tags', 'age', 'place', 'user_x_city'])
    expect(both.options).toMatchObject({
      wideFeatures: ['user_x_city', 'city', 'age'],
      deepFeatures: ['user', 'city', 'tags', 'age', 'place'],
    })
    const wrong = { ...both, options: { ...both.options, wideFeatures: ['age', 'town'] } }
    expect(() => restoreModel(wrong, { transforms })).toThrow(
      new RangeError(
        "restoreModel: expected wideFeatures among user, city, tags, age, place, user_x_city but got 'town'",
      ),
    )
  })

  it('keeps the words of vocabularies', () => {
    const [user] = restoreModel(saved, { transforms }).features
    if (user.kind !== 'sparse' || !user.vocabulary) expect.fail('the vocabulary is lost')
    expect(user.vocabulary.values).toEqual(vocabulary.values)
    expect(user.vocabulary.encode('cyd')).toBe(vocabulary.encode('cyd'))
  })

  it('does not hold its backend, and is restored on the one that is asked for', () => {
    const model = stir(new PLE({ ...options, backend: cpu64 }))
    const again = throughJson(model)
    expect(again.options).not.toHaveProperty('backend')
    const restored = restoreModel(again, { transforms, backend: cpu64 })
    expect(Object.values(parameters(restored)).every(({ backend }) => backend === cpu64)).toBe(true)
    expect(stateOf(restored)).toEqual(stateOf(model))
  })

  it.each([
    [
      'of another version',
      { ...saved, version: 2 },
      {},
      'restoreModel: expected version 1 of PLE, SharedBottom, SingleTask, ESMM, WideDeep but got version 2 of PLE',
    ],
    [
      'of an unknown kind',
      { ...saved, kind: 'constructor' },
      {},
      'restoreModel: expected version 1 of PLE, SharedBottom, SingleTask, ESMM, WideDeep but got version 1 of constructor',
    ],
    ['without its transform', saved, { transforms: {} }, "expected a transform of 'age' but got none"],
    [
      'with a transform it never had',
      saved,
      { transforms: { age: log, place: log } },
      "expected no transform of 'place' but got one",
    ],
    [
      'with options that make no sense',
      { ...saved, options: { ...saved.options, numLevels: 0 } },
      {},
      'PLE: expected numLevels of at least 1 but got 0',
    ],
    [
      'with parameters of other options',
      { ...saved, options: { ...saved.options, towerDnnHiddenUnits: [2] } },
      {},
      'loadState: expected',
    ],
    ['with a parameter lost', { ...saved, parameters: {} }, {}, 'embedding.tables.user is missing'],
  ])('is refused %s', (_, file, restoring, message) => {
    const restore = () => restoreModel(file as SavedModel, { transforms, ...restoring })
    expect(restore).toThrow(RangeError)
    expect(restore).toThrow(message)
  })

  it('must be of a kind that is known', () => {
    const own = { features, tasks: {}, options: { features } } as unknown as SavableModel
    expect(() => saveModel(own)).toThrow(
      new RangeError('saveModel: expected one of PLE, SharedBottom, SingleTask, ESMM, WideDeep but got another model'),
    )
  })
})

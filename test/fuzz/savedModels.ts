/** Small saved models of every kind, with every kind of feature, layer and option among them; stirred, not trained. */
import { crossedFeature, denseFeature, fitVocabulary, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Feature, Transforms } from '../../src/data/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, WideDeep, cgc, mlMmoe, mmoe, saveModel } from '../../src/models/index.ts'
import type { SavableModel } from '../../src/models/index.ts'
import { count, multiclass, multilabel } from '../../src/tasks.ts'
import { stir } from '../models/feed.ts'
import { asVersion1 } from '../models/version1.ts'

const words = fitVocabulary(['ann', 'bob', 'cyd'])
const years = fitVocabulary([1999, 2001])

const user = sparseFeature('user', { vocabulary: words, dimension: 2 })
const friends = varLenFeature('friends', { vocabulary: words, dimension: 2, table: 'user', maxLength: 2 })
const year = sparseFeature('year', { vocabulary: years, dimension: 1 })
const city = sparseFeature('city', { hashBuckets: 3, dimension: 2 })
const tags = varLenFeature('tags', {
  vocabularySize: 3,
  dimension: 2,
  maxLength: 3,
  pooling: 'max',
  weights: 'tagWeights',
})
const seen = varLenFeature('seen', { hashBuckets: 2, dimension: 1, maxLength: 2, pooling: 'sum' })
const age = denseFeature('age', { transform: Math.cbrt })
const place = denseFeature('place', { dimension: 2 })
const given = sparseFeature('given', {
  vocabularySize: 2,
  dimension: 2,
  initStd: 0,
  trainable: false,
  pretrained: [1, 2, 3, 4],
})
const size = denseFeature('size', {
  dimension: 2,
  scaling: {
    ...{ missing: [3, 4], indicator: true, least: [1, 2], most: [50, 60] },
    ...{ log: true, mean: [1, 1.5], deviation: [0.3, 2] },
  },
})
const price = sparseFeature('price', { edges: [0, 9.5], dimension: 1 })
const both = crossedFeature(['user', 'city'], { hashBuckets: 4 })

const all: readonly Feature[] = [user, friends, year, city, tags, seen, age, place, size, price]
const few: readonly Feature[] = [city, tags, age]

const tasks = { taskNames: ['like', 'stay'], taskTypes: ['binary', 'regression'] } as const
const small = { ...tasks, expertDnnHiddenUnits: [2], towerDnnHiddenUnits: [2] }

const MODELS: Readonly<Record<string, SavableModel>> = {
  PLE: new PLE({
    ...small,
    features: few,
    specificExpertNum: { like: 2, stay: 1 },
    gateDnnHiddenUnits: [2],
    dnnDropout: 0.1,
    l2RegDnn: 1e-3,
    seed: 7,
  }),
  CGC: cgc({ ...small, features: [user, friends, place, given], dnnUseBn: true, dnnActivation: 'prelu' }),
  MMoE: mmoe({
    ...small,
    taskTypes: [multiclass(['low', 'high', 'none']), count()],
    features: [seen],
    numExperts: 1,
    dnnActivation: 'dice',
  }),
  'ML-MMoE': mlMmoe({
    ...small,
    taskTypes: [multilabel(['short', 'loud']), multiclass(4)],
    features: [tags],
    numExperts: 1,
    dnnActivation: 'tanh',
  }),
  SharedBottom: new SharedBottom({ ...tasks, features: all, bottomDnnHiddenUnits: [3, 2], towerDnnHiddenUnits: [] }),
  SingleTask: new SingleTask({
    ...tasks,
    features: [year],
    bottomDnnHiddenUnits: [2],
    towerDnnHiddenUnits: [2],
    dnnUseBn: true,
    dnnActivation: 'dice',
    initStd: 0.1,
  }),
  ESMM: new ESMM({ features: few, taskNames: ['click', 'buy'], conversionName: 'rate', towerDnnHiddenUnits: [2] }),
  WideDeep: new WideDeep({
    ...tasks,
    taskTypes: [multilabel(2), 'binary'],
    wideFeatures: [both, city, tags, age],
    deepFeatures: all,
    bottomDnnHiddenUnits: [2],
    l2RegLinear: 1e-4,
    l2RegEmbedding: 0,
  }),
}

/** The transforms that all of them want again. */
export const TRANSFORMS: Transforms = { age: Math.cbrt }

/** Each as its bytes, and as the text that version 1 had. */
export const SAVED_MODELS: readonly { readonly name: string; readonly bytes: Uint8Array; readonly text: string }[] =
  Object.entries(MODELS).map(([name, model]) => {
    const bytes = saveModel(stir(model))
    return { name, bytes, text: JSON.stringify(asVersion1(bytes)) }
  })

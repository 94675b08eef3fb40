/** Small models of every kind for tests of saved programs; stirred, not trained. */
import { gelu, mul, sin, slice, concat } from '../../src/autograd/index.ts'
import { crossedFeature, denseFeature, fitVocabulary, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Feature } from '../../src/data/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, WideDeep, mmoe } from '../../src/models/index.ts'
import type { Model } from '../../src/models/index.ts'
import { count, multiclass, multilabel } from '../../src/tasks.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { stir } from '../models/feed.ts'

const people = fitVocabulary(['ann', 'bob', 'cem'])

/** Every kind of feature, encoding, pooling and weight. */
export const FEATURES: readonly Feature[] = [
  sparseFeature('user', { vocabulary: people, dimension: 3 }),
  sparseFeature('city', { hashBuckets: 20, dimension: 2 }),
  sparseFeature('hour', { vocabularySize: 24, dimension: 2 }),
  crossedFeature(['user', 'device'], { hashBuckets: 9, dimension: 5 }),
  varLenFeature('friends', { vocabulary: people, dimension: 3, maxLength: 2, table: 'user' }),
  varLenFeature('tags', {
    hashBuckets: 9,
    dimension: 2,
    maxLength: 3,
    weights: 'heat',
    weightNorm: true,
    pooling: 'sum',
  }),
  varLenFeature('seen', { vocabularySize: 7, dimension: 4, maxLength: 5, pooling: 'max', weights: 'seconds' }),
  denseFeature('minutes', { transform: Math.log1p }),
  denseFeature('place', { dimension: 2 }),
  denseFeature('size', {
    dimension: 2,
    scaling: {
      ...{ missing: [3, 4], indicator: true, least: [1, 2], most: [50, 60] },
      ...{ log: true, mean: [1, 1.5], deviation: [0.3, 2] },
    },
  }),
  sparseFeature('price', { edges: [0, 9.99, 20], dimension: 2 }),
]

const tasks = { taskNames: ['like', 'stay'], taskTypes: ['binary', 'regression'] } as const
const kinds = {
  taskNames: ['genre', 'mood', 'visits'],
  taskTypes: [multiclass(['comedy', 'drama', 'news']), multilabel(2), count()],
}
const towers = { ...tasks, features: FEATURES, towerDnnHiddenUnits: [5], initStd: 0.3 }
const layers = { ...towers, expertDnnHiddenUnits: [9, 6] }

/** An activation of one's own, with kernels that no named one calls. */
const own = (x: Tensor): Tensor => {
  const [, width] = x.shape
  const half = slice(x, { axis: 1, start: 0, end: 1 })
  return mul(gelu(x), sin(concat([half, slice(x, { axis: 1, start: 1, end: width })], { axis: 1 })))
}

export const MODELS: Readonly<Record<string, () => Model>> = {
  PLE: () => stir(new PLE({ ...layers, specificExpertNum: { like: 2, stay: 1 }, gateDnnHiddenUnits: [3] })),
  MMoE: () => stir(mmoe({ ...layers, numExperts: 3, dnnUseBn: true, dnnActivation: 'dice' })),
  ESMM: () => stir(new ESMM({ features: FEATURES, towerDnnHiddenUnits: [17, 3], dnnActivation: 'prelu' })),
  'Wide & Deep': () =>
    stir(new WideDeep({ ...tasks, wideFeatures: FEATURES, deepFeatures: FEATURES, bottomDnnHiddenUnits: [8] })),
  'PLE of classes, labels and counts': () => stir(new PLE({ ...layers, ...kinds })),
  'shared bottom': () => stir(new SharedBottom({ ...towers, bottomDnnHiddenUnits: [33], dnnActivation: own })),
  'single task': () => stir(new SingleTask({ ...towers, bottomDnnHiddenUnits: [4], dnnActivation: 'selu' })),
}

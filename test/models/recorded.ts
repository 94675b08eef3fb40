/**
 * A small training of each model from one seed, and what it leaves in numbers, to be held against what was recorded:
 * whoever tidies up leaves every bit of it where it was.
 */
import {
  ESMM,
  PLE,
  SharedBottom,
  SingleTask,
  WideDeep,
  adagrad,
  adam,
  adamW,
  caGrad,
  cgc,
  cosineDecay,
  cpu,
  crossedFeature,
  dataset,
  decayingWeights,
  denseFeature,
  dwa,
  fit,
  fitAlternating,
  fixedWeights,
  ftrl,
  gradNorm,
  huber,
  mlMmoe,
  mmoe,
  parameterGroups,
  parameters,
  pcGrad,
  predict,
  sgd,
  sparseFeature,
  uncertainty,
  varLenFeature,
  warmUp,
  wasm,
} from '../../src/index.ts'
import { Wide } from '../../src/layers.ts'
import type { Backend, Dataset, FitAlternatingOptions, FitOptions, Model } from '../../src/index.ts'

const FEATURES = [
  sparseFeature('user', { vocabularySize: 23, dimension: 3 }),
  sparseFeature('item', { vocabularySize: 17 }),
  crossedFeature(['user', 'item'], { hashBuckets: 40, dimension: 2 }),
  varLenFeature('history', { vocabularySize: 17, maxLength: 5, table: 'item' }),
  varLenFeature('tags', { vocabularySize: 9, dimension: 2, maxLength: 4, pooling: 'sum', weights: 'tagWeights' }),
  varLenFeature('words', { vocabularySize: 12, maxLength: 3, weights: 'wordWeights', weightNorm: true }),
  varLenFeature('topics', { vocabularySize: 6, dimension: 3, maxLength: 3, pooling: 'max' }),
  denseFeature('age'),
  denseFeature('place', { dimension: 2 }),
]

/** Rows with features of every kind; click and buy are binary, price is not, and each misses some labels. */
function feed(rows: number, seed: number): Dataset {
  let state = seed
  /** An integer below `bound` (Park and Miller 1988), from nothing that the sources might change. */
  const below = (bound: number): number => (state = (state * 48271) % 2147483647) % bound
  const column = <T>(draw: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => draw(row))
  const lists = (length: number, ids: number): number[][] =>
    column(() => Array.from({ length: below(length + 1) }, () => 1 + below(ids - 1)))
  const weights = (of: readonly number[][]): number[][] => of.map((list) => list.map(() => below(1000) / 500 - 1))
  const [user, item] = [column(() => below(23)), column(() => below(17))]
  const [tags, words] = [lists(4, 9), lists(3, 12)]
  const click = column((row) => ((user[row] + item[row] + below(7)) % 3 === 0 ? 1 : 0))
  const buy = click.map((clicked) => clicked * (below(3) === 0 ? 1 : 0))
  const labels = {
    click,
    buy: buy.map((bought) => (below(5) === 0 ? NaN : bought)),
    price: buy.map((_, row) => (below(4) === 0 ? NaN : item[row] / 8 - 1 + below(100) / 100)),
  }
  return dataset({
    features: FEATURES,
    columns: {
      user,
      item,
      history: lists(5, 17),
      tags,
      tagWeights: weights(tags),
      words,
      wordWeights: weights(words),
      topics: lists(3, 6),
      age: column(() => below(100) / 50 - 1),
      place: column(() => [below(100) / 50 - 1, below(100) / 100]).flat(),
    },
    labels,
    tasks: { click: 'binary', buy: 'binary', price: 'regression' },
  })
}

const data = feed(300, 7)
const validation = feed(100, 8)

type Training = Omit<FitOptions, 'data' | 'backend'>
interface Case {
  readonly model: () => Model
  /** Anew each time: optimizers and strategies have memories. */
  readonly how: (model: Model) => Training | FitAlternatingOptions
}

const BOTH = {
  features: FEATURES,
  taskNames: ['click', 'buy', 'price'],
  taskTypes: ['binary', 'binary', 'regression'],
  towerDnnHiddenUnits: [6],
  initStd: 0.2,
  seed: 3,
} as const
const EXPERTS = { ...BOTH, expertDnnHiddenUnits: [9, 5] }
const BOTTOM = { ...BOTH, bottomDnnHiddenUnits: [11, 5] }

/** The wide part by itself, as a model of one's own. */
function wideAlone(): Model {
  const wide = new Wide(FEATURES)
  return {
    features: FEATURES,
    tasks: { click: 'binary' },
    wide,
    forward: (batch) => ({ logits: { click: wide.forward(batch) }, gates: [] }),
  } as Model & { readonly wide: Wide }
}

export const CASES: Readonly<Record<string, Case>> = {
  'single-task networks, fixed weights, adam': {
    model: () => new SingleTask(BOTTOM),
    how: () => ({ strategy: fixedWeights({ click: 2 }), optimizer: adam({ learningRate: 0.01 }) }),
  },
  'shared bottom with batch normalisation, uncertainty, sgd with momentum': {
    model: () => new SharedBottom({ ...BOTTOM, dnnUseBn: true }),
    how: () => ({ strategy: uncertainty(), optimizer: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }) }),
  },
  'MMoE of gelu, DWA, adamW on a schedule': {
    model: () => mmoe({ ...EXPERTS, dnnActivation: 'gelu' }),
    how: () => ({
      epochs: 3,
      strategy: dwa(),
      optimizer: adamW({ learningRate: warmUp(cosineDecay(0.02, { steps: 12 }), { steps: 3 }), decay: 0.1 }),
    }),
  },
  'multi-level MMoE, GradNorm, adagrad': {
    model: () => mlMmoe(EXPERTS),
    how: () => ({ strategy: gradNorm(), optimizer: adagrad({ learningRate: 0.05 }) }),
  },
  'CGC of dice, PCGrad, ftrl': {
    model: () => cgc({ ...EXPERTS, dnnActivation: 'dice' }),
    how: () => ({ strategy: pcGrad(), optimizer: ftrl({ learningRate: 0.1, l1: 1e-3 }) }),
  },
  'PLE with dropout, CAGrad, adam': {
    model: () => new PLE({ ...EXPERTS, dnnDropout: 0.3 }),
    how: () => ({ strategy: caGrad(), optimizer: adam({ learningRate: 0.01 }) }),
  },
  'PLE of prelu with networks in its gates and l2, decaying weights, clipped, batches accumulated': {
    model: () =>
      new PLE({
        ...EXPERTS,
        specificExpertNum: { click: 2, buy: 1, price: 1 },
        expertDnnHiddenUnits: [7],
        gateDnnHiddenUnits: [4],
        dnnActivation: 'prelu',
        dnnUseBn: true,
        l2RegDnn: 1e-3,
        l2RegEmbedding: 1e-3,
      }),
    how: () => ({
      strategy: decayingWeights({ initial: { price: 2 }, ratio: { price: 0.5 } }),
      optimizer: adam({ learningRate: 0.01 }),
      clipNorm: 0.5,
      accumulate: 2,
    }),
  },
  'PLE of tanh, focal and Huber losses, averaged parameters': {
    model: () => new PLE({ ...EXPERTS, dnnActivation: 'tanh', numLevels: 1 }),
    how: () => ({ losses: { click: 'focal', price: huber({ delta: 0.5 }) }, emaDecay: 0.9, validation }),
  },
  'ESMM, adam by name': {
    model: () =>
      new ESMM({
        features: FEATURES,
        taskNames: ['click', 'buy'],
        conversionName: 'after',
        towerDnnHiddenUnits: [7, 4],
        initStd: 0.2,
      }),
    how: () => ({ optimizer: 'adam' }),
  },
  'the wide part alone, ftrl': {
    model: wideAlone,
    how: () => ({ optimizer: ftrl({ learningRate: 0.1, l1: 0.01, beta: 1 }) }),
  },
  'Wide & Deep, ftrl for the one and adagrad for the other': {
    model: () => {
      const { features, ...options } = BOTTOM
      return new WideDeep({ ...options, wideFeatures: features.slice(0, 5), deepFeatures: features.slice(1) })
    },
    how: (model) => ({
      optimizer: parameterGroups(model, [
        { paths: /^wide\./, optimizer: ftrl({ learningRate: 0.1, l1: 0.001 }) },
        { optimizer: adagrad({ learningRate: 0.05, initialAccumulator: 0.1 }) },
      ]),
    }),
  },
  'PLE in turns': {
    model: () => new PLE(EXPERTS),
    how: () => ({
      epochs: 2,
      turns: {
        clicks: { data, tasks: ['click', 'buy'], optimizer: adam({ learningRate: 0.01 }), batchSize: 64 },
        prices: { data: validation, tasks: ['price'], optimizer: sgd({ learningRate: 0.1 }), batchSize: 32 },
      },
      order: 'proportional',
    }),
  },
}

/** By the name of a backend, a new one. */
export const BACKENDS: Readonly<Record<string, () => Backend>> = {
  cpu: () => cpu,
  simd: () => wasm({ variant: 'simd', bytes: 2 ** 24 }),
  relaxed: () => wasm({ variant: 'relaxed', bytes: 2 ** 24 }),
}

export interface Recorded {
  /** Of each epoch, by task. */
  readonly losses: readonly Readonly<Record<string, number>>[]
  /** Of the first rows, by output. */
  readonly predictions: Readonly<Record<string, readonly number[]>>
  /** Of the bits of every parameter, whatever its name and place. */
  readonly hash: string
}

/** FNV-1a. */
const hash = (bytes: Uint8Array): string =>
  (bytes.reduce((all, byte) => Math.imul(all ^ byte, 16777619), 0x811c9dc5) >>> 0).toString(16)

/** What a training leaves. */
export async function record({ model: make, how }: Case, backend: Backend): Promise<Recorded> {
  const model = make()
  const options = how(model)
  const { epochs } =
    'turns' in options
      ? await fitAlternating(model, { ...options, backend })
      : await fit(model, { data, batchSize: 64, epochs: 2, seed: 5, ...options, backend })
  const predictions = Object.entries(predict(model, validation, { backend }))
  const hashes = Object.values(parameters(model)).map(({ values }) =>
    hash(new Uint8Array(Float32Array.from(values).buffer)),
  )
  return {
    losses: epochs.map(({ losses }) => losses),
    predictions: Object.fromEntries(predictions.map(([name, values]) => [name, [...values.subarray(0, 4)]])),
    hash: hash(new TextEncoder().encode(hashes.sort().join())),
  }
}

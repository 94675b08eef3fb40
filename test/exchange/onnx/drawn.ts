/** Random models of the whole zoo over features of every kind, each by its seed, and random data for them. */
import {
  crossedFeature,
  dataset,
  denseFeature,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
  widthOf,
} from '../../../src/data/index.ts'
import type { Column, Dataset, Feature, MaybeValue, Scaling } from '../../../src/data/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, WideDeep, cgc, mlMmoe, mmoe } from '../../../src/models/index.ts'
import type { Model, ModelOptions, TaskType } from '../../../src/models/index.ts'
import { count, multiclass, multilabel } from '../../../src/tasks.ts'
import { stream } from '../../../src/tensor/index.ts'
import { stir } from '../../models/feed.ts'

/** Draws one number after the other. */
export interface Dice {
  readonly below: (bound: number) => number
  readonly one: <T>(of: readonly T[]) => T
  readonly chance: (share: number) => boolean
  readonly normal: () => number
}

export function diceOf(seed: number): Dice {
  const random = stream(seed)
  let count = 0
  const below = (bound: number): number => Math.floor(random.uniform(count++) * bound)
  return {
    below,
    one: (of) => of[below(of.length)],
    chance: (share) => random.uniform(count++) < share,
    normal: () => random.normal(count++),
  }
}

const WORDS = ['DE', 'FR', 'IT', 'é', '日本', 'a b', '0', 'x/y']
const WHOLE = [-3, 0, 7, 12, 2 ** 40, -(2 ** 45), 1]
const REAL = [0.5, -1.25, 0.1, 3, 1e-3]

/** A feature, and a cell of its column. */
export interface Source {
  readonly feature: Feature
  readonly cells: Readonly<Record<string, (dice: Dice) => MaybeValue>>
}

const rare = (dice: Dice, value: MaybeValue): MaybeValue => (dice.chance(0.15) ? null : value)

/** Every way in which values become ids. */
const ENCODINGS: Readonly<Record<string, (dice: Dice) => { options: object; cell: (dice: Dice) => MaybeValue }>> = {
  ids: (dice) => {
    const vocabularySize = 1 + dice.below(30)
    return { options: { vocabularySize }, cell: ({ below }) => below(vocabularySize) }
  },
  hashed: (dice) => ({
    options: { hashBuckets: 1 + dice.below(20) },
    cell: (cell) => rare(cell, cell.one(WORDS)),
  }),
  strings: (dice) => ({
    options: { vocabulary: fitVocabulary(WORDS.filter(() => dice.chance(0.7))) },
    cell: (cell) => rare(cell, cell.one(WORDS)),
  }),
  wholeNumbers: (dice) => ({
    options: { vocabulary: fitVocabulary(WHOLE.filter((_, at) => at === 0 || dice.chance(0.7))) },
    cell: (cell) => rare(cell, cell.one(WHOLE)),
  }),
  edges: (dice) => ({
    options: { edges: REAL.filter(() => dice.chance(0.7)).sort((a, b) => a - b) },
    cell: (cell) => rare(cell, cell.chance(0.5) ? cell.one(REAL) : cell.normal()),
  }),
  realNumbers: (dice) => ({
    options: { vocabulary: fitVocabulary(REAL.filter((_, at) => at === 0 || dice.chance(0.7))) },
    cell: (cell) => rare(cell, cell.one(REAL)),
  }),
}

export const POOLINGS = ['sum', 'mean', 'max'] as const

/** Any of the steps of a scaling. */
function scalingOf(dimension: number, dice: Dice): Scaling {
  const some = (value: () => number): readonly number[] | undefined =>
    dice.chance(0.6) ? Array.from({ length: dimension }, value) : undefined
  const missing = some(dice.normal)
  const steps = {
    ...{ missing, indicator: missing && dice.chance(0.6) },
    ...{ least: some(() => -1 - dice.below(3)), most: some(dice.below.bind(undefined, 3)) },
    ...{ log: dice.chance(0.5), mean: some(dice.normal), deviation: some(() => 0.5 + dice.below(3)) },
  }
  return Object.fromEntries(Object.entries(steps).filter(([, step]) => step !== undefined))
}

export function sourceOf(name: string, dice: Dice): Source {
  const kind = dice.one(['sparse', 'sparse', 'varLen', 'varLen', 'dense', 'crossed'])
  const dimension = 1 + dice.below(6)
  if (kind === 'dense') {
    const transform = dice.chance(0.3) ? Math.cbrt : undefined
    const scaling = !transform && dice.chance(0.6) ? scalingOf(dimension, dice) : undefined
    const feature = denseFeature(name, { dimension, ...(transform && { transform }), ...(scaling && { scaling }) })
    return {
      feature,
      cells: { [name]: (cell) => (scaling?.missing ? rare(cell, cell.normal()) : cell.normal()) },
    }
  }
  if (kind === 'crossed') {
    const columns = [`${name}a`, `${name}b`]
    const cells = Object.fromEntries(columns.map((column) => [column, (cell: Dice) => rare(cell, cell.one(WORDS))]))
    return { feature: crossedFeature(columns, { hashBuckets: 1 + dice.below(30), dimension, name }), cells }
  }
  const { options, cell } = ENCODINGS[dice.one(Object.keys(ENCODINGS))](dice)
  if (kind === 'sparse')
    return { feature: sparseFeature(name, { ...options, dimension } as never), cells: { [name]: cell } }
  const weighted = dice.chance(0.4)
  const list = {
    maxLength: 1 + dice.below(4),
    pooling: dice.one(POOLINGS),
    ...(weighted && { weights: `${name}Weights` }),
  }
  const weightNorm = weighted && dice.chance(0.4)
  return {
    feature: varLenFeature(name, { ...options, dimension, ...list, weightNorm } as never),
    cells: { [name]: cell },
  }
}

/** All that have names. */
export const ACTIVATIONS = [
  ...['relu', 'linear', 'leakyRelu', 'elu', 'selu', 'gelu', 'swish', 'silu', 'sigmoid', 'softplus', 'softsign'],
  ...['softmax', 'tanh', 'prelu', 'dice'],
] as readonly NonNullable<ModelOptions['dnnActivation']>[]

/** A type of task: three in ten are regressions, three of a kind that is given as itself. */
function taskTypeOf(dice: Dice): TaskType {
  if (dice.chance(0.3)) return 'regression'
  if (dice.chance(0.6)) return 'binary'
  return dice.one([multiclass(2 + dice.below(3)), multiclass(['日本', 'a b', 'x/y']), multilabel(3), count()])
}

/** One or two layers, or as many as none where `least` is 0. */
export const unitsOf = (dice: Dice, least = 1): readonly number[] =>
  Array.from({ length: least + dice.below(2) }, () => dice.one([1, 3, 4, 8, 17]))

export const ZOO: Readonly<Record<string, (options: ModelOptions, dice: Dice) => Model>> = {
  PLE: (options, dice) =>
    new PLE({
      ...options,
      numLevels: 1 + dice.below(3),
      sharedExpertNum: 1 + dice.below(3),
      // Uneven, and none for some.
      specificExpertNum: Object.fromEntries(options.taskNames.map((task) => [task, dice.below(4)])),
      expertDnnHiddenUnits: unitsOf(dice),
      gateDnnHiddenUnits: unitsOf(dice, 0),
    }),
  cgc: (options, dice) =>
    cgc({ ...options, expertDnnHiddenUnits: unitsOf(dice), specificExpertNum: 1 + dice.below(3) }),
  mlMmoe: (options, dice) =>
    mlMmoe({ ...options, expertDnnHiddenUnits: unitsOf(dice), numExperts: 1 + dice.below(3), numLevels: 2 }),
  mmoe: (options, dice) => mmoe({ ...options, expertDnnHiddenUnits: unitsOf(dice), numExperts: 1 + dice.below(4) }),
  SharedBottom: (options, dice) => new SharedBottom({ ...options, bottomDnnHiddenUnits: unitsOf(dice) }),
  SingleTask: (options, dice) => new SingleTask({ ...options, bottomDnnHiddenUnits: unitsOf(dice) }),
  ESMM: ({ taskNames: [a, b], taskTypes: _, ...options }) => new ESMM({ ...options, taskNames: [a, b] }),
  WideDeep: ({ features, ...options }, dice) =>
    new WideDeep({
      ...options,
      wideFeatures: features.filter((_, at) => at === 0 || dice.chance(0.7)),
      deepFeatures: features,
      bottomDnnHiddenUnits: unitsOf(dice, 0),
    }),
}

export interface Drawn {
  readonly kind: string
  readonly model: Model
  /** Random rows, of which some cells are missing and lists are empty or too long. */
  readonly columns: (rows: number, seed: number) => Readonly<Record<string, Column>>
  readonly data: (rows: number, seed: number) => Dataset
  readonly activation: (typeof ACTIVATIONS)[number]
  readonly batchNorm: boolean
}

/** The model of a seed. */
export function drawn(seed: number): Drawn {
  const dice = diceOf(seed)
  const sources = Array.from({ length: 1 + dice.below(6) }, (_, at) => sourceOf(`f${at}`, dice))
  const features = sources.map(({ feature }) => feature)
  const kind = Object.keys(ZOO)[seed % Object.keys(ZOO).length]
  const tasks = 2 + dice.below(2)
  const activation = dice.one(ACTIVATIONS)
  const batchNorm = dice.chance(0.4)
  const model = ZOO[kind](
    {
      features,
      taskNames: ['click', 'click_buy', 'wert €'].slice(0, tasks),
      taskTypes: Array.from({ length: tasks }, () => taskTypeOf(dice)),
      towerDnnHiddenUnits: unitsOf(dice, 0),
      dnnActivation: activation,
      dnnUseBn: batchNorm,
      dnnDropout: dice.one([0, 0.3]),
      initStd: 0.3,
      seed,
    },
    dice,
  )
  const columns: Drawn['columns'] = (rows, seed) => {
    const cell = diceOf(seed)
    const column = (name: string, { feature }: Source, draw: (dice: Dice) => MaybeValue): [string, Column][] => {
      const count = feature.kind === 'dense' ? feature.dimension : 0
      const many = <T>(length: number, value: () => T): T[] => Array.from({ length }, value)
      if (feature.kind === 'varLen') {
        const lists = many(rows, () => many(cell.below(feature.maxLength + 3), () => draw(cell)))
        const weights =
          feature.weights === undefined
            ? []
            : [[feature.weights, lists.map((list) => list.map(() => cell.normal()))] as [string, Column]]
        return [[name, lists], ...weights]
      }
      if (count > 1) return [[name, many(rows, () => many(count, () => draw(cell)))]]
      return [[name, many(rows, () => draw(cell))]]
    }
    return Object.fromEntries(
      sources.flatMap((source) => Object.entries(source.cells).flatMap(([name, draw]) => column(name, source, draw))),
    )
  }
  return {
    kind,
    model: stir(model, seed),
    columns,
    data: (rows, seed) => dataset({ features: model.features, columns: columns(rows, seed) }),
    activation,
    batchNorm,
  }
}

/** The inputs of a model's file, for the rows of a dataset: ids and numbers, and the shape of each. */
export function inputsOf(
  data: Dataset,
): Readonly<Record<string, readonly [Int32Array | Float32Array, readonly number[]]>> {
  const { rows, ids, numbers } = data
  return Object.fromEntries(
    data.features.flatMap((feature) => {
      const { name } = feature
      if (feature.kind === 'dense') return [[name, [numbers[name], [rows, widthOf(feature)]]]]
      if (feature.kind === 'sparse') return [[name, [ids[name], [rows]]]]
      const dims = [rows, feature.maxLength]
      const { weights } = feature
      return [[name, [ids[name], dims]], ...(weights === undefined ? [] : [[weights, [numbers[weights], dims]]])]
    }),
  ) as never
}

/** How far numbers are from those they should be, relative where these are above 1; Infinity where one of both is no number. */
export function apart(found: ArrayLike<number | bigint>, expected: ArrayLike<number>): number {
  let most = found.length === expected.length ? 0 : Infinity
  for (let at = 0; at < expected.length; at++) {
    const [a, b] = [Number(found[at]), expected[at]]
    if (Object.is(a, b) || a === b) continue
    const off = Math.abs(a - b) / Math.max(1, Math.abs(b))
    most = Math.max(most, Number.isNaN(off) ? Infinity : off)
  }
  return most
}

/** Random models of the whole zoo over features and tasks of every kind, and random rows with labels for them. */
import { dataset, denseFeature, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import type { Column, Dataset, Feature, LabelColumn } from '../../../src/data/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { parameters } from '../../../src/models/index.ts'
import type { Model, TaskType } from '../../../src/models/index.ts'
import type { SavableModel } from '../../../src/models/index.ts'
import { count, multiclass, multilabel } from '../../../src/tasks.ts'
import { stir } from '../../models/feed.ts'
import { ACTIVATIONS, ZOO, diceOf, sourceOf, unitsOf } from '../onnx/drawn.ts'
import type { Dice, Source } from '../onnx/drawn.ts'

/** A name with a dot, and two that every module of PyTorch has. */
const NAMES = ['click', 'type', 'a.b']

const KINDS: Readonly<Record<string, (dice: Dice) => { type: TaskType; label: (dice: Dice) => unknown }>> = {
  binary: () => ({ type: 'binary', label: ({ below }) => below(2) }),
  regression: () => ({ type: 'regression', label: ({ normal }) => normal() }),
  count: () => ({ type: count(), label: ({ below }) => below(5) }),
  multiclass: () => ({ type: multiclass(['x', 'y', 'z']), label: ({ one }) => one(['x', 'y', 'z']) }),
  multilabel: () => ({
    type: multilabel(2),
    label: (dice) => [0, 1].map(() => (dice.chance(0.2) ? NaN : dice.below(2))),
  }),
}

/** A sparse feature and lists of the same table, some of which attend to it. */
function attentive(name: string, dice: Dice): readonly Source[] {
  const vocabularySize = 5 + dice.below(20)
  const table = { vocabularySize, dimension: 2 + dice.below(3), table: 'type' }
  const list = {
    ...{ ...table, maxLength: 1 + dice.below(4), pooling: 'attention' as const, candidate: `${name}Item` },
    ...{ attentionHiddenUnits: unitsOf(dice, 0), attentionNormalize: dice.chance(0.5) },
    attentionActivation: dice.one(['prelu', 'relu', 'sigmoid']),
  }
  const id = ({ below }: Dice): number => below(vocabularySize)
  return [
    { feature: sparseFeature(`${name}Item`, table), cells: { [`${name}Item`]: id } },
    { feature: varLenFeature(`${name}History`, list), cells: { [`${name}History`]: id } },
  ]
}

/** Without a transform, which Python does not run. */
const plain = (source: Source): Source =>
  source.feature.kind === 'dense' && source.feature.transform
    ? { ...source, feature: denseFeature(source.feature.name, { dimension: source.feature.dimension }) }
    : source

/** Rows as data has them, and as plegrad encodes them. */
export interface Rows {
  readonly columns: Readonly<Record<string, Column>>
  readonly labels: Readonly<Record<string, readonly unknown[]>>
  readonly sampleWeights: Readonly<Record<string, readonly number[]>>
  readonly data: Dataset
}

export interface Drawn {
  readonly kind: string
  readonly model: Model & SavableModel
  readonly rows: (count: number, seed: number) => Rows
}

function columnOf(feature: Feature, name: string, draw: (dice: Dice) => unknown, rows: number, dice: Dice) {
  const many = <T>(length: number, value: () => T): T[] => Array.from({ length }, value)
  if (feature.kind === 'varLen') {
    const lists = many(rows, () => many(dice.below(feature.maxLength + 3), () => draw(dice)))
    const weights =
      feature.weights === undefined ? {} : { [feature.weights]: lists.map((l) => l.map(() => dice.normal())) }
    return { [name]: lists, ...weights }
  }
  const width = feature.kind === 'dense' ? feature.dimension : 1
  return { [name]: many(rows, () => (width > 1 ? many(width, () => draw(dice)) : draw(dice))) }
}

/** The model of a seed, one kind of the zoo after the other. */
export function drawn(seed: number, backend: Backend = cpu): Drawn {
  const dice = diceOf(seed)
  const sources = [
    ...Array.from({ length: 1 + dice.below(5) }, (_, at) => plain(sourceOf(`f${at}`, dice))),
    ...(dice.chance(0.4) ? attentive('own', dice) : []),
  ]
  const kind = Object.keys(ZOO)[seed % Object.keys(ZOO).length]
  // The linear part of Wide & Deep has no vectors to compare.
  const usable = kind === 'WideDeep' ? sources.filter(({ feature }) => !('candidate' in feature)) : sources
  const onlyBinary = kind === 'ESMM'
  const taskNames = NAMES.slice(0, onlyBinary ? 2 : 2 + dice.below(2))
  const tasks = taskNames.map(() => KINDS[onlyBinary ? 'binary' : dice.one(Object.keys(KINDS))](dice))
  const model = ZOO[kind](
    {
      features: usable.map(({ feature }) => feature),
      taskNames,
      taskTypes: tasks.map(({ type }) => type),
      towerDnnHiddenUnits: unitsOf(dice, 0),
      dnnActivation: dice.one(ACTIVATIONS),
      dnnUseBn: dice.chance(0.4),
      batchNormMomentum: dice.one([0.1, 0.01]),
      l2RegEmbedding: dice.one([0, 1e-3]),
      l2RegDnn: dice.one([0, 1e-3]),
      initStd: 0.3,
      seed,
      backend,
    },
    dice,
  ) as Model & SavableModel
  const rows: Drawn['rows'] = (length, seed) => {
    const own = diceOf(seed)
    const columns = Object.assign(
      {},
      ...usable.flatMap(({ feature, cells }) =>
        Object.entries(cells).map(([name, draw]) => columnOf(feature, name, draw, length, own)),
      ),
    ) as Rows['columns']
    const labels: Record<string, unknown[]> = {}
    for (const [at, { label }] of tasks.entries())
      labels[taskNames[at]] = Array.from({ length }, () => (own.chance(0.2) ? NaN : label(own)))
    if (onlyBinary)
      labels[taskNames[1]] = labels[taskNames[1]].map((y, row) => (labels[taskNames[0]][row] === 0 ? 0 : y))
    const sampleWeights = own.chance(0.5)
      ? { [taskNames[0]]: Array.from({ length }, () => own.below(5) / 2) }
      : ({} as Record<string, number[]>)
    const data = dataset({
      features: model.features,
      columns,
      labels: labels as Record<string, LabelColumn>,
      sampleWeights,
      tasks: model.tasks,
    })
    return { columns, labels, sampleWeights, data }
  }
  return { kind, model: stir(model, seed), rows }
}

/** A model's numbers by path, as they are now. */
export const numbersOf = (model: object): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(Object.entries(parameters(model)).map(([path, { values }]) => [path, [...values]]))

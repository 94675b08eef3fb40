/** docs/deepctr.md against the code: every row of its table of differences is looked up in what the models do. */
import { describe, expect, it } from 'vitest'
import { batches, dataset, denseFeature, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Feature, Pooling } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import {
  BatchNorm,
  Dense,
  ESMM,
  FeatureEmbedding,
  INFERENCE,
  PLE,
  SingleTask,
  Wide,
  WideDeep,
  mmoe,
  parameters,
  saveState,
} from '../../src/models/index.ts'
import type { DenseOptions } from '../../src/models/index.ts'
import { Parameter, stream, tensor } from '../../src/tensor/index.ts'
import { adagrad, adam, fit, sgd, taskLosses } from '../../src/training/index.ts'
import type { Optimizer } from '../../src/training/index.ts'
import { read } from './documents.ts'

interface Row {
  readonly theirs: string
  readonly ours: string
  /** The option that makes ours theirs, by name and as a value; none where there is none. */
  readonly option: Readonly<Record<string, unknown>>
}

/** `name: value` in backticks, of a value that JSON knows. */
const optionOf = (cell: string): Row['option'] => {
  const [, name, value] = /^`(\w+): (.+)`$/.exec(cell) ?? []
  return name ? { [name]: JSON.parse(value) as unknown } : {}
}

const text = read('docs/deepctr.md')
const ROWS: ReadonlyMap<string, Row> = new Map(
  text
    .slice(text.indexOf('| what '))
    .split('\n\n')[0]
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .map(([what, theirs, ours, option]) => [what, { theirs, ours, option: optionOf(option) }]),
)

const tasks = { taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] } as const
const features: readonly Feature[] = [sparseFeature('user', { vocabularySize: 5 }), denseFeature('age')]
const small = { features, ...tasks, expertDnnHiddenUnits: [3], towerDnnHiddenUnits: [2], backend: cpu64 } as const
const { features: _, expertDnnHiddenUnits: __, ...both } = small
const data = dataset({
  features,
  columns: { user: [0, 1, 1, 0], age: [1, 2, 3, 4] },
  labels: { a: [0, 1, NaN, 0], b: [1, 0, 1, 1] },
})
const [BATCH] = batches(data, { batchSize: 4, backend: cpu64 })

const listed = (cell: string): unknown => JSON.parse(cell)
const number = (cell: string): number => Number(cell.replace('−', '-'))
const widths = (model: object, path: RegExp): readonly number[] =>
  Object.entries(parameters(model)).flatMap(([name, { shape }]) => (path.test(name) ? [shape[1]] : []))
const column = (...values: number[]) => tensor(values, [values.length, 1], cpu64)

/** Holds what code gives by default to our cell, and what it gives under the option to theirs. */
const moves = ({ theirs, ours, option }: Row, given: (option: object) => number, digits = 9): void => {
  expect(given({}) / number(ours)).toBeCloseTo(1, digits)
  expect(Object.keys(option)).toHaveLength(1)
  expect(given(option) / number(theirs)).toBeCloseTo(1, digits)
}

/** A layer that passes on what it is given, once trained on a batch. */
function passed(options: DenseOptions, ...batch: number[]): Dense {
  const layer = new Dense(1, 1, stream(1), { ...options, backend: cpu64 })
  layer.weight.assign([1])
  layer.forward(column(...batch), { training: true, step: 0 })
  return layer
}

/** What one step by a gradient takes from a weight. */
function stepOf(optimizer: Optimizer, gradient: number): number {
  const weight = new Parameter(tensor([0], [1], cpu64))
  optimizer.step([weight], [tensor([gradient], [1], cpu64)])
  return -weight.item()
}

/** What a var-len feature pools of row 1, whose numbers are 1, and row 2, whose are 2. */
function pooled(ids: readonly number[], pooling: Pooling, weights?: readonly number[], option: object = {}): number {
  const list = varLenFeature('list', {
    vocabularySize: 3,
    dimension: 1,
    maxLength: 2,
    pooling,
    ...(weights && { weights: 'w' }),
    ...option,
  })
  const embedding = new FeatureEmbedding([list], stream(1), { backend: cpu64 })
  embedding.tables.list.assign([9, 1, 2])
  const set = dataset({ features: [list], columns: { list: [ids], ...(weights && { w: [weights] }) } })
  const [batch] = batches(set, { batchSize: 1, backend: cpu64 })
  return embedding.forward(batch).item()
}

const statistics = (layer: Dense, path: string): number => parameters(layer)[path].item()

const HELD: Readonly<Record<string, (row: Row) => void | Promise<void>>> = {
  'experts and tables of one shape': () => {
    const state = saveState(new PLE({ ...small, sharedExpertNum: 2 }))
    const path = (index: number): string => `levels.0.experts.shared.${index}.layers.0.weight`
    expect(state[path(0)]).not.toEqual(state[path(1)])
    const twins = [features[0], sparseFeature('item', { vocabularySize: 5 })]
    const { tables } = new FeatureEmbedding(twins, stream(1))
    expect(tables.user.values).not.toEqual(tables.item.values)
  },
  'one seed': () => {
    expect(saveState(new PLE({ ...small, seed: 5 }))).toEqual(saveState(new PLE({ ...small, seed: 5 })))
  },
  'tasks and their types': () => {
    for (const name of ['taskNames', 'taskTypes'])
      expect(() => new PLE({ ...small, [name]: undefined })).toThrow('but got undefined')
  },
  'experts of a task': () => {
    expect(() => new PLE({ ...small, specificExpertNum: -1 })).toThrow('an integer from 0')
    const model = new PLE({ ...small, specificExpertNum: { a: 0, b: 2 } })
    expect(model.voices(0, 'shared')).toEqual(['b.0', 'b.1', 'shared.0'])
  },
  'no shared experts': () => {
    const model = new PLE({ ...small, sharedExpertNum: 0 })
    expect(model.voices(0, 'a')).toEqual(['a.0'])
    expect(model.levels[0].gates.a.output.weight.shape[1]).toBe(1)
  },
  'layers of an expert': ({ ours }) => {
    expect(() => new PLE({ ...small, expertDnnHiddenUnits: [] })).toThrow(`a list of ${ours}`)
  },
  'experts of MMoE': ({ ours }) => {
    expect(() => mmoe({ ...small, numExperts: 0 })).toThrow(ours)
    expect(mmoe({ ...small, numExperts: 1 }).voices(0, 'a')).toHaveLength(1)
  },
  'layers of an expert of MMoE': ({ theirs, ours, option }) => {
    const path = /experts\.shared\.0.*weight$/
    expect(widths(mmoe({ features, ...tasks }), path)).toEqual(listed(ours))
    expect(widths(mmoe({ features, ...tasks, ...option }), path)).toEqual(listed(theirs))
  },
  'layers of a network of ESMM': ({ theirs, ours, option }) => {
    const path = /^conversion\.layers.*weight$/
    expect(widths(new ESMM({ features }), path)).toEqual(listed(ours))
    expect(widths(new ESMM({ features, ...option }), path)).toEqual(listed(theirs))
  },
  'outputs of ESMM': ({ ours }) => {
    expect(Object.keys(new ESMM({ features, backend: cpu64 }).forward(BATCH).logits).join(', ')).toBe(ours)
  },
  'tasks of Wide & Deep': () => {
    for (const taskNames of [['a'], ['a', 'b', 'c']]) {
      const wideDeep = { ...both, taskNames, taskTypes: taskNames.map(() => 'binary' as const) }
      const model = new WideDeep({ ...wideDeep, wideFeatures: features, deepFeatures: features })
      expect(Object.keys(model.tasks)).toEqual(taskNames)
    }
  },
  'weights of dense numbers in the wide part': () => {
    expect([...(new Wide(features).weight?.values ?? [])]).toEqual([0])
  },
  'loss of a task': () => {
    const logits = { a: tensor([1, 2, 3, 4], [4], cpu64), b: tensor([0, 0, 0, 0], [4], cpu64) }
    const { a } = taskLosses(logits, BATCH, { a: 'regression', b: 'regression' })
    expect(a.item()).toBeCloseTo((1 + 1 + 16) / 3, 12)
  },
  'L2 of embeddings': async () => {
    const model = new SingleTask({ ...both, features, bottomDnnHiddenUnits: [2], l2RegEmbedding: 1 })
    const table = model.networks.a.embedding.tables.user
    const before = table.values.slice()
    await fit(model, { data, epochs: 1, optimizer: sgd({ learningRate: 0.1 }) })
    expect([0, 4, 8, 12, 16].map((at) => table.values[at] !== before[at])).toEqual([true, true, false, false, false])
  },
  "L2 of gates' softmax and towers' last layer": () => {
    const model = new PLE({ ...small, l2RegDnn: 1 })
    for (const [path, { l2 }] of Object.entries(parameters(model)))
      if (path.endsWith('weight')) expect(l2, path).toBe(path.endsWith('output.weight') ? 0 : 1)
  },
  'batch normalisation: ε': (row) => {
    moves(row, (option) => passed({ batchNorm: true, ...option }, 1, 2).batchNorm?.epsilon ?? NaN)
  },
  'batch normalisation: share of a new batch': (row) => {
    moves(row, (option) => statistics(passed({ batchNorm: true, ...option }, 1, 3), 'batchNorm.runningMean') / 2)
  },
  'batch normalisation: variance that is recorded': () => {
    const norm = new BatchNorm(1, { momentum: 1 }, cpu64)
    norm.forward(column(1, 3), { training: true, step: 0 })
    expect(norm.runningVariance.item()).toBeCloseTo(2, 12)
  },
  'batch normalisation: a batch of one row': () => {
    const layer = passed({ batchNorm: true }, 7)
    expect(statistics(layer, 'batchNorm.runningMean')).toBe(0)
    expect(statistics(layer, 'batchNorm.runningVariance')).toBe(1)
  },
  'dice: share of a new batch': (row) => {
    const path = 'activation.normalization.runningMean'
    moves(row, (option) => statistics(passed({ activation: 'dice', ...option }, 1, 3), path) / 2)
  },
  'weights of a var-len feature': ({ option }) => {
    expect(pooled([1, 2], 'sum', [3, 3])).toBe(9)
    expect(pooled([1, 2], 'sum', [3, 3], option)).toBe(1.5)
  },
  'maximum over nothing but padding': ({ ours }) => {
    expect(pooled([], 'max')).toBeCloseTo(number(ours), 12)
  },
  'mean over n ids': () => {
    expect(pooled([2, 2], 'mean')).toBe(2)
  },
  'rows of a hashed table': () => {
    expect(sparseFeature('user', { hashBuckets: 9 }).vocabularySize).toBe(10)
  },
  'leakyRelu: slope below 0': ({ ours }) => {
    expect(passed({ activation: 'leakyRelu' }, 1).forward(column(-1), INFERENCE).item()).toBe(-number(ours))
  },
  'prelu: slope at first': ({ ours }) => {
    expect(passed({ activation: 'prelu' }, 1).forward(column(-1), INFERENCE).item()).toBe(-number(ours))
  },
  'adam: ε': (row) => {
    moves(row, (option) => 1e-8 * (1e-3 / stepOf(adam(option), 1e-8) - 1), 6)
  },
  'adagrad: rate': (row) => {
    moves(row, (option) => stepOf(adagrad(option), 1), 6)
  },
  'adagrad: sums at first': ({ theirs, ours, option }) => {
    const start = (given: object): number => (1e-2 / stepOf(adagrad(given), 1)) ** 2 - 1
    expect(start({})).toBeCloseTo(number(ours), 8)
    expect(start(option)).toBeCloseTo(number(theirs), 8)
  },
  'adagrad: ε': (row) => {
    moves(row, (option) => 1e-8 * (1e-2 / stepOf(adagrad(option), 1e-8) - 1), 6)
  },
}

describe('the table of what differs from DeepCTR', () => {
  it('has a test for every row, and a row for every test', () => {
    expect([...ROWS.keys()]).toEqual(Object.keys(HELD))
  })

  it.each([...ROWS])('holds: %s', async (what, row) => {
    expect(row.theirs).not.toBe(row.ours)
    await HELD[what](row)
  })
})

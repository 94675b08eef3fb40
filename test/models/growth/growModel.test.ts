/** A model whose tables grow: what it knew it says bit by bit as before, and what is new has rows of its own. */
import { describe, expect, it } from 'vitest'
import {
  crossedFeature,
  dataset,
  denseFeature,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
} from '../../../src/data/index.ts'
import { growVocabulary, sameVocabulary } from '../../../src/data/index.ts'
import type { Column, Dataset, Feature, Vocabulary } from '../../../src/data/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, WideDeep, cgc, mmoe } from '../../../src/models/index.ts'
import { growModel, parameters, restoreModel, saveModel, saveState } from '../../../src/models/index.ts'
import type { GrowOptions, SavableModel } from '../../../src/models/index.ts'
import type { Parameter, Tensor } from '../../../src/tensor/index.ts'
import { count, multiclass } from '../../../src/tasks.ts'
import { fit, predict } from '../../../src/training/index.ts'
import { stir } from '../feed.ts'

const WORDS = ['ann', 'bob', 'cyd']
const words = fitVocabulary(WORDS)
const NEW = ['dan', 'eve', null, 'ann', 'dan']

const user = sparseFeature('user', { vocabulary: words, dimension: 2 })
const friends = varLenFeature('friends', { vocabulary: words, dimension: 2, table: 'user', maxLength: 3 })
const seen = varLenFeature('seen', { vocabularySize: 4, dimension: 3, maxLength: 2, pooling: 'max' })
const city = sparseFeature('city', { hashBuckets: 3, dimension: 2 })
const both = crossedFeature(['user', 'city'], { hashBuckets: 4 })
const age = denseFeature('age')
const features: readonly Feature[] = [user, friends, seen, city, age]

const GENRE = multiclass(['no', 'yes'])
const tasks = { taskNames: ['like', 'buy'], taskTypes: ['binary', 'binary'] } as const
const small = { ...tasks, features, towerDnnHiddenUnits: [2], dnnUseBn: true, dnnActivation: 'dice' } as const
const expert = { ...small, expertDnnHiddenUnits: [3] }

const MODELS: Readonly<Record<string, () => SavableModel>> = {
  PLE: () => new PLE({ ...expert, gateDnnHiddenUnits: [2], dnnDropout: 0.1 }),
  CGC: () => cgc({ ...expert, dnnActivation: (x) => x }),
  MMoE: () => mmoe(expert),
  'PLE of classes and counts': () => new PLE({ ...expert, taskTypes: [GENRE, count()] }),
  SharedBottom: () => new SharedBottom({ ...small, bottomDnnHiddenUnits: [3] }),
  SingleTask: () => new SingleTask({ ...small, bottomDnnHiddenUnits: [3] }),
  ESMM: () => new ESMM({ features, taskNames: ['like', 'buy'], towerDnnHiddenUnits: [2] }),
  WideDeep: () =>
    new WideDeep({
      ...tasks,
      wideFeatures: [both, friends, user, city, age],
      deepFeatures: features,
      bottomDnnHiddenUnits: [3],
    }),
}

const COLUMNS: Readonly<Record<string, Column>> = {
  user: ['ann', 'bob', 'cyd', null, 'nobody'],
  friends: [['bob'], [], ['ann', 'cyd'], ['nobody'], ['cyd', 'cyd', 'bob']],
  seen: [[1], [2, 3], [], [3], [1, 2]],
  city: ['Rome', 'Oslo', null, 'Kyiv', 'Lima'],
  age: [1, 2, 3, 4, 5],
}
const LABELS = { like: [1, 0, 1, 1, 0], buy: [1, 0, 0, 1, 0] }

const dataOf = (known: readonly Feature[], more: Partial<typeof COLUMNS> = {}): Dataset =>
  dataset({
    features: known,
    columns: { ...COLUMNS, ...more } as typeof COLUMNS,
    labels: LABELS,
    tasks: { like: 'binary', buy: 'binary' },
  })

const GROWTH: GrowOptions = { features: { user: NEW, seen: 6 } }

/** The tables of a model's embeddings and wide parts that are called so. */
const tablesOf = (model: object, table: string): [string, Parameter][] =>
  Object.entries(parameters(model)).filter(([path]) => path.endsWith(`embedding.tables.${table}`))

const rowsOf = ({ values, shape }: Parameter): number[][] =>
  Array.from({ length: shape[0] }, (_, row) => [...values.subarray(row * shape[1], (row + 1) * shape[1])])

const meanOf = (rows: readonly number[][]): number[] =>
  rows[0].map((_, column) => Math.fround(rows.reduce((total, row) => total + row[column], 0) / rows.length))

describe.each(Object.entries(MODELS))('%s, grown,', (_, build) => {
  const model = stir(build())
  const grown = growModel(model, GROWTH)

  it('scores what it knew bit by bit as before', () => {
    const before = predict(model, dataOf(model.features))
    expect(predict(grown, dataOf(grown.features))).toEqual(before)
    // A law that can fail: rows that were moved show.
    const [[, table]] = tablesOf(grown, 'user')
    const moved = growModel(model, GROWTH)
    tablesOf(moved, 'user').forEach(([, { values }]) => values.copyWithin(0, table.shape[1]))
    expect(predict(moved, dataOf(moved.features))).not.toEqual(before)
  })

  it('keeps every number where it was, and has rows behind', () => {
    const before = parameters(model)
    expect(Object.keys(parameters(grown))).toEqual(Object.keys(before))
    for (const [path, { values, shape }] of Object.entries(parameters(grown))) {
      const more = { user: 2, seen: 2 }[path.split('.').at(-1) ?? ''] ?? 0
      expect(shape[0]).toBe(before[path].shape[0] + more)
      expect(values.slice(0, before[path].size)).toEqual(before[path].values)
    }
  })

  it('leaves the model that it was as it is', () => {
    const bare = stir(build())
    expect(saveState(model)).toEqual(saveState(bare))
    expect(model.features).toEqual(bare.features)
  })

  it('starts new rows at the mean of those that were known: no padding, and nothing unknown', () => {
    for (const [table, first, rows] of [
      ['user', 2, 5],
      ['seen', 1, 4],
    ] as const)
      for (const [path, parameter] of tablesOf(grown, table)) {
        const all = rowsOf(parameter)
        expect(all.slice(rows), path).toEqual([0, 1].map(() => meanOf(all.slice(first, rows))))
      }
  })

  it('or draws them as a new model of that size has them', () => {
    const drawn = growModel(model, { ...GROWTH, start: 'drawn' })
    const Made = model.constructor as new (options: object) => SavableModel
    const fresh = parameters(new Made({ ...drawn.options }))
    for (const table of ['user', 'seen'])
      for (const [path, parameter] of tablesOf(drawn, table))
        expect(rowsOf(parameter).slice(-2), path).toEqual(rowsOf(fresh[path]).slice(-2))
  })

  it.each(['mean', 'drawn'] as const)('is the same whether it grew once or twice, by %s', (start) => {
    const twice = growModel(growModel(model, { features: { user: ['dan'] }, start }), {
      features: { user: ['eve'], seen: 6 },
      start,
    })
    const once = growModel(model, { ...GROWTH, start })
    expect(saveState(twice)).toEqual(saveState(once))
    expect(sameVocabulary(vocabularyIn(twice, 'user'), vocabularyIn(once, 'user'))).toBe(true)
  })

  it('knows new values by ids behind the others, in every feature of the table', () => {
    for (const name of ['user', 'friends']) {
      expect(vocabularyIn(grown, name)?.values).toEqual([...WORDS, 'dan', 'eve'])
      expect(grown.features.find((feature) => feature.name === name)).toMatchObject({ vocabularySize: 7 })
    }
    const { ids } = dataOf(grown.features, { user: ['dan', 'eve', 'ann', null, 'nobody'] })
    expect([...ids.user]).toEqual([5, 6, 2, 0, 1])
  })

  it('trains on, and moves the rows of new values', async () => {
    const trained = growModel(model, GROWTH)
    const data = dataOf(trained.features, { user: ['dan', 'dan', 'ann', 'ann', 'ann'] })
    await fit(trained, { data, epochs: 1, batchSize: 5 })
    for (const [path, parameter] of tablesOf(trained, 'user')) {
      const [before, after] = [rowsOf(parameters(grown)[path]), rowsOf(parameter)]
      expect(after[5], path).not.toEqual(before[5])
      expect(after[6], path).toEqual(before[6])
    }
  })
})

const vocabularyIn = (model: SavableModel, name: string): Vocabulary | undefined => {
  const feature = model.features.find((each) => each.name === name)
  return feature && feature.kind !== 'dense' ? feature.vocabulary : undefined
}

describe('a model that has grown', () => {
  const model = stir(new PLE(expert))

  it('is saved and comes back', () => {
    const grown = growModel(model, GROWTH)
    const restored = restoreModel(saveModel(grown))
    expect(saveState(restored)).toEqual(saveState(grown))
    expect(saveModel(restored)).toEqual(saveModel(grown))
    expect(vocabularyIn(restored, 'friends')?.values).toEqual([...WORDS, 'dan', 'eve'])
  })

  it('may come of a file', () => {
    const restored = restoreModel(saveModel(model))
    expect(saveState(growModel(restored, GROWTH))).toEqual(saveState(growModel(model, GROWTH)))
  })

  it('takes a vocabulary that has grown, and one that was fitted anew, whose known values keep their ids', () => {
    const further = growVocabulary(words, NEW)
    expect(vocabularyIn(growModel(model, { features: { user: further } }), 'user')?.values).toEqual(further.values)
    const anew = fitVocabulary(['eve', 'eve', 'eve', 'ann', 'cyd', 'bob', 'dan'])
    const grown = growModel(model, { features: { friends: anew } })
    expect(vocabularyIn(grown, 'user')?.values).toEqual([...WORDS, 'eve', 'dan'])
  })

  it('keeps float64 numbers as they are', () => {
    const exact = stir(new PLE({ ...expert, backend: cpu64 }))
    const state = saveState(growModel(exact, GROWTH))
    const before = saveState(exact)
    expect(state['embedding.tables.user'].slice(0, 10)).toEqual(before['embedding.tables.user'])
    expect(state['embedding.tables.user']).toBeInstanceOf(Float64Array)
  })

  it('has pretrained numbers in new rows alone, and the mean where there are none', () => {
    const options: GrowOptions = {
      ...GROWTH,
      pretrained: {
        friends: new Map([
          ['ann', [8, 8]],
          ['dan', [7, -7]],
        ]),
      },
    }
    const before = rowsOf(tablesOf(model, 'user')[0][1])
    const rows = rowsOf(tablesOf(growModel(model, options), 'user')[0][1])
    expect(rows).toEqual([...before, [7, -7], meanOf(before.slice(2))])
  })

  it('does not start again from what tables started with', () => {
    const given = sparseFeature('user', { vocabularySize: 2, dimension: 1, pretrained: [1, 2], trainable: false })
    const first = stir(new SharedBottom({ ...tasks, features: [given], bottomDnnHiddenUnits: [2] }))
    const grown = growModel(first, { features: { user: 3 } })
    const [before, after] = [first, grown].map(({ embedding }) => embedding.tables.user)
    expect([...after.values.slice(0, 2)]).toEqual([...before.values])
    expect(after.trainable).toBe(false)
  })

  it('starts rows of a vocabulary of nothing at the mean of the reserved ones', () => {
    const empty = sparseFeature('user', { vocabulary: fitVocabulary([]), dimension: 1 })
    const first = stir(new SharedBottom({ ...tasks, features: [empty], bottomDnnHiddenUnits: [2] }))
    const rows = rowsOf(growModel(first, { features: { user: ['a'] } }).embedding.tables.user)
    expect(rows[2]).toEqual(meanOf(rows.slice(0, 2)))
  })
})

describe('growModel refuses', () => {
  const price = sparseFeature('price', { edges: [0, 9.99, 20], dimension: 2 })
  const model = stir(new PLE({ ...expert, features: [...features, both, price] }))
  const wrong: Readonly<Record<string, readonly [unknown, string]>> = {
    'no features': [
      {},
      'growModel: expected features to be an object, each of its members to be anything but got undefined',
    ],
    'a misspelt option': [{ features: {}, starts: 'mean' }, "but got 'starts', did you mean 'start'?"],
    'a start that is none': [{ features: {}, start: 'zero' }, "expected start to be 'mean' or 'drawn' but got 'zero'"],
    'a feature that is not there': [{ features: { usr: ['x'] } }, "but got 'usr', did you mean 'user'?"],
    'a dense feature': [
      { features: { age: ['x'] } },
      'expected features with tables, user, friends, seen, city, user_x_city, price, but got',
    ],
    'a hashed feature': [
      { features: { city: ['x'] } },
      "but got 'city': because its values are hashed to 3 rows, and every value has one",
    ],
    'a feature with edges': [
      { features: { price: [30] } },
      "but got 'price': because its numbers fall between 3 edges, and every number has a row",
    ],
    'a crossed feature': [{ features: { user_x_city: ['x'] } }, 'because its values are hashed to 4 rows'],
    'fewer rows': [
      { features: { seen: 3 } },
      "expected vocabularySize of 'seen', to which ids are given, to be an integer from 4 to 2147483647 but got 3",
    ],
    'values where ids are given': [{ features: { seen: ['x'] } }, 'but got a list of 1'],
    'a number where values are known': [
      { features: { user: 9 } },
      "expected values or a vocabulary for 'user', which has a vocabulary, but got 9",
    ],
    'what is no column': [
      { features: { user: {} } },
      'expected the second argument to be an array or a typed one but got an empty object',
    ],
    'values of another kind': [{ features: { user: [7] } }, 'expected a string but got 7 at row 0'],
    'a vocabulary without a known value': [
      { features: { user: fitVocabulary(['ann', 'cyd', 'dan']) } },
      "expected a vocabulary of 'user' with all 3 values that are known but got one without 'bob'",
    ],
    'pretrained of a table that stays': [
      { features: { seen: 5 }, pretrained: { user: new Map([['ann', [1, 2]]]) } },
      "expected pretrained of tables that grow, but got it of table 'user'",
    ],
    'pretrained of two features of a table': [
      { features: { user: ['x'] }, pretrained: { user: new Map([['x', [1, 2]]]), friends: new Map([['x', [1, 2]]]) } },
      "expected pretrained of one feature of table 'user' but got another of 'friends'",
    ],
    'pretrained of another width': [
      { features: { user: ['x'] }, pretrained: { user: new Map([['x', [1]]]) } },
      "growModel, feature 'user': expected pretrained of 'x' to be 2 numbers but got a list of 1",
    ],
  }

  it.each(Object.entries(wrong))('%s', (_, [options, message]) => {
    const before = saveState(model)
    expect(() => growModel(model, options as GrowOptions)).toThrow(message)
    expect(saveState(model)).toEqual(before)
  })

  it('a model of one’s own', () => {
    const own = { features, tasks: {}, forward: () => ({ logits: {}, gates: [] }), options: {} }
    expect(() => growModel(own as unknown as SavableModel, GROWTH)).toThrow(
      'growModel: expected one of PLE, SharedBottom, SingleTask, ESMM, WideDeep but got an object of features',
    )
  })

  it('a model in the middle of a step', async () => {
    let learning: SavableModel | undefined = undefined
    const growing = (x: Tensor): Tensor => {
      if (learning) growModel(learning, GROWTH)
      return x
    }
    learning = stir(new PLE({ ...expert, dnnActivation: growing }))
    await expect(fit(learning, { data: dataOf(features), epochs: 1, compiled: false })).rejects.toThrow(
      'growModel: expected a model between steps',
    )
  })
})

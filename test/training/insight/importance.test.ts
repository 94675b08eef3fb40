/** Permutation importance against what is known of a linear model, on trained models, and what is shuffled with what. */
import jStat from 'jstat'
import { describe, expect, it } from 'vitest'
import { add, matmul, reshape } from '../../../src/autograd/index.ts'
import { crossedFeature, dataset, denseFeature, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import type { Batch, Dataset, Feature } from '../../../src/data/index.ts'
import { PLE, parameters } from '../../../src/models/index.ts'
import type { Model } from '../../../src/models/index.ts'
import { Parameter, stream, tensor, zeros } from '../../../src/tensor/index.ts'
import { multiclass } from '../../../src/tasks.ts'
import { adam, evaluate, fit, permutationImportance } from '../../../src/training/index.ts'
import { nextInterval, quantileOfT } from '../../../src/training/insight/nextInterval.ts'
import { TASKS, TYPES, feed, stir } from '../../models/feed.ts'

const draw = (rows: number, name: string): number[] =>
  Array.from({ length: rows }, (_, row) => stream(5).stream(name).normal(row))

/** y = 2a − b/2 + 0·c, and a model that knows it. */
const WEIGHTS = { a: 2, b: -0.5, c: 0 }
const NAMES = ['a', 'b', 'c'] as const
function linear(rows: number): { model: Model; data: Dataset; variance: (name: string) => number } {
  const features = NAMES.map((name) => denseFeature(name))
  const columns = { a: draw(rows, 'a'), b: draw(rows, 'b'), c: draw(rows, 'c') }
  const y = columns.a.map((a, row) => 2 * a - columns.b[row] / 2)
  const weight = new Parameter(tensor([[2], [-0.5], [0]]))
  const model: Model & { readonly weight: Parameter } = {
    features,
    tasks: { y: 'regression' },
    weight,
    forward: ({ rows: b, numbers }: Batch) => ({
      logits: {
        y: NAMES.map((name, at) => reshape(matmul(numbers[name], tensor([[[2, -0.5, 0][at]]])), [b])).reduce(
          (total, each) => add(total, each),
        ),
      },
      gates: [],
    }),
  }
  const variance = (name: string): number => {
    const column = columns[name as 'a']
    const mean = column.reduce((total, x) => total + x, 0) / rows
    return column.reduce((total, x) => total + (x - mean) ** 2, 0) / rows
  }
  return { model, data: dataset({ features, columns, labels: { y } }), variance }
}

const REPEATS = 1000

describe('of a linear model', () => {
  it('the squared error rises by 2·w²·Var(x), on average over all permutations', () => {
    const { model, data, variance } = linear(60)
    const { baseline, groups } = permutationImportance(model, data, { repeats: REPEATS, metrics: { y: ['mse'] } })
    expect(baseline.y.mse).toBeCloseTo(0, 10)
    for (const name of ['a', 'b'] as const) {
      const { mean, half, falls } = groups[name].y.mse
      const exact = 2 * WEIGHTS[name] ** 2 * variance(name)
      expect(falls).toHaveLength(REPEATS)
      // Four standard errors of the mean.
      const near = (4 * half) / 1.96 / Math.sqrt(REPEATS)
      expect(Math.abs(mean - exact)).toBeLessThan(near)
      // As it would be of a mean in the place of each shuffled value.
      expect(Math.abs(mean - exact / 2)).toBeGreaterThan(near)
      expect(mean - half).toBeGreaterThan(0)
    }
    expect(new Set(groups.c.y.mse.falls)).toEqual(new Set([0]))
  })

  it('two rows are swapped or are not', () => {
    const { model, data } = linear(2)
    const swapped = 4 * (data.numbers.a[0] - data.numbers.a[1]) ** 2
    const { falls } = permutationImportance(model, data, { repeats: 40 }).groups.a.y.mse
    for (const fall of falls) expect(Math.min(Math.abs(fall), Math.abs(fall - swapped))).toBeLessThan(1e-4)
    expect(new Set(falls.map((fall) => fall > swapped / 2)).size).toBe(2)
  })

  it('shuffling all of it together costs what the label varies by, twice', () => {
    const { model, data } = linear(60)
    const { all } = permutationImportance(model, data, { repeats: 300, groups: { all: NAMES } }).groups
    const { y } = data.labels
    const mean = y.reduce((total, value) => total + value, 0) / y.length
    const exact = (2 * y.reduce((total, value) => total + (value - mean) ** 2, 0)) / y.length
    expect(Math.abs(all.y.mse.mean - exact)).toBeLessThan((4 * all.y.mse.half) / 1.96 / Math.sqrt(300))
    expect(Math.abs(all.y.mse.mean - exact)).toBeLessThan(exact / 20)
  })
})

it('of a model that has learned, what matters is told from what does not, task by task', async () => {
  const rows = 600
  const random = stream(8)
  const genre = multiclass(3)
  const column = (name: string, bound: number): number[] =>
    Array.from({ length: rows }, (_, row) => Math.floor(random.stream(name).uniform(row) * bound))
  const columns = { user: column('user', 8), video: column('video', 8), noise: column('noise', 3) }
  const features = Object.keys(columns).map((name) => sparseFeature(name, { vocabularySize: 8, dimension: 4 }))
  const data = dataset({
    features,
    columns,
    labels: {
      like: columns.user.map((user, row) => (random.stream('like').uniform(row) < (user < 4 ? 0.9 : 0.1) ? 1 : 0)),
      stay: columns.video.map((video, row) => video / 2 + random.stream('stay').normal(row) / 2),
      genre: columns.video.map((video, row) => (random.stream('genre').uniform(row) < 0.8 ? video % 3 : 0)),
    },
    tasks: { genre },
  })
  const [train, test] = [Array.from({ length: 400 }, (_, at) => at), Array.from({ length: 200 }, (_, at) => 400 + at)]
  const model = new PLE({
    features,
    taskNames: ['like', 'stay', 'genre'],
    taskTypes: ['binary', 'regression', genre],
    expertDnnHiddenUnits: [8],
  })
  await fit(model, { data: data.select(train), epochs: 30, batchSize: 50, optimizer: adam({ learningRate: 0.01 }) })
  const held = data.select(test)
  const { baseline, groups } = permutationImportance(model, held, { repeats: 20 })
  expect(baseline).toEqual(evaluate(model, held))
  const apart = (group: string, task: string, metric: string): boolean => {
    const { mean, half } = groups[group][task][metric]
    return mean - half > 0
  }
  for (const [group, task, metric] of [
    ['user', 'like', 'auc'],
    ['user', 'like', 'logLoss'],
    ['video', 'stay', 'mse'],
    ['video', 'stay', 'mae'],
    ['video', 'genre', 'auc'],
    ['video', 'genre', 'logLoss'],
    ['video', 'genre', 'accuracy'],
  ])
    expect(apart(group, task, metric), `${group} ${task} ${metric}`).toBe(true)
  const { mean, half } = groups.noise.like.auc
  expect(Math.abs(mean)).toBeLessThan(half)
  expect(groups.user.like.auc.mean).toBeGreaterThan(10 * Math.abs(groups.video.like.auc.mean))
  expect(groups.video.genre.accuracy.mean).toBeGreaterThan(10 * Math.abs(groups.user.genre.accuracy.mean))
  expect(groups.video.stay.mse.mean).toBeGreaterThan(10 * Math.abs(groups.user.stay.mse.mean))
})

/** A model that looks at what it is given. */
function watching(features: readonly Feature[]): { model: Model; seen: Batch[] } {
  const seen: Batch[] = []
  const weight = new Parameter(zeros([1]))
  const model: Model & { readonly weight: Parameter } = {
    features,
    tasks: { y: 'regression' },
    weight,
    forward(batch) {
      seen.push(batch)
      return { logits: { y: zeros([batch.rows]) }, gates: [] }
    },
  }
  return { model, seen }
}

const rowsOf = (values: ArrayLike<number>, rows: number): string[] => {
  const width = values.length / rows
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values)
      .slice(row * width, (row + 1) * width)
      .join(' '),
  )
}

describe('what is shuffled', () => {
  const rows = 40
  const features = [
    sparseFeature('user', { vocabularySize: 50 }),
    crossedFeature(['user', 'tab'], { hashBuckets: 1000 }),
    varLenFeature('tags', { vocabularySize: 99, maxLength: 3, weights: 'heat' }),
    denseFeature('place', { dimension: 2 }),
  ]
  const lists = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: 1 + (row % 3) }, (__, at) => row + at + 1),
  )
  const data = dataset({
    features,
    columns: {
      user: Array.from({ length: rows }, (_, row) => row),
      tab: Array.from({ length: rows }, (_, row) => row % 4),
      tags: lists,
      heat: lists.map((list) => list.map((id) => id / 8)),
      place: Array.from({ length: rows }, (_, row) => [row, -row]),
    },
    labels: { y: new Float32Array(rows) },
  })
  const NAMES_OF_ALL = ['user', 'user_x_tab', 'tags', 'heat', 'place']
  /** Of every scored batch: rows of each column as text. */
  const batchesOf = (groups?: Readonly<Record<string, readonly string[]>>) => {
    const { model, seen } = watching(features)
    permutationImportance(model, data, { repeats: 2, compiled: false, ...(groups && { groups }) })
    return seen.map(({ ids, numbers }) =>
      Object.fromEntries(
        NAMES_OF_ALL.map((name) => [name, rowsOf((name in ids ? ids[name] : numbers[name]).values, rows)]),
      ),
    )
  }
  const [given] = batchesOf({ none: ['user'] })

  it('is one feature at a time, a crossed one as itself, a list with its weights', () => {
    const moved = batchesOf().map((batch) => NAMES_OF_ALL.filter((name) => batch[name].join() !== given[name].join()))
    const repeat = [['user'], ['user_x_tab'], ['tags', 'heat'], ['place']]
    expect(moved).toEqual([[], ...repeat, ...repeat])
  })

  it('are whole rows of a column, each once', () => {
    for (const batch of batchesOf())
      for (const name of NAMES_OF_ALL) expect([...batch[name]].sort()).toEqual([...given[name]].sort())
  })

  it('stays together where it is a group or a list and its weights', () => {
    const pairs = (batch: Readonly<Record<string, readonly string[]>>, [a, b]: readonly string[]): string[] =>
      batch[a].map((cell, row) => `${cell} | ${batch[b][row]}`).sort()
    const group = ['user', 'user_x_tab']
    const [, together, again] = batchesOf({ who: group })
    expect(pairs(together, group)).toEqual(pairs(given, group))
    expect(together.user).not.toEqual(given.user)
    expect(together.user).not.toEqual(again.user)
    const [, alone, , listed] = batchesOf()
    expect(pairs(alone, group)).not.toEqual(pairs(given, group))
    expect(pairs(listed, ['tags', 'heat'])).toEqual(pairs(given, ['tags', 'heat']))
  })
})

describe('importance', () => {
  const data = feed(30)
  const model = stir(
    new PLE({ features: data.features, taskNames: TASKS, taskTypes: TYPES, expertDnnHiddenUnits: [4], numLevels: 1 }),
  )
  const all = permutationImportance(model, data, { repeats: 3 })

  it('is the same by the same seed, whatever else is asked for, whatever the batch size, and moves nothing', () => {
    const before = Object.values(parameters(model)).map(({ values }) => values.slice())
    expect(permutationImportance(model, data, { repeats: 3 })).toEqual(all)
    expect(permutationImportance(model, data, { repeats: 3, batchSize: 7 }).groups.item.click.auc).toEqual(
      all.groups.item.click.auc,
    )
    const one = permutationImportance(model, data, { repeats: 3, groups: { item: ['item'] } })
    expect(one.groups).toEqual({ item: all.groups.item })
    expect(permutationImportance(model, data, { repeats: 3, seed: 2 })).not.toEqual(all)
    expect(Object.values(parameters(model)).map(({ values }) => values)).toEqual(before)
  })

  it('is told of each feature, task and metric', () => {
    expect(Object.keys(all.groups)).toEqual(data.features.map(({ name }) => name))
    for (const tasks of Object.values(all.groups)) {
      expect(Object.keys(tasks)).toEqual([...TASKS])
      expect(Object.keys(tasks.click)).toEqual(['auc', 'logLoss'])
    }
    const { mean, half, falls } = all.groups.user.click.logLoss
    expect({ mean, half }).toEqual(nextInterval(falls))
    expect(permutationImportance(model, data, { metrics: { click: ['auc'] } }).groups.user.click.logLoss).toBe(
      undefined,
    )
  })

  it('takes metrics of one’s own, in the direction that they have', () => {
    const count = { name: 'sum', compute: (found: ArrayLike<number>) => found[0] - found[1] }
    const [up, down] = (['higher', 'lower'] as const).map(
      (direction) =>
        permutationImportance(model, data, { repeats: 4, metrics: { click: [{ ...count, direction }] } }).groups.item
          .click.sum,
    )
    expect(up.falls.some((fall) => fall !== 0)).toBe(true)
    expect(down.falls).toEqual(up.falls.map((fall) => 0 - fall))
  })

  it.each<readonly [object, string]>([
    [{ repeats: 1 }, 'expected repeats to be an integer of at least 2 but got 1'],
    [{ seed: 0.5 }, 'expected seed to be an integer but got 0.5'],
    [
      { group: {} },
      "expected options among backend, compiled, batchSize, metrics, repeats, seed, groups but got 'group', did you mean 'groups'?",
    ],
    [
      { groups: { who: ['usr'] } },
      "expected groups of features that the model reads but got 'usr', did you mean 'user'?",
    ],
    [
      { metrics: { click: ['f1'] } },
      "expected metrics of binary task 'click' among auc, logLoss, mse, mae, rmse but got 'f1'",
    ],
  ])('refuses %j', (options, message) => {
    expect(() => permutationImportance(model, data, options)).toThrow(
      new RangeError(`permutationImportance: ${message}`),
    )
  })

  it('refuses a group of nothing, and a row that there is nothing to shuffle with', () => {
    expect(() => permutationImportance(model, data, { groups: { none: [] } })).toThrow(
      /^permutationImportance: expected groups to be /,
    )
    expect(() => permutationImportance(model, data.select([0]))).toThrow(
      new RangeError('permutationImportance: expected at least two rows but got 1'),
    )
  })
})

describe('the interval', () => {
  it('has the quantile of Student’s t', () => {
    for (let degrees = 1; degrees < 200; degrees++)
      expect(Math.abs(quantileOfT(degrees) - jStat.studentt.inv(0.975, degrees)), `${degrees}`).toBeLessThan(2e-4)
  })

  it('is what two numbers say of a third', () => {
    const { mean, half } = nextInterval([1, 3])
    expect(mean).toBe(2)
    expect(half).toBeCloseTo(12.7062 * Math.SQRT2 * Math.sqrt(1.5), 3)
  })

  it('holds 0 for 19 of 20 random features that a model relies on by chance, where that of the mean does not', () => {
    const rows = 50
    const { model } = linear(2)
    const [draws, repeats] = [200, 10]
    let [held, heldByMean] = [0, 0]
    for (let draw = 0; draw < draws; draw++) {
      const random = stream(draw)
      const column = (name: string): number[] =>
        Array.from({ length: rows }, (_, row) => random.stream(name).normal(row))
      // The model has 2·a + …, and the label nothing to do with it.
      const data = dataset({
        features: model.features,
        columns: { a: column('a'), b: column('b'), c: column('c') },
        labels: { y: column('y') },
      })
      const { mean, half } = permutationImportance(model, data, { repeats, seed: draw, groups: { a: ['a'] } }).groups.a
        .y.mse
      if (Math.abs(mean) <= half) held++
      if (Math.abs(mean) <= half / Math.sqrt(repeats + 1)) heldByMean++
    }
    expect(held / draws).toBeGreaterThan(0.9)
    expect(held / draws).toBeLessThan(0.99)
    expect(heldByMean / draws).toBeLessThan(0.75)
  })
})

/** One user, many candidates: the scores of whole rows, however columns are split between the two, and the order of them. */
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { sparseFeature } from '../../../src/data/index.ts'
import type { Row } from '../../../src/data/index.ts'
import { cpu, cpu64, wasm } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { SharedBottom, SingleTask, cgc, mlMmoe } from '../../../src/models/index.ts'
import type { Model } from '../../../src/models/index.ts'
import { wasmThreads } from '../../../src/threads.ts'
import { adam, compilePredictor, fit } from '../../../src/training/index.ts'
import type { Predictor, RankOptions } from '../../../src/training/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'
import { feed, stir } from '../../models/feed.ts'
import { FEATURES, MODELS } from '../../serve/programs.ts'
import { ROWS } from '../../serve/rows.ts'

const some = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const weighed = <T>(of: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(of, fc.integer({ min: -3, max: 3 })), { maxLength: 5 }).map((pairs) => ({
    values: pairs.map(([value]) => value),
    weights: pairs.map(([, weight]) => weight / 4),
  }))

/** A whole row of `FEATURES`: one of `ROWS` in which much is drawn anew. */
const whole: fc.Arbitrary<Row> = fc
  .record({
    row: some(...ROWS),
    user: some('ann', 'bob', 'cem', 'eve', null),
    city: some('Bonn', 'Ulm', 'Jena', undefined),
    hour: fc.integer({ min: 0, max: 23 }),
    device: some('tv', 'phone', null),
    friends: fc.array(some('ann', 'cem', 'zoe'), { maxLength: 4 }),
    tagged: weighed(some('cats', 'dogs', 'rain')),
    watched: weighed(fc.integer({ min: 0, max: 6 })),
    minutes: fc.integer({ min: 0, max: 99 }),
    place: fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })),
    size: fc.option(fc.tuple(fc.option(fc.integer({ min: 0, max: 70 })), fc.integer({ min: 0, max: 70 }))),
  })
  .map(({ row, tagged, watched, ...drawn }) => ({
    ...row,
    ...drawn,
    tags: tagged.values,
    heat: tagged.weights,
    seen: watched.values,
    seconds: watched.weights,
  }))

const COLUMNS = Object.keys(ROWS[0])
const pick = (row: Row, wanted: (name: string) => boolean): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => wanted(name)))

/** A user and candidates, of columns that are split in any way but where a var-len list goes without its weights. */
const split = fc
  .record({
    users: fc.subarray(COLUMNS),
    rows: fc.array(whole, { minLength: 1, maxLength: 9 }),
    shuffled: fc.boolean(),
  })
  .map(({ users, rows, shuffled }) => {
    const [first] = rows
    // A list has as many weights in every row, so they stay together.
    const own = new Set(users)
    for (const [list, weights] of [
      ['tags', 'heat'],
      ['seen', 'seconds'],
    ])
      if (own.has(list)) own.add(weights)
      else own.delete(weights)
    const user = pick(first, (name) => own.has(name))
    const candidates = rows.map((row) => pick(row, (name) => !own.has(name)))
    return { user: shuffled ? Object.fromEntries(Object.entries(user).reverse()) : user, candidates }
  })

const layers = {
  features: FEATURES,
  taskNames: ['like', 'stay'],
  taskTypes: ['binary', 'regression'],
  expertDnnHiddenUnits: [9, 6],
  initStd: 0.3,
} as const
const ZOO: Readonly<Record<string, () => Model>> = {
  ...MODELS,
  CGC: () => stir(cgc(layers)),
  'multi-level MMoE': () => stir(mlMmoe({ ...layers, numExperts: 2 })),
}
const threaded = await wasmThreads({ bytes: 2 ** 24, threads: 2, worthwhile: 0 })
afterAll(threaded.release)
const BACKENDS: readonly Backend[] = [cpu, wasm({ bytes: 2 ** 25 }), threaded]
const WEIGHTS = ['float32', 'bfloat16', 'int8'] as const

/**
 * As near as sums of another order are: parameters that were stirred make sums of tens that cancel, of which float32 has
 * no more than five digits.
 */
const near = (a: number, b: number): void => {
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(b)))
}

/** What `score` says of whole rows, one by one. */
const scored = (predictor: Predictor, user: Row, candidates: readonly Row[]) =>
  candidates.map((candidate) => ({ ...predictor.score({ ...user, ...candidate }) }))

describe.each(Object.keys(ZOO))('rank of %s', (name) => {
  it.each(WEIGHTS)('gives the scores of whole rows in %s, however columns are split, on every backend', (weights) => {
    const model = ZOO[name]()
    for (const backend of BACKENDS) {
      const predictors = [1, 4].map((rows) => compilePredictor(model, { weights, rows, backend }))
      const [one] = predictors
      fc.assert(
        fc.property(split, ({ user, candidates }) => {
          const alone = scored(one, user, candidates)
          for (const predictor of predictors) {
            const expected = scored(predictor, user, candidates)
            const [output] = Object.keys(expected[0])
            const ranked = predictor.rank(user, candidates, { by: output })
            expect(ranked).toHaveLength(candidates.length)
            for (const { index, score, scores } of ranked) {
              // In float32 the user's part of the first sums is taken apart; else they are the same bits.
              if (weights !== 'float32') expect(scores).toEqual(expected[index])
              expect(score).toBe(scores[output])
              for (const each of Object.keys(scores)) near(scores[each], expected[index][each])
              for (const each of Object.keys(scores)) near(scores[each], alone[index][each])
            }
          }
        }),
        { seed: seedOfRun(), numRuns: 6 },
      )
      for (const predictor of predictors) predictor.release()
    }
  })

  it('gives a candidate the same bits whoever is beside it, and however many are scored at once', () => {
    const model = ZOO[name]()
    for (const backend of BACKENDS) {
      const predictors = [1, 4, 7].map((rows) => compilePredictor(model, { rows, backend }))
      const [one] = predictors
      fc.assert(
        fc.property(split, ({ user, candidates }) => {
          const by = Object.keys(one.predictions)[0]
          const alone = candidates.map((candidate) => one.rank(user, [candidate], { by })[0].scores)
          for (const predictor of predictors)
            for (const { index, scores } of predictor.rank(user, candidates, { by }))
              expect(scores).toEqual(alone[index])
        }),
        { seed: seedOfRun(), numRuns: 4 },
      )
      for (const predictor of predictors) predictor.release()
    }
  })
})

/** A model that says what a row's one number is. */
const features = [sparseFeature('user', { vocabularySize: 9 }), sparseFeature('video', { vocabularySize: 9 })]
const model = (): Model =>
  stir(new SharedBottom({ features, taskNames: ['like', 'stay'], taskTypes: ['binary', 'regression'], initStd: 0.5 }))
const predictor = compilePredictor(model(), { rows: 4, backend: cpu })
const videos = Array.from({ length: 30 }, (_, at) => ({ video: (at * 5) % 9 }))
const user = { user: 3 }
const order = (options: RankOptions): readonly number[] =>
  predictor.rank(user, videos, options).map(({ index }) => index)
/** By a sort that is known to be stable. */
const expectedOrder = (value: (scores: Readonly<Record<string, number>>) => number): readonly number[] => {
  const values = scored(predictor, user, videos).map(value)
  return videos.map((_, index) => index).sort((a, b) => values[b] - values[a])
}

describe('candidates come', () => {
  it('sorted by an output, the first of equal ones first', () => {
    expect(order({ by: 'stay' })).toEqual(expectedOrder(({ stay }) => stay))
    expect(order({ by: 'stay' })).not.toEqual(expectedOrder(({ like }) => like))
    // There are 30 of 9 kinds.
    expect(new Set(scored(predictor, user, videos).map(({ like }) => like)).size).toBeLessThan(10)
  })

  it('sorted by a function of scores, which may be NaN and infinite', () => {
    expect(order({ by: ({ like, stay }) => like * stay })).toEqual(expectedOrder(({ like, stay }) => like * stay))
    const values = [NaN, 1, Infinity, -Infinity, NaN, Infinity, 1]
    const found = predictor.rank(user, videos.slice(0, 7), { by: () => values[next++] })
    expect(found.map(({ index }) => index)).toEqual([2, 5, 1, 6, 3, 0, 4])
    expect(found.map(({ score }) => score)).toEqual([Infinity, Infinity, 1, 1, -Infinity, NaN, NaN])
  })
  let next = 0

  it('sorted by the product of powers that weights by output are', () => {
    const power = predictor.rank(user, videos, { by: { like: 2, stay: -1 } })
    expect(power.map(({ index }) => index)).toEqual(expectedOrder(({ like, stay }) => like ** 2 / stay))
    for (const { score, scores } of power) expect(score).toBeCloseTo(scores.like ** 2 / scores.stay, 9)
    expect(order({ by: { like: 1 } })).toEqual(order({ by: 'like' }))
  })

  it('the best of them alone, and as many as there are', () => {
    expect(order({ by: 'like', top: 5 })).toEqual(order({ by: 'like' }).slice(0, 5))
    expect(order({ by: 'like', top: 99 })).toHaveLength(30)
    expect(predictor.rank(user, [], { by: 'like' })).toEqual([])
  })

  it('with scores that later calls leave alone', () => {
    const [first] = predictor.rank(user, videos, { by: 'like' })
    const kept = { ...first.scores }
    predictor.rank({ user: 8 }, videos, { by: 'like' })
    expect(first.scores).toEqual(kept)
  })
})

it('what a model learns later is ranked by at once, and other columns of a user are met anew', async () => {
  const learning = stir(new SingleTask({ features: feed(1).features, taskNames: ['click'], taskTypes: ['binary'] }))
  const own = compilePredictor(learning, { rows: 2 })
  const row = { age: 1, history: [1], user: 2, tags: [], tagWeights: [], item: 3, topics: [1], place: [0, 1] }
  const { item, ...rest } = row
  const [before] = own.rank(rest, [{ item }], { by: 'click' })
  await fit(learning, { data: feed(30), epochs: 2, optimizer: adam({ learningRate: 0.1 }) })
  const [after] = own.rank(rest, [{ item }], { by: 'click' })
  expect(after.score).not.toBe(before.score)
  expect(after.score).toBe(own.score(row).click)
  const { age, ...others } = row
  expect(own.rank({ age }, [others], { by: 'click' })[0].score).toBe(after.score)
  own.release()
})

it('a list of the user may have weights of candidates', () => {
  const own = compilePredictor(MODELS.PLE(), { rows: 2, backend: cpu })
  const { heat, ...rest } = ROWS[0]
  const watcher = { ...rest, tags: ['a', 'b'] }
  const heats = [{ heat: [1, 2] }, { heat: [-3, 4] }, { heat: [0.5, 0.5] }]
  const expected = scored(own, watcher, heats)
  expect(new Set(expected.map(({ like }) => like)).size).toBe(3)
  for (const { index, scores } of own.rank(watcher, heats, { by: 'like' })) expect(scores).toEqual(expected[index])
  own.release()
})

it('a model in float64 is ranked by all of its digits', () => {
  const exact = stir(
    new SharedBottom({ features, taskNames: ['like', 'stay'], taskTypes: ['binary', 'binary'], backend: cpu64 }),
  )
  const own = compilePredictor(exact, { rows: 3, backend: cpu64 })
  const [{ score, index }] = own.rank(user, videos, { by: 'like' })
  expect(score).toBe(own.score({ ...user, ...videos[index] }).like)
  expect(Math.fround(score)).not.toBe(score)
})

describe('rank refuses', () => {
  it.each<readonly [unknown, unknown, unknown, string]>([
    [5, [], { by: 'like' }, 'rank: expected the user to be an object of values by column but got 5'],
    [user, {}, { by: 'like' }, 'rank: expected the candidates to be a list but got an empty object'],
    [user, [7], { by: 'like' }, 'rank: expected a candidate to be an object of values by column but got 7'],
    [
      user,
      videos,
      {},
      'rank: expected by to be an output, weights by output or a function of scores but got undefined',
    ],
    [
      user,
      videos,
      { by: {} },
      'rank: expected by to be an output, weights by output or a function of scores but got an empty object',
    ],
    [user, videos, { by: 'lik' }, "rank: expected by among like, stay but got 'lik', did you mean 'like'?"],
    [user, videos, { by: { stayy: 1 } }, "rank: expected by among like, stay but got 'stayy', did you mean 'stay'?"],
    [user, videos, { by: { stay: NaN } }, "rank: expected the weight of 'stay' to be a finite number but got NaN"],
    [user, videos, { by: () => '1' }, "rank: expected by to give a number but got '1'"],
    [user, videos, { by: 'like', top: 0 }, 'rank: expected top to be an integer of at least 1 but got 0'],
    [user, videos, { by: 'like', tops: 1 }, "rank: expected options among by, top but got 'tops', did you mean 'top'?"],
    [
      { user: 3, video: 2 },
      videos,
      { by: 'like' },
      "rank: expected column 'video' of the user or of candidates but got it of both: because a row has one of each name",
    ],
    [{}, videos, { by: 'like' }, "rank: expected a column 'user' but got none: because feature 'user' reads it"],
    [
      user,
      [{ vido: 2 }],
      { by: 'like' },
      "rank: expected a column 'video' but got none: because feature 'video' reads it, did you mean 'vido'?",
    ],
    [
      user,
      [{ video: 2, label: 1 }],
      { by: 'like' },
      "rank: expected columns of features but got 'label': because no feature reads it",
    ],
    [
      { usr: 3 },
      [],
      { by: 'like' },
      "rank: expected columns of features but got 'usr': because no feature reads it, did you mean 'user'?",
    ],
    [
      { user: 9 },
      videos,
      { by: 'like' },
      "rank, of the user: expected column 'user' to hold integer ids from 0 to 8 but got 9 at row 0: because its table has 9 rows",
    ],
    [
      user,
      [...videos.slice(0, 6), { video: -1 }],
      { by: 'like' },
      "rank: expected column 'video' to hold integer ids from 0 to 8 but got -1 at row 6: because its table has 9 rows",
    ],
  ])('case %#', (given, candidates, options, message) => {
    expect(() => predictor.rank(given as never, candidates as never, options as never)).toThrow(new RangeError(message))
  })

  it('what was released', () => {
    const own = compilePredictor(model(), { backend: cpu })
    own.release()
    expect(() => own.rank(user, videos, { by: 'like' })).toThrow(/released/)
  })
})

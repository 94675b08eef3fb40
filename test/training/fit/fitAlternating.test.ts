/** Training in turns: what a turn moves, what it leaves alone, whose turn it is, and what it refuses. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, fitVocabulary, sparseFeature } from '../../../src/data/index.ts'
import type { Dataset } from '../../../src/data/index.ts'
import { PLE, SharedBottom, SingleTask, parameters, saveState } from '../../../src/models/index.ts'
import type { Model, State } from '../../../src/models/index.ts'
import { adam, fit, fitAlternating, sgd, uncertainty } from '../../../src/training/index.ts'
import type { FitAlternatingOptions, Progress, Turn } from '../../../src/training/index.ts'
import { completed } from '../../../src/training/fit/completed.ts'
import { inRatio } from '../../../src/training/fit/turns.ts'
import { FEATURES, TASKS, TYPES, feed } from '../../models/feed.ts'

const [A, B] = ['click', 'click_buy_price'] as const
const BARE = {
  features: FEATURES,
  taskNames: TASKS,
  taskTypes: TYPES,
  towerDnnHiddenUnits: [3],
  initStd: 0.1,
  dnnUseBn: true,
  dnnDropout: 0.2,
} as const
const OPTIONS = { ...BARE, expertDnnHiddenUnits: [4] }
const BOTTOM = { ...BARE, bottomDnnHiddenUnits: [4] }

const rowsOfA = feed(22)
const rowsOfB = feed(17, 5)
const turn = (task: string, data: Dataset, given: Partial<Turn> = {}): Turn => ({
  data,
  tasks: [task],
  batchSize: 5,
  optimizer: adam({ learningRate: 0.01 }),
  ...given,
})

const changed = (a: State, b: State): string[] =>
  Object.keys(a).filter((path) => Array.from(a[path]).some((value, at) => !Object.is(value, b[path][at])))

/** Whose parts a path belongs to: `experts.click.0` is click's, and not click_buy's. */
const belongsTo = (path: string, task: string): boolean => path.split('.').includes(task)

const MODELS: Readonly<Record<string, () => Model>> = {
  'PLE of one level': () => new PLE({ ...OPTIONS, numLevels: 1 }),
  'PLE of two levels': () => new PLE({ ...OPTIONS, numLevels: 2 }),
  'shared-bottom': () => new SharedBottom(BOTTOM),
  'single task': () => new SingleTask(BOTTOM),
}

describe.each(Object.entries(MODELS))('100 steps of one task on %s', (_, build) => {
  it('move its tower and what is shared, and leave the towers and running statistics of others bit-identical', async () => {
    const model = build()
    const before = saveState(model)
    await fitAlternating(model, {
      turns: { a: turn(A, rowsOfA), b: turn(B, rowsOfB) },
      order: () => 'a',
      stepsPerEpoch: 100,
    })
    const moved = changed(before, saveState(model))
    const ofTowers = (task: string): readonly string[] =>
      moved.filter((path) => path.startsWith(`towers.${task}.`) || path.startsWith(`networks.${task}.`))
    expect(ofTowers(A).length).toBeGreaterThan(4)
    expect(ofTowers(A).some((path) => path.includes('runningMean'))).toBe(true)
    expect([...ofTowers(B), ...ofTowers('click_buy')]).toEqual([])
    if (!(model instanceof SingleTask)) expect(moved.some((path) => path.startsWith('embedding.'))).toBe(true)
  })
})

it('one level of another task’s experts and gates stays as it is too', async () => {
  const model = MODELS['PLE of one level']()
  const before = saveState(model)
  await fitAlternating(model, { turns: { a: turn(A, rowsOfA) }, stepsPerEpoch: 20 })
  const moved = changed(before, saveState(model))
  expect(moved.filter((path) => belongsTo(path, B) || belongsTo(path, 'click_buy'))).toEqual([])
  expect(moved.some((path) => path.startsWith('levels.0.experts.shared.'))).toBe(true)
})

it('a turn’s optimizer does not notice the steps of another: as if they had not been', async () => {
  const run = async (steps: readonly string[], undo: boolean): Promise<State> => {
    const model = new PLE({ ...OPTIONS, numLevels: 2 })
    let kept: State = {}
    const onBatch = ({ step }: Progress): void => {
      if (step === 5) kept = saveState(model)
      // What task a did to shared parts is undone; what its 100 steps did to b's optimizer would stay.
      if (undo && step === 105)
        for (const [path, parameter] of Object.entries(parameters(model))) parameter.assign(kept[path])
    }
    await fitAlternating(model, {
      turns: { a: turn(A, rowsOfA), b: turn(B, rowsOfB) },
      order: (step) => steps[step],
      stepsPerEpoch: steps.length,
      onBatch,
    })
    return saveState(model)
  }
  const b = (times: number): string[] => Array.from({ length: times }, () => 'b')
  const a = Array.from({ length: 100 }, () => 'a')
  expect(changed(await run([...b(5), ...a, ...b(6)], true), await run(b(11), false))).toEqual([])
  expect(changed(await run([...b(5), ...a, ...b(6)], false), await run(b(11), false))).not.toEqual([])
})

it('one turn with all tasks is what fit does, bit by bit', async () => {
  const [inTurns, jointly] = [new PLE(OPTIONS), new PLE(OPTIONS)]
  const settings = { batchSize: 5, clipNorm: 1, seed: 3 }
  await fitAlternating(inTurns, { turns: { all: { data: rowsOfA, optimizer: adam(), ...settings } }, epochs: 2 })
  await fit(jointly, { data: rowsOfA, epochs: 2, optimizer: adam(), ...settings })
  expect(changed(saveState(inTurns), saveState(jointly))).toEqual([])
})

it('compiled and op by op move alike', async () => {
  const run = async (options: Partial<FitAlternatingOptions>): Promise<State> => {
    const model = new PLE({ ...OPTIONS, dnnUseBn: false })
    await fitAlternating(model, { turns: { a: turn(A, rowsOfA), b: turn(B, rowsOfB, { batchSize: 4 }) }, ...options })
    return saveState(model)
  }
  const [compiled, eager] = [await run({}), await run({ compiled: false })]
  for (const path of Object.keys(eager))
    Array.from(eager[path]).forEach((value, at) => expect(compiled[path][at]).toBeCloseTo(value, 4))
})

it('each turn has a data set, batch size, optimizer, rate and strategy of its own', async () => {
  const told: Progress[] = []
  const optimizers = [adam({ learningRate: (step) => 0.01 / (1 + step) }), sgd()]
  const strategy = uncertainty()
  const history = await fitAlternating(new PLE(OPTIONS), {
    turns: {
      a: turn(A, rowsOfA, { optimizer: optimizers[0], batchSize: 11 }),
      b: { data: rowsOfB, tasks: ['click_buy', B], optimizer: optimizers[1], batchSize: 6, strategy },
    },
    order: 'proportional',
    epochs: 2,
    onBatch: (progress) => void told.push(progress),
  })
  // 22 rows by 11 and 17 by 6: 2 and 3 batches to an epoch.
  expect(told.map((progress) => progress.turn)).toEqual(['b', 'a', 'b', 'a', 'b', 'b', 'a', 'b', 'a', 'b'])
  expect(optimizers.map(({ steps }) => steps)).toEqual([4, 6])
  expect(told.map(({ losses }) => Object.keys(losses).length)).toEqual([2, 1, 2, 1, 2, 2, 1, 2, 1, 2])
  expect(Object.keys(strategy.logVariances)).toEqual(['click_buy', B])
  expect(history.optimizer).toBe('a: adam, b: sgd')
  expect(history.epochs[0].learningRate).toBe(0.01)
  expect(Object.keys(history.epochs[0].losses)).toEqual(['click_buy', B, A])
})

it('a metric that is not defined is left out of the score, and a score of nothing is refused before a step', async () => {
  const ones = rowsOfA.select([...rowsOfA.labels.click.keys()].filter((row) => rowsOfA.labels.click[row] === 1))
  const turns = (validation: Partial<Turn>) => ({
    a: turn(A, rowsOfA, { validation: ones }),
    b: turn(B, rowsOfB, validation),
  })
  const options = { epochs: 2, stepsPerEpoch: 3 }
  const model = new SharedBottom(BOTTOM)
  const before = saveState(model)
  await expect(fitAlternating(model, { turns: turns({}), ...options })).rejects.toThrow(
    `fitAlternating: expected validation labels that a score is defined by but got auc of 'click' over ${ones.rows} rows: because`,
  )
  expect(changed(before, saveState(model))).toEqual([])
  const { epochs, best } = await fitAlternating(model, { turns: turns({ validation: feed(9, 8) }), ...options })
  for (const { score, validation } of epochs) expect(score).toBe(-validation![B].mse)
  expect(best).toBeGreaterThan(0)
})

it('the best epoch is chosen by the scores of every turn’s own validation rows', async () => {
  const validation = feed(15, 23)
  const history = await fitAlternating(new PLE(OPTIONS), {
    turns: { a: turn(A, rowsOfA, { validation }), b: turn(B, rowsOfB, { validation: feed(9, 8) }) },
    metrics: { [B]: ['mae'] },
    epochs: 3,
  })
  const [{ validation: scores }] = history.epochs
  expect(Object.keys(scores?.[A] ?? {})).toEqual(['auc', 'logLoss'])
  expect(Object.keys(scores?.[B] ?? {})).toEqual(['mae'])
  expect(
    history.epochs.map(({ score }) => score).indexOf(Math.max(...history.epochs.map(({ score = 0 }) => score))),
  ).toBe((history.best ?? 0) - 1)
})

it('moves only what a turn may move, where it says so', async () => {
  const model = new SharedBottom({ ...BOTTOM, dnnUseBn: false })
  const before = saveState(model)
  await fitAlternating(model, { turns: { a: turn(A, rowsOfA, { moves: /^towers\./ }) } })
  const moved = changed(before, saveState(model))
  expect(moved.length).toBeGreaterThan(2)
  expect(moved.every((path) => path.startsWith(`towers.${A}.`))).toBe(true)
})

describe('features of its own', () => {
  const words = ['red', 'green', 'blue']
  const own = sparseFeature('colour', { vocabulary: fitVocabulary(words), dimension: 2 })
  const features = [...FEATURES, own]

  it('a feature that a turn’s data lacks is missing in all its rows', async () => {
    const model = new PLE({ ...OPTIONS, features, l2RegEmbedding: 0 })
    const before = saveState(model)
    await fitAlternating(model, { turns: { a: turn(A, rowsOfA) } })
    const table = 'embedding.tables.colour'
    const after = saveState(model)
    const rows = Array.from({ length: own.vocabularySize }, (_, row) => row)
    const moved = rows.filter((row) => [0, 1].some((at) => after[table][2 * row + at] !== before[table][2 * row + at]))
    expect(moved).toEqual([0])
  })

  it('is what a missing number becomes, and an indicator of 1, where it is scaled', () => {
    const scaling = { missing: [3, 5], indicator: true, mean: [1, 1], deviation: [4, 2] }
    const lacking = [
      denseFeature('size', { dimension: 2, scaling }),
      denseFeature('height', { scaling: { mean: [7] } }),
      sparseFeature('cost', { edges: [1, 2] }),
    ]
    const { numbers, ids } = completed('test', rowsOfA, [...FEATURES, ...lacking])
    const missing = dataset({ features: [lacking[0]], columns: { size: [null] } }).numbers.size
    expect([...missing]).toEqual([0.5, 2, 1, 1])
    expect([...numbers.size]).toEqual(Array.from({ length: rowsOfA.rows }, () => [...missing]).flat())
    expect(new Set(numbers.height)).toEqual(new Set([0]))
    expect(new Set(ids.cost)).toEqual(new Set([0]))
  })

  it('is refused where its ids are given, for 0 is one of them', async () => {
    const given = sparseFeature('colour', { vocabularySize: 3, dimension: 2 })
    const model = new PLE({ ...OPTIONS, features: [...FEATURES, given] })
    const before = saveState(model)
    await expect(fitAlternating(model, { turns: { a: turn(A, rowsOfA) } })).rejects.toThrow(
      "fitAlternating, turn 'a': expected feature 'colour' in the data, or one with a vocabulary, edges or hash buckets, but got none",
    )
    expect(changed(before, saveState(model))).toEqual([])
  })
})

describe('whose turn it is', () => {
  it('keeps to the ratios at every moment, within one turn', () => {
    const ratios = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(ratios, fc.integer({ min: 1, max: 200 }), (given, steps) => {
        const total = given.reduce((sum, ratio) => sum + ratio, 0)
        const turns = inRatio(Object.fromEntries(given.map((ratio, index) => [`t${index}`, ratio])))
        const counts = given.map(() => 0)
        for (let step = 1; step <= steps; step++) {
          counts[Number(turns.next().value.slice(1))]++
          given.forEach((ratio, index) =>
            expect(Math.abs(counts[index] - (step * ratio) / total)).toBeLessThan(given.length),
          )
        }
      }),
    )
  })

  it.each([
    ['roundRobin', 'a b a b a b a'],
    [{ a: 2, b: 1 }, 'a b a a b a a'],
    [(step: number) => (step < 5 ? 'b' : 'a'), 'b b b b b a a'],
  ] as const)('%j', async (order, expected) => {
    const told: string[] = []
    await fitAlternating(new SharedBottom(BOTTOM), {
      turns: { a: turn(A, rowsOfA), b: turn(B, rowsOfB) },
      order,
      stepsPerEpoch: 7,
      onBatch: (progress) => void told.push(progress.turn ?? '?'),
    })
    expect(told.join(' ')).toBe(expected)
  })
})

describe('what cannot be meant is refused before anything changes', () => {
  const shared = adam()
  const good = { a: turn(A, rowsOfA), b: turn(B, rowsOfB) }
  const cases: readonly (readonly [Partial<FitAlternatingOptions>, string])[] = [
    [{ turns: {} }, 'expected at least one turn but got none'],
    [
      { turns: { a: turn('views', rowsOfA) } },
      "turn 'a': expected tasks among click, click_buy, click_buy_price but got views",
    ],
    [
      { turns: { a: turn(A, rowsOfA, { batchSize: 0 }) } },
      "turn 'a': expected batchSize to be an integer of at least 1 but got 0",
    ],
    [
      { turns: { a: turn(A, rowsOfA, { optimizer: shared }), b: turn(B, rowsOfB, { optimizer: shared }) } },
      "expected each turn to have its own optimizer but 'b' has another's",
    ],
    [
      { turns: { a: turn(A, rowsOfA, { validation: rowsOfB }), b: turn(A, rowsOfB, { validation: rowsOfB }) } },
      "turn 'b': expected one validation set for 'click' but got a second",
    ],
    [{ order: { a: 1 } }, 'expected ratios of a, b but got a'],
    [{ order: { a: 1, b: 0 } }, "expected a ratio above 0 for 'b' but got 0"],
    [
      { order: 'random' as 'roundRobin' },
      "expected an order of roundRobin, proportional, ratios or a function but got 'random'",
    ],
    [{ stepsPerEpoch: 1.5 }, 'expected stepsPerEpoch to be an integer of at least 1 but got 1.5'],
    [{ patience: 1 }, 'expected validation data but got none'],
    [{ order: () => 'c' }, "expected a turn of a, b but got 'c' at step 0"],
  ]
  it.each(cases)('%#: %j', async (options, message) => {
    const model = new PLE(OPTIONS)
    const before = saveState(model)
    await expect(fitAlternating(model, { turns: good, ...options })).rejects.toThrow(message)
    expect(changed(before, saveState(model))).toEqual([])
  })
})

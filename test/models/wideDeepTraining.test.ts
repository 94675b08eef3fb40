/** Wide & Deep as it is meant to be trained: each part by an optimizer of its own, in one step or in turns. */
import { describe, expect, it } from 'vitest'
import { batches, crossedFeature, dataset, sparseFeature } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import { WideDeep, saveState, trainable } from '../../src/models/index.ts'
import type { State, WideDeepOptions } from '../../src/models/index.ts'
import { adam, fit, fitAlternating, ftrl, parameterGroups, sgd } from '../../src/training/index.ts'
import type { FtrlOptions } from '../../src/training/index.ts'

/** All combinations of four users and four tabs, equally often. */
const ROWS = 512
const every = (rows: number, count: number): Int32Array =>
  Int32Array.from({ length: ROWS }, (_, row) => Math.floor(row / rows) % count)
const [user, tab] = [every(1, 4), every(4, 4)]

const FEATURES = [
  sparseFeature('user', { vocabularySize: 4, dimension: 2 }),
  sparseFeature('tab', { vocabularySize: 4, dimension: 2 }),
]
const CROSSED = crossedFeature(['user', 'tab'], { hashBuckets: 1000, dimension: 2 })

/** Clicks follow the combination alone: half of each user's, and of each tab's, rows have one. Likes follow nothing. */
const DATA = dataset({
  features: [...FEATURES, CROSSED],
  columns: { user, tab },
  labels: {
    click: Float32Array.from(user, (id, row) => (id + tab[row]) % 2),
    like: Float32Array.from(every(16, 2)),
  },
  tasks: { click: 'binary', like: 'binary' },
})

const modelOf = (options: Partial<WideDeepOptions> = {}): WideDeep =>
  new WideDeep({
    wideFeatures: [...FEATURES, CROSSED],
    deepFeatures: FEATURES,
    taskNames: ['click', 'like'],
    taskTypes: ['binary', 'binary'],
    bottomDnnHiddenUnits: [4],
    initStd: 0.1,
    l2RegLinear: 0,
    backend: cpu64,
    ...options,
  })

const changed = (before: State, after: State): string[] =>
  Object.keys(after).filter((path) => Array.from(after[path]).some((value, at) => value !== before[path][at]))
const pathsOf = (model: WideDeep, pattern: RegExp): string[] =>
  Object.keys(trainable(model)).filter((path) => pattern.test(path))

/** Trained jointly: wide weights by FTRL, the network by plain gradient descent at a rate, of which 0 leaves it alone. */
async function trained(config: FtrlOptions, learningRate = 0.1): Promise<WideDeep> {
  const model = modelOf()
  const optimizer = parameterGroups(model, [
    { paths: /^wide\./, optimizer: ftrl(config) },
    { optimizer: sgd({ learningRate }) },
  ])
  await fit(model, { data: DATA, batchSize: 64, epochs: 4, optimizer })
  return model
}

describe('a wide part that FTRL moves', () => {
  it('moves by it alone, and the network by the other optimizer alone', async () => {
    const before = saveState(modelOf())
    const still = await trained({ learningRate: 0.5 }, 0)
    expect(changed(before, saveState(still))).toEqual(pathsOf(still, /^wide\./))
    // Under an L1 that no sum of gradients reaches, wide weights never leave 0.
    const narrow = await trained({ learningRate: 0.5, l1: 1e6 })
    expect(changed(before, saveState(narrow))).toEqual(pathsOf(narrow, /^deep\./))
  })

  it('keeps, under L1, weights that tell something, and has exactly 0 for the others', async () => {
    const { click, like } = (await trained({ learningRate: 0.5, l1: 0.3 })).wide
    const seen = new Set(DATA.ids.user_x_tab)
    expect(seen.size).toBe(16)
    const kept = (wide: typeof click): readonly (readonly [string, number])[] =>
      Object.entries(wide.embedding?.tables ?? {}).map(([table, { values }]) => [
        table,
        [...values].filter((value) => value !== 0).length,
      ])
    expect(kept(click)).toEqual([
      ['user', 0],
      ['tab', 0],
      ['user_x_tab', 16],
    ])
    expect(kept(like)).toEqual([
      ['user', 0],
      ['tab', 0],
      ['user_x_tab', 0],
    ])
  })

  it('learns what combinations say, each by its sign', async () => {
    const model = await trained({ learningRate: 0.5 }, 0)
    const table = model.wide.click.embedding?.tables.user_x_tab.values ?? []
    DATA.ids.user_x_tab.forEach((id, row) => {
      expect(Math.sign(table[id])).toBe(DATA.labels.click[row] === 1 ? 1 : -1)
    })
    const [batch] = batches(DATA, { batchSize: ROWS, backend: cpu64 })
    const { click } = model.forward(batch).logits
    click.values.forEach((logit, row) => {
      expect(logit > 0).toBe(DATA.labels.click[row] === 1)
    })
  })
})

describe('the parts of Wide & Deep in turns', () => {
  const turns = () => ({
    wide: { data: DATA, batchSize: 64, optimizer: ftrl({ learningRate: 0.5 }), moves: /^wide\./ },
    deep: { data: DATA, batchSize: 64, optimizer: adam({ learningRate: 0.01 }), moves: /^deep\./ },
  })

  it.each(['wide', 'deep'] as const)('move in their own: only %s', async (part) => {
    const model = modelOf()
    const before = saveState(model)
    await fitAlternating(model, { turns: turns(), order: () => part, stepsPerEpoch: 5 })
    expect(changed(before, saveState(model))).toEqual(pathsOf(model, new RegExp(`^${part}\\.`)))
  })

  it('of one task move nothing of the other', async () => {
    const model = modelOf()
    const before = saveState(model)
    const { wide, deep } = turns()
    const tasks = ['click']
    await fitAlternating(model, { turns: { wide: { ...wide, tasks }, deep: { ...deep, tasks } }, stepsPerEpoch: 10 })
    expect(changed(before, saveState(model))).toEqual(
      pathsOf(model, /^wide\.click\.|^deep\.(embedding|layers|towers\.click)\./),
    )
  })

  it('learn what they learn together', async () => {
    const model = modelOf()
    const { epochs } = await fitAlternating(model, { turns: turns(), epochs: 6 })
    const losses = epochs.map(({ losses: { click } }) => click)
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
    expect(losses[5]).toBeLessThan(losses[0] / 2)
  })
})

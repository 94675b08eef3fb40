/** The study behind `npm start`, on a feed of a few hundred rows: what it measures, and that it stops when told. */
import { beforeAll, describe, expect, it } from 'vitest'
import { FIVE } from '../../../cli/compare/models.ts'
import { study } from '../../../cli/compare/study.ts'
import type { Settings, Study } from '../../../cli/compare/study.ts'
import { metricOf } from '../../../cli/compare/metric.ts'
import { spread } from '../../../cli/compare/spread.ts'
import { summarize } from '../../../cli/compare/summary.ts'
import { multiTaskGain } from '../../../src/metrics.ts'
import { tinyFeed } from './tinyFeed.ts'

const feed = tinyFeed()
const settings: Settings = {
  models: [...FIVE],
  strategy: 'fixedWeights',
  seeds: [11, 23],
  epochs: 2,
  batchSize: 64,
  compiled: true,
}

describe('a study', () => {
  let done: Study
  beforeAll(async () => {
    done = await study(feed, settings)
  })

  it('runs every model with every seed', () => {
    expect(done.runs.map(({ model, seed }) => `${model} ${seed}`)).toEqual(
      settings.seeds.flatMap((seed) => settings.models.map((model) => `${model} ${seed}`)),
    )
    expect(done.aborted).toBe(false)
  })

  it('tells what ran', () => {
    expect(done.ran).toMatchObject({ node: process.version, optimizer: 'adam', strategy: 'fixed weights' })
    expect(done.ran.backend).toMatch(/^wasm-/)
    for (const { parameters, seconds, history } of done.runs) {
      expect(parameters).toBeGreaterThan(100)
      expect(seconds).toBeGreaterThan(0)
      expect(history.epochs).toHaveLength(settings.epochs)
    }
  })

  it('counts rows, labels and features', () => {
    const [train] = done.card.splits
    expect(train).toMatchObject({ name: 'train', rows: 200, labels: { vtr: { rows: 200 }, vcr: { rows: 180 } } })
    expect(train.labels.vtr.mean).toBe(feed.train.labels.vtr.reduce((total, label) => total + label) / 200)
    expect(done.card.features.map(({ name }) => name)).toEqual(['user', 'video', 'length'])
  })

  it('has gates that share out a weight of 1, for each level', () => {
    const levels = Object.fromEntries(done.runs.map(({ model, gates }) => [model, gates.length]))
    expect(levels).toEqual({ 'single-task': 0, 'shared-bottom': 0, mmoe: 1, cgc: 1, ple: 2 })
    for (const { mean } of done.runs.flatMap(({ gates }) => gates.flatMap((level) => Object.values(level))))
      expect(mean.reduce((total, weight) => total + weight)).toBeCloseTo(1, 5)
  })

  it('bins all test rows that have a label', () => {
    for (const { reliability } of done.runs) {
      expect(reliability.vtr.bins.reduce((total, { count }) => total + count, 0)).toBe(200)
      expect(reliability.vcr.bins.reduce((total, { count }) => total + count, 0)).toBe(180)
      expect(reliability.vcr.bins.map(({ meanPrediction }) => meanPrediction)).toEqual(
        reliability.vcr.bins.map(({ meanPrediction }) => meanPrediction).sort((a, b) => a - b),
      )
    }
  })

  it('looks at each model of the first seed, epoch by epoch', () => {
    for (const { model, seed, insight, gates } of done.runs) {
      if (seed !== settings.seeds[0]) {
        expect(insight).toBeUndefined()
        continue
      }
      expect(insight?.looks.map(({ epoch }) => epoch)).toEqual([1, 2])
      expect(insight?.weights).toEqual([])
      for (const look of insight?.looks ?? []) {
        expect(look.gates).toHaveLength(gates.length)
        if (model === 'single-task') expect(look.conflicts).toBeUndefined()
        else expect(Math.abs(look.conflicts?.cosines.vtr.vcr ?? NaN)).toBeLessThanOrEqual(1)
      }
    }
  })

  it('trains as if nobody had looked, and sees weights that move', async () => {
    const alone = { ...settings, models: ['ple'], strategy: 'uncertainty' }
    const of = async (seeds: readonly number[]) => (await study(feed, { ...alone, seeds })).runs
    const [looked] = await of([11])
    const [, unseen] = await of([23, 11])
    expect(looked.test).toEqual(unseen.test)
    const weights = looked.insight?.weights ?? []
    expect(weights.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(new Set(weights.map((each) => each.weights.vtr)).size).toBeGreaterThan(1)
  })

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(done))).toEqual(done)
  })

  it('is summed up by gains within a seed, the single task having none', () => {
    const lines = summarize(done)
    expect(lines.map(({ model }) => model)).toEqual(settings.models)
    expect(lines[0].tasks.vtr.gain).toBeUndefined()
    const test = (model: string, seed: number): number =>
      done.runs.find((run) => run.model === model && run.seed === seed)?.test.vcr.mse ?? NaN
    const gains = settings.seeds.map((seed) => multiTaskGain(test('ple', seed), test('single-task', seed), 'mse'))
    expect(lines[4].tasks.vcr.gain).toEqual(spread(gains))
  })
})

it('a metric is chosen by the kind of task', () => {
  expect([metricOf('binary'), metricOf('regression')]).toEqual(['auc', 'mse'])
})

it('a spread is the sample deviation, and none of one value', () => {
  expect(spread([3])).toEqual({ mean: 3 })
  expect(spread([1, 3])).toEqual({ mean: 2, deviation: Math.SQRT2 })
})

describe('a study that is stopped', () => {
  it('keeps what had finished an epoch', async () => {
    const controller = new AbortController()
    const stopAt = (model: string) => ({
      onStart: ({ model: started }: { readonly model: string }) => {
        if (started === model) controller.abort()
      },
    })
    const done = await study(feed, { ...settings, seeds: [1] }, stopAt('mmoe'), controller.signal)
    expect(done.aborted).toBe(true)
    expect(done.runs.map(({ model }) => model)).toEqual(['single-task', 'shared-bottom'])
  })

  it('keeps a model that lacks an epoch, and says so', async () => {
    const controller = new AbortController()
    const done = await study(
      feed,
      { ...settings, models: ['cgc', 'ple'], seeds: [1] },
      { onEpoch: () => controller.abort() },
      controller.signal,
    )
    expect(done.runs.map(({ model }) => model)).toEqual(['cgc'])
    expect(summarize(done)).toMatchObject([{ model: 'cgc', short: true }])
  })

  it('has nothing to tell if it never began', async () => {
    const done = await study(feed, settings, {}, AbortSignal.abort())
    expect(done).toMatchObject({ runs: [], aborted: true })
  })
})

/** The score that is a gain over a baseline: what it adds up, what it refuses, and which epoch it keeps. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature } from '../../../src/data/index.ts'
import type { Dataset } from '../../../src/data/index.ts'
import { PLE } from '../../../src/models/index.ts'
import { stream } from '../../../src/tensor/index.ts'
import { adam, evaluate, fit, gainScore } from '../../../src/training/index.ts'
import type { Scores } from '../../../src/training/index.ts'

const baseline = { click: { auc: 0.8, logLoss: 0.4 }, price: { mse: 2, mae: 1 } }

describe('a gain score', () => {
  it('is the mean over tasks of relative gains, AUC up and MSE down', () => {
    const score = gainScore(baseline)
    expect(score({ click: { auc: 0.84, logLoss: 9 }, price: { mse: 1.5, mae: 9 } })).toBeCloseTo((0.05 + 0.25) / 2, 14)
    expect(score({ click: { auc: 0.76 }, price: { mse: 3 } })).toBeCloseTo((-0.05 - 0.5) / 2, 14)
    expect(score(baseline)).toBe(0)
  })

  it('is, where it is not relative, in the units of the metrics', () => {
    const score = gainScore(baseline, { relative: false })
    expect(score({ click: { auc: 0.84 }, price: { mse: 1.5 } })).toBeCloseTo((0.04 + 0.5) / 2, 14)
    expect(gainScore({ price: { mse: 0 } }, { relative: false })({ price: { mse: 1 } })).toBe(-1)
  })

  it('compares the first metric of the baseline, wherever the scores have it', () => {
    const score = gainScore({ click: { logLoss: 0.4, auc: 0.8 } })
    expect(score({ click: { auc: 0.1, logLoss: 0.2 } })).toBeCloseTo(0.5, 14)
  })

  it('leaves out a metric that is not defined, and is NaN where none is', () => {
    const score = gainScore(baseline)
    expect(score({ click: { auc: NaN }, price: { mse: 1 } })).toBe(
      gainScore({ price: baseline.price })({ price: { mse: 1 } }),
    )
    expect(score({ click: { auc: NaN }, price: { mse: NaN } })).toBeNaN()
  })

  it('refuses a baseline that nothing can be compared with', () => {
    expect(() => gainScore({})).toThrow('gainScore: expected a baseline of at least one task but got none')
    expect(() => gainScore({ click: {} })).toThrow(
      "gainScore: expected a first metric of 'click' among auc, logLoss, mse, mae, rmse, accuracy, poissonDeviance but got none",
    )
    expect(() => gainScore({ click: { gauc: 0.5 } })).toThrow('but got gauc')
    expect(() => gainScore({ click: { auc: NaN } })).toThrow(
      "gainScore: expected a finite auc of 'click' other than 0 but got NaN: because gains are against it",
    )
    expect(() => gainScore({ price: { mse: 0 } })).toThrow(RangeError)
    expect(() => gainScore({ price: { mse: Infinity } }, { relative: false })).toThrow(RangeError)
  })

  it('refuses scores of a task or metric that only one side has', () => {
    const score = gainScore(baseline)
    expect(() => score({ ...baseline, share: { auc: 0.5 } })).toThrow(
      "gainScore: expected scores of click, price but got 'share'",
    )
    expect(() => score({ click: { auc: 0.5 } })).toThrow("gainScore: expected mse of 'price' but got none")
    expect(() => score({ click: { logLoss: 0.5 }, price: { mse: 1 } })).toThrow(RangeError)
  })
})

/** Clicks are noisy, so that a model soon knows them too well; prices are a line, which it goes on learning. */
function shop(rows: number, seed: number): Dataset {
  const random = stream(seed)
  const x = Float64Array.from({ length: rows * 6 }, (_, at) => random.normal(at))
  const of = (row: number): number => x[row * 6] + x[row * 6 + 1]
  return dataset({
    features: [denseFeature('x', { dimension: 6 })],
    columns: { x },
    labels: {
      click: Float64Array.from({ length: rows }, (_, row) => Number(of(row) + 2 * random.normal(9000 + row) > 0)),
      price: Float64Array.from({ length: rows }, (_, row) => 5 * of(row)),
    },
    tasks: { click: 'binary', price: 'regression' },
  })
}

describe('training that is scored by gain', () => {
  const [data, validation] = [shop(60, 1), shop(400, 2)]
  const reference = { click: { auc: 0.6 }, price: { mse: 60 } }
  const gainOf = (scores: Scores): number => (scores.click.auc / 0.6 - 1 + (1 - scores.price.mse / 60)) / 2

  it('keeps the epoch of the best gain, not that of the least error of the task of large numbers', async () => {
    const model = new PLE({
      features: data.features,
      taskNames: ['click', 'price'],
      taskTypes: ['binary', 'regression'],
      expertDnnHiddenUnits: [8],
      towerDnnHiddenUnits: [4],
    })
    const optimizer = adam({ learningRate: 0.02 })
    const history = await fit(model, {
      data,
      validation,
      epochs: 60,
      batchSize: 10,
      optimizer,
      score: gainScore(reference),
      patience: 6,
    })
    const gains = history.epochs.map(({ validation: scores }) => gainOf(scores!))
    history.epochs.forEach(({ score }, at) => expect(score).toBeCloseTo(gains[at], 12))
    const best = 1 + gains.indexOf(Math.max(...gains))
    expect(history.best).toBe(best)
    expect(history.stopped).toBe('early')
    expect(history.epochs).toHaveLength(best + 6)
    expect(evaluate(model, validation)).toEqual(history.epochs[best - 1].validation)

    const sums = history.epochs.map(({ validation: scores }) => scores!.click.auc - scores!.price.mse)
    expect(sums.indexOf(Math.max(...sums))).toBeGreaterThan(best - 1)
  })
})

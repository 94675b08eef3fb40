/** What a row counts for: 0 is leaving it out, k is k copies of it, in losses, gradients, training and metrics. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gradients } from '../../src/autograd/index.ts'
import { batches, dataset, denseFeature, sparseFeature } from '../../src/data/index.ts'
import type { Dataset, SampleWeights } from '../../src/data/index.ts'
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import { ESMM, PLE, saveState, trainable } from '../../src/models/index.ts'
import type { Model } from '../../src/models/index.ts'
import {
  adam,
  auc,
  calibration,
  evaluate,
  fit,
  gauc,
  gaucOf,
  memoryStore,
  pcGrad,
  sgd,
  taskLosses,
  uncertainty,
} from '../../src/training/index.ts'
import type { Strategy } from '../../src/training/index.ts'
import { stream } from '../../src/tensor/index.ts'

const features = [sparseFeature('user', { vocabularySize: 5, dimension: 2 }), denseFeature('age')]
const random = stream(1)
const ROWS = 24
/** Rows of the feed, by number; a row that comes twice is there twice. */
function feedOf(rows: readonly number[], sampleWeights?: SampleWeights): Dataset {
  const label = (name: string) => (row: number) =>
    random.stream(name).uniform(1000 + row) < 0.2 ? NaN : random.stream(name).uniform(row) < 0.5 ? 1 : 0
  return dataset({
    features,
    columns: { user: rows.map((row) => row % 5), age: rows.map((row) => random.normal(row)) },
    labels: {
      like: rows.map(label('like')),
      share: rows.map(label('share')),
      price: rows.map((row) => random.stream('price').normal(row)),
    },
    ...(sampleWeights && { sampleWeights }),
  })
}
const all = Array.from({ length: ROWS }, (_, row) => row)

const build = (backend = cpu64): PLE =>
  new PLE({
    features,
    taskNames: ['like', 'share', 'price'],
    taskTypes: ['binary', 'binary', 'regression'],
    numLevels: 1,
    expertDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [3],
    initStd: 0.3,
    backend,
  })

function lossesAndGradients(model: Model, data: Dataset): readonly [Record<string, number>, number[]] {
  const [batch] = batches(data, { batchSize: data.rows, backend: cpu64 })
  const losses = taskLosses(model.forward(batch).logits, batch, model.tasks)
  const found = Object.values(losses).flatMap((loss) => gradients(loss, Object.values(trainable(model))))
  return [
    Object.fromEntries(Object.entries(losses).map(([task, loss]) => [task, loss.item()])),
    found.flatMap((gradient) => [...gradient.values]),
  ]
}

/** Equal, and NaN like NaN, but for the last digits of sums. */
function expectAlike(actual: number, expected: number, what = ''): void {
  if (Number.isNaN(expected)) expect(actual, what).toBeNaN()
  else expect(actual, what).toBeCloseTo(expected, 9)
}

const weightsOf = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: ROWS, maxLength: ROWS })

describe('a weight', () => {
  it('of 0 leaves a row out, and k is k copies: losses, gradients and metrics, in float64', () => {
    const model = build()
    fc.assert(
      fc.property(weightsOf, (weights) => {
        const copies = all.flatMap((row) => Array.from({ length: weights[row] }, () => row))
        fc.pre(copies.length > 0)
        const [weighted, copied] = [feedOf(all, weights), feedOf(copies)]
        const [losses, slopes] = lossesAndGradients(model, weighted)
        const [expected, expectedSlopes] = lossesAndGradients(model, copied)
        for (const task of Object.keys(losses)) expect(losses[task]).toBeCloseTo(expected[task], 12)
        slopes.forEach((slope, at) => expect(slope).toBeCloseTo(expectedSlopes[at], 12))
        const users = (rows: readonly number[]) => rows.map((row) => row % 5)
        const scores = evaluate(model, weighted, { users: users(all) })
        const expectedScores = evaluate(model, copied, { users: users(copies) })
        for (const task of Object.keys(scores))
          for (const [metric, value] of Object.entries(scores[task]))
            expectAlike(value, expectedScores[task][metric], `${task} ${metric}`)
      }),
      { numRuns: 40 },
    )
  })

  it('of 0 is exactly a row that is outside of the sample space', () => {
    const model = build()
    const weights = all.map((row) => (row % 3 === 0 ? 0 : 1))
    const outside = feedOf(all)
    const labels = Object.fromEntries(
      Object.entries(outside.labels).map(([task, values]) => [
        task,
        values.map((label, row) => (row % 3 === 0 ? NaN : label)),
      ]),
    )
    expect(lossesAndGradients(model, feedOf(all, weights))).toEqual(lossesAndGradients(model, { ...outside, labels }))
  })

  it('may be of one task alone', () => {
    const model = build()
    const [plain] = lossesAndGradients(model, feedOf(all))
    const [losses] = lossesAndGradients(model, feedOf(all, { like: all.map((row) => row) }))
    expect(losses.like).not.toBe(plain.like)
    expect([losses.share, losses.price]).toEqual([plain.share, plain.price])
  })

  it('counts in calibration and GAUC as copies do', () => {
    fc.assert(
      fc.property(
        weightsOf,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: ROWS, maxLength: ROWS }),
        (weights, scores) => {
          const labels = all.map((row) => row % 2)
          const copies = all.flatMap((row) => Array.from({ length: weights[row] }, () => row))
          const of = <T>(values: readonly T[]): T[] => copies.map((row) => values[row])
          const users = all.map((row) => row % 4)
          expectAlike(gauc(scores, labels, users, { weights }), gauc(of(scores), of(labels), of(users)))
          const [told, expected] = [
            calibration(scores, labels, { weights, bins: 4 }),
            calibration(of(scores), of(labels), { bins: 4 }),
          ]
          expect(told.bins.map(({ count }) => count)).toEqual(expected.bins.map(({ count }) => count))
          if (copies.length > 0) expect(told.expectedCalibrationError).toBeCloseTo(expected.expectedCalibrationError, 9)
        },
      ),
    )
    const ranked = calibration([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1], {
      weights: [3, 1, 1, 3],
      bins: 2,
      strategy: 'quantile',
    })
    expect(ranked.bins.map(({ count }) => count)).toEqual([4, 4])
  })
})

describe('training', () => {
  const STRATEGIES: Readonly<Record<string, () => Strategy | undefined>> = {
    'fixed weights': () => undefined,
    uncertainty: () => uncertainty(),
    pcGrad: () => pcGrad(),
  }
  it.each(Object.keys(STRATEGIES))('by %s on weighted rows is training on their copies', async (name) => {
    const weights = all.map((row) => (row * 7) % 3)
    const copies = all.flatMap((row) => Array.from({ length: weights[row] }, () => row))
    const train = async (data: Dataset): Promise<readonly [PLE, readonly unknown[]]> => {
      const model = build()
      const strategy = STRATEGIES[name]()
      const options = { data, batchSize: 100, epochs: 4, shuffle: false, optimizer: sgd({ learningRate: 0.1 }) }
      const { epochs } = await fit(model, { ...options, ...(strategy && { strategy }) })
      return [model, epochs.map(({ losses }) => losses)]
    }
    const [[weighted, losses], [copied, expected]] = [await train(feedOf(all, weights)), await train(feedOf(copies))]
    const [a, b] = [saveState(weighted), saveState(copied)]
    for (const path of Object.keys(a)) a[path].forEach((value, at) => expect(value, path).toBeCloseTo(b[path][at], 9))
    losses.forEach((each, epoch) => {
      for (const [task, loss] of Object.entries(each as Record<string, number>))
        expect(loss).toBeCloseTo((expected[epoch] as Record<string, number>)[task], 9)
    })
  })

  it('is the same compiled and op by op, and goes on from a checkpoint only with the same weights', async () => {
    const weights = all.map((row) => 0.5 + (row % 4))
    const data = feedOf(all, weights)
    const options = {
      data,
      validation: data,
      batchSize: 7,
      epochs: 3,
      metrics: { like: [gaucOf(all.map((row) => row % 3))] },
    }
    const store = memoryStore()
    const [compiled, plain] = [build(cpu), build(cpu)]
    await fit(compiled, { ...options, optimizer: adam(), backend: cpu, checkpoint: { store } })
    await fit(plain, { ...options, optimizer: adam(), compiled: false })
    expect(saveState(compiled)).toEqual(saveState(plain))
    const others = {
      ...options,
      data: feedOf(
        all,
        all.map((row) => 1 + row),
      ),
    }
    await expect(fit(build(cpu), { ...others, optimizer: adam(), resume: store })).rejects.toThrow(
      'expected data.sampleWeights.like of ',
    )
  })

  it('goes by the rows that a selection has', () => {
    const data = feedOf(
      all,
      all.map((row) => row),
    )
    expect([...data.select([5, 2, 5]).sampleWeights!.like]).toEqual([5, 2, 5])
    expect(feedOf(all).sampleWeights).toBeUndefined()
  })
})

it('conversions are weighted as the task that they are part of', () => {
  const rows = all.filter((row) => row % 2 === 0)
  const data = dataset({
    features,
    columns: { user: rows.map((row) => row % 5), age: rows },
    labels: {
      ctr: rows.map((row) => (row % 3 === 0 ? 0 : 1)),
      ctcvr: rows.map((row) => (row % 4 === 0 && row % 3 ? 1 : 0)),
    },
    sampleWeights: { ctcvr: rows.map((row) => row) },
  })
  const model = new ESMM({ features, towerDnnHiddenUnits: [2], initStd: 0.5 })
  const [batch] = batches(data, { batchSize: 12 })
  const cvr = model.forward(batch).logits.cvr.values
  const clicked = data.labels.ctcvr.map((label, row) => (data.labels.ctr[row] === 1 ? label : NaN))
  expect(evaluate(model, data, { metrics: { cvr: ['auc'] } }).cvr.auc).toBeCloseTo(
    auc(cvr, clicked, { weights: rows }),
    9,
  )
})

describe('is refused', () => {
  it.each<readonly [string, SampleWeights, string]>([
    [
      'below 0',
      all.map((row) => row - 1),
      'dataset: expected sample weights of finite numbers of at least 0 but got -1 at row 0',
    ],
    [
      'not finite',
      { like: all.map(() => NaN) },
      "expected sample weights of 'like' of finite numbers of at least 0 but got NaN at row 0",
    ],
    ['as text', all.map(String) as never, "but got '0' at row 0"],
    ['of other rows', [1, 2], "expected 24 rows in sample weights of 'like' but got 2"],
    [
      'of a task that there is not',
      { likes: all },
      "expected labels of task 'likes' but got none: because sample weights name it, did you mean 'like'?",
    ],
    ['that is one number', 3 as never, 'dataset: expected sampleWeights to be'],
  ])('a weight %s', (_, weights, message) => {
    expect(() => feedOf(all, weights)).toThrow(message)
  })
})

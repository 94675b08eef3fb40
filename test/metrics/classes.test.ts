/** Metrics of several classes and labels: what scikit-learn makes of the same numbers, and what is refused. */
import { describe, expect, it } from 'vitest'
import {
  accuracy,
  auc,
  confusionMatrix,
  logLoss,
  macroAuc,
  meanPoissonDeviance,
  multiclassLogLoss,
  multilabelAuc,
} from '../../src/metrics/index.ts'
import type { MetricOptions } from '../../src/metrics/index.ts'

/** Twelve rows of four classes. */
const PROBABILITIES = [
  [0.221, 0.321, 0.178, 0.28],
  [0.032, 0.528, 0.002, 0.438],
  [0.332667, 0.173826, 0.312687, 0.180819],
  [0.221, 0.263, 0.462, 0.054],
  [0.615, 0.144, 0.068, 0.173],
  [0.035, 0.028, 0.574, 0.363],
  [0.502, 0.109, 0.119, 0.27],
  [0.284, 0.012, 0.158, 0.546],
  [0.216, 0.474, 0.003, 0.307],
  [0.049, 0.07, 0.605, 0.276],
  [0.479, 0.22, 0.283, 0.018],
  [0.104, 0.082, 0.394, 0.42],
].flat()
const CLASSES = [0, 1, 2, 3, 0, 1, 2, 3, 2, 2, 1, 0]
const WEIGHTS = [1, 2, 0.5, 1, 3, 1, 1, 0.25, 2, 1, 1, 0.75]

const METRICS = { accuracy, multiclassLogLoss, macroAuc } as const

/** Of scikit-learn 1.9: `accuracy_score`, `log_loss`, `roc_auc_score` of each class against the rest, without and with `sample_weight`. */
const VALUES: Readonly<Record<keyof typeof METRICS, readonly [number, number]>> = {
  accuracy: [0.3333333333333333, 0.43103448275862066],
  multiclassLogLoss: [1.92618234889662, 1.9953991088224095],
  macroAuc: [0.563425925925926, 0.5651441436198139],
}

describe.each(Object.entries(METRICS))('%s', (name, metric) => {
  const [plain, weighted] = VALUES[name as keyof typeof METRICS]

  it('is what scikit-learn says', () => {
    expect(metric(PROBABILITIES, CLASSES)).toBeCloseTo(plain, 6)
    expect(metric(PROBABILITIES, CLASSES, { weights: WEIGHTS })).toBeCloseTo(weighted, 6)
  })

  it('leaves out rows whose label is NaN, and those that count for nothing', () => {
    const [p, y] = [
      [...PROBABILITIES, 0.7, 0.1, 0.1, 0.1, 0, 0, 0, 1],
      [...CLASSES, NaN, 2],
    ]
    expect(metric(p, y, { weights: [...CLASSES.map(() => 1), 5, 0] })).toBe(metric(PROBABILITIES, CLASSES))
  })

  it('counts a row of weight k as k copies', () => {
    const copies = CLASSES.flatMap((_, row) => new Array<number>(row % 3).fill(row))
    const weights = CLASSES.map((_, row) => row % 3)
    const p = copies.flatMap((row) => PROBABILITIES.slice(row * 4, row * 4 + 4))
    expect(metric(PROBABILITIES, CLASSES, { weights })).toBeCloseTo(
      metric(
        p,
        copies.map((row) => CLASSES[row]),
      ),
      12,
    )
  })

  it('is NaN without a row', () => {
    expect(metric([], [])).toBeNaN()
    expect(metric([0.5, 0.5], [NaN])).toBeNaN()
  })

  it.each<[string, readonly number[], readonly number[], MetricOptions, string]>([
    [
      'a part of a row',
      [0.5, 0.5, 1],
      [0, 1],
      {},
      'expected predictions of at least 2 classes for each of 2 labels but got 3: because they lie row by row',
    ],
    [
      'one class',
      [1, 1],
      [0, 0],
      {},
      'expected predictions of at least 2 classes for each of 2 labels but got 2: because they lie row by row',
    ],
    ['a class beyond', [0.5, 0.5], [2], {}, 'expected a class from 0 to 1, or NaN but got 2 at row 0'],
    ['half a class', [0.5, 0.5], [0.5], {}, 'expected a class from 0 to 1, or NaN but got 0.5 at row 0'],
    ['a prediction that is none', [0.5, 0.5, NaN, 1], [0, 1], {}, 'but got NaN at row 1'],
    [
      'a negative weight',
      [0.5, 0.5],
      [0],
      { weights: [-1] },
      'expected a finite weight of at least 0 but got -1 at row 0',
    ],
    ['weights of other rows', [0.5, 0.5], [0], { weights: [1, 2] }, 'expected 1 weights but got 2'],
  ])('refuses %s', (_, predictions, labels, options, message) => {
    expect(() => metric(predictions, labels, options)).toThrow(message)
  })
})

it('log loss refuses what is no probability', () => {
  expect(() => multiclassLogLoss([1.5, -0.5], [0])).toThrow('expected probabilities in [0, 1] but got 1.5 at row 0')
})

it('a confusion matrix is that of scikit-learn, true classes down and predicted ones across', () => {
  expect(confusionMatrix(PROBABILITIES, CLASSES)).toEqual([
    [1, 1, 0, 1],
    [1, 1, 1, 0],
    [2, 1, 1, 0],
    [0, 0, 1, 1],
  ])
  expect(confusionMatrix(PROBABILITIES, CLASSES, { weights: WEIGHTS })).toEqual([
    [3, 1, 0, 0.75],
    [1, 2, 1, 0],
    [1.5, 2, 1, 0],
    [0, 0, 1, 0.25],
  ])
})

it('a class that no row has is left out of the mean of AUCs', () => {
  const [p, y] = [
    [0.1, 0.2, 0.7, 0.6, 0.3, 0.1, 0.2, 0.3, 0.5],
    [0, 0, 1],
  ]
  const of = (each: number): number =>
    auc(
      [0, 1, 2].map((row) => p[row * 3 + each]),
      y.map((label) => Number(label === each)),
    )
  expect(macroAuc(p, y)).toBeCloseTo((of(0) + of(1)) / 2, 12)
})

describe('of several labels a row', () => {
  const Y = [0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1]
  const P = [
    0.845, 0.945, 0.904, 0.57, 0.145, 0.192, 0.928, 0.552, 0.181, 0.884, 0.642, 0.57, 0.376, 0.411, 0.239, 0.038, 0.876,
    0.468, 0.548, 0.322, 0.751, 0.025, 0.372, 0.03,
  ]

  it('AUC and log loss are the means of what scikit-learn says of each label', () => {
    expect(multilabelAuc(3, P, Y)).toBeCloseTo(0.5722222222222223, 12)
    expect(logLoss(P, Y)).toBeCloseTo(0.9348621999226717, 12)
  })

  it('a label that is not there leaves its own AUC alone', () => {
    const without = Y.map((label, at) => (at === 4 ? NaN : label))
    const column = (list: readonly number[], each: number): number[] => list.filter((_, at) => at % 3 === each)
    const mean = [0, 1, 2].reduce((sum, each) => sum + auc(column(P, each), column(without, each)), 0) / 3
    expect(multilabelAuc(3, P, without)).toBeCloseTo(mean, 12)
    expect(mean).not.toBeCloseTo(multilabelAuc(3, P, Y), 6)
  })
})

describe('Poisson deviance', () => {
  const [MEANS, COUNTS] = [
    [0.5, 1.2, 3, 0.1, 2.2],
    [0, 1, 5, 0, 2],
  ]

  it('is what scikit-learn says', () => {
    expect(meanPoissonDeviance(MEANS, COUNTS)).toBeCloseTo(0.4724744809709396, 12)
    expect(meanPoissonDeviance(MEANS, COUNTS, { weights: [1, 0.5, 2, 3, 1] })).toBeCloseTo(0.5137266932411413, 12)
  })

  it('is 0 where all is told, and refuses what no count can be', () => {
    expect(meanPoissonDeviance([1, 3], [1, 3])).toBe(0)
    expect(() => meanPoissonDeviance([0], [1])).toThrow('expected a number above 0 but got 0 at row 0')
    expect(() => meanPoissonDeviance([1], [-1])).toThrow('expected counts of at least 0 but got a label of -1')
  })
})

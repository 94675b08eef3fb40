/**
 * Metrics are those of scikit-learn 1.9.1, plain and with weights: inputs and what its functions made of them, as numbers.
 * Each value is that of the function named beside it, with `sample_weight` where there are weights.
 */
import { describe, expect, it } from 'vitest'
import {
  auc,
  calibration,
  gauc,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
} from '../../src/metrics.ts'

const labels = [0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1]
/** With ties, 0 and 1 among them. */
const predictions = [
  0.63, 0.55, 0.68, 0.36, 0.22, 0.0, 1.0, 0.36, 0.74, 0.44, 0.44, 0.68, 0.74, 0.55, 0.22, 0.64, 0.58, 0.85, 0.88, 0.71,
]
/** Some rows weigh nothing. */
const weights = [
  0.68, 0.02, 1.2, 1.25, 0.0, 0.0, 1.82, 0.74, 0.02, 1.15, 1.34, 0.8, 1.02, 0.0, 0.56, 0.9, 1.58, 0.74, 0.21, 0.43,
]
/** How often each row comes where rows are repeated. */
const copies = [0, 0, 0, 1, 3, 2, 3, 2, 1, 3, 3, 3, 3, 0, 0, 0, 2, 3, 0, 1]
/** Of users c and d all rows have one class. */
const users = 'acdaaabdbbdacdbadabc'.split('')
const targets = [
  0.41, -0.98, -0.45, -0.21, -1.39, 1.23, 0.89, -0.01, -0.95, 1.35, 0.64, 1.06, -0.42, 2.4, -0.14, 1.95, -2.0, 0.31,
  0.08, -2.52,
]
const outputs = [
  0.09, -1.59, -1.15, -0.59, -1.98, 1.39, 1.12, 0.12, -1.36, 1.11, 1.48, 0.89, -0.43, 2.11, 0.12, 2.39, -1.6, 0.52,
  0.44, -2.63,
]

type Measure = (options: { readonly weights?: readonly number[] }) => number

const MEASURES: Readonly<Record<string, readonly [measure: Measure, plain: number, weighted: number]>> = {
  roc_auc_score: [(options) => auc(predictions, labels, options), 0.7692307692307693, 0.6399148380342958],
  log_loss: [(options) => logLoss(predictions, labels, options), 0.5228739259167562, 0.5801662826893997],
  brier_score_loss: [(options) => meanSquaredError(predictions, labels, options), 0.181605, 0.20921901798063622],
  mean_squared_error: [
    (options) => meanSquaredError(outputs, targets, options),
    0.16018999999999997,
    0.17445608575380353,
  ],
  mean_absolute_error: [
    (options) => meanAbsoluteError(outputs, targets, options),
    0.34299999999999997,
    0.3504495159059474,
  ],
  root_mean_squared_error: [
    (options) => rootMeanSquaredError(outputs, targets, options),
    0.4002374295340204,
    0.41767940547003696,
  ],
  'roc_auc_score of each user, and numpy.average by the user’s rows or weights': [
    (options) => gauc(predictions, labels, users, options),
    0.8249999999999998,
    0.6623647140994023,
  ],
}

it.each(Object.entries(MEASURES))('%s', (_, [measure, plain, weighted]) => {
  expect(Math.abs(measure({}) - plain)).toBeLessThan(1e-14)
  expect(Math.abs(measure({ weights }) - weighted)).toBeLessThan(1e-14)
})

/** What `calibration_curve(…, n_bins=5)` makes, which takes no weights: of the rows, and of `numpy.repeat(rows, copies)`. */
const CURVES = {
  plain: { true: [0, 0.5, 0.8, 0.5714285714285714, 1], predicted: [0, 0.29, 0.512, 0.6885714285714285, 0.91] },
  repeated: { true: [0, 0.5, 0.625, 0.625, 1], predicted: [0, 0.29, 0.475, 0.71375, 0.925] },
}

describe('calibration_curve', () => {
  it.each([
    ['of rows', CURVES.plain, {}],
    ['of repeated rows, as weights', CURVES.repeated, { weights: copies }],
  ] as const)('%s', (_, curve, options) => {
    const { bins } = calibration(predictions, labels, { bins: 5, ...options })
    expect(bins).toHaveLength(5)
    for (const [at, { meanLabel, meanPrediction }] of bins.entries()) {
      expect(meanLabel).toBeCloseTo(curve.true[at], 14)
      expect(meanPrediction).toBeCloseTo(curve.predicted[at], 14)
    }
  })
})

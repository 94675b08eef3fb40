/** Metrics that average one cost per row; they refuse NaN predictions, so that a diverged model cannot pass unseen. */
import { PROBABILITIES, QUANTITIES, checkMetric, numbersOf, rowsInside } from './rows.ts'
import type { Demand, Labels, MetricOptions } from './rows.ts'

/** What a count may be expected to be: from the least number above 0. */
const MEANS: Demand = { prediction: 'a number above 0', low: 5e-324, high: 1e308, binary: false }

/** About the least 1 − p that float32 tells from 0; so being certain and wrong costs −log(1e-7) ≈ 16.1 for the row. */
const EPSILON = 1e-7

/** Σ w·cost / Σ w over the rows in the sample space; 0/0, NaN, if there are none. */
function meanCost(
  who: string,
  demand: Demand,
  predictions: ArrayLike<number>,
  given: Labels,
  options: MetricOptions,
  cost: (prediction: number, label: number) => number,
): number {
  checkMetric(who, options)
  const labels = numbersOf(given)
  const { weights } = options
  let sum = 0
  let total = 0
  for (const row of rowsInside(who, demand, predictions, labels, weights)) {
    const weight = weights ? weights[row] : 1
    sum += weight * cost(predictions[row], labels[row])
    total += weight
  }
  return sum / total
}

const squaredError = (prediction: number, label: number): number => (prediction - label) ** 2

/**
 * −mean(y·log p + (1 − y)·log(1 − p)), in nats; lower is better. A measure, not something to train on: training uses
 * the loss from logits, which needs no clipping and keeps its gradient.
 *
 * `probabilities`, `labels` and `options.weights` have one entry per row. The probability given to what happened is
 * raised to at least 1e-7. Rows whose label is NaN are skipped; NaN if no row is left.
 *
 * Source: Good, Rational Decisions, JRSS B 14 (1952).
 * @throws RangeError if lengths differ, a label is not 0, 1 or NaN, a probability is outside [0, 1], or a weight is
 * negative.
 */
export const logLoss = (probabilities: ArrayLike<number>, labels: Labels, options: MetricOptions = {}): number =>
  meanCost('logLoss', PROBABILITIES, probabilities, labels, options, (p, y) =>
    y === 1 ? -Math.log(Math.max(p, EPSILON)) : -Math.log1p(-Math.min(p, 1 - EPSILON)),
  )

/**
 * mean((p − y)²), in the label's units squared; lower is better.
 *
 * `predictions`, `labels` and `options.weights` have one entry per row. Rows whose label is NaN are skipped; NaN if no
 * row is left.
 * @throws RangeError if lengths differ, a label is infinite, a prediction is NaN, or a weight is negative.
 */
export const meanSquaredError = (predictions: ArrayLike<number>, labels: Labels, options: MetricOptions = {}): number =>
  meanCost('meanSquaredError', QUANTITIES, predictions, labels, options, squaredError)

/** √mean((p − y)²), in the label's units; lower is better. Skips and throws as `meanSquaredError` does. */
export const rootMeanSquaredError = (
  predictions: ArrayLike<number>,
  labels: Labels,
  options: MetricOptions = {},
): number => Math.sqrt(meanCost('rootMeanSquaredError', QUANTITIES, predictions, labels, options, squaredError))

/** mean(|p − y|), in the label's units; lower is better. Skips and throws as `meanSquaredError` does. */
export const meanAbsoluteError = (
  predictions: ArrayLike<number>,
  labels: Labels,
  options: MetricOptions = {},
): number =>
  meanCost('meanAbsoluteError', QUANTITIES, predictions, labels, options, (prediction, label) =>
    Math.abs(prediction - label),
  )

/**
 * 2·mean(y·ln(y/μ) − y + μ), the deviance of counts y under Poisson distributions of means μ, which is 0 where they agree;
 * lower is better.
 *
 * `predictions`, `labels` and `options.weights` have one entry per row. Rows whose label is NaN are skipped; NaN if no row
 * is left.
 *
 * Source: Nelder and Wedderburn, JRSS A 135 (1972).
 * @throws RangeError if lengths differ, a label is negative or infinite, a prediction is not above 0, or a weight is
 * negative.
 */
export const meanPoissonDeviance = (
  predictions: ArrayLike<number>,
  labels: Labels,
  options: MetricOptions = {},
): number =>
  meanCost('meanPoissonDeviance', MEANS, predictions, labels, options, (mean, count) => {
    if (count < 0)
      throw new RangeError(`meanPoissonDeviance: expected counts of at least 0 but got a label of ${count}`)
    return 2 * ((count > 0 ? count * Math.log(count / mean) : 0) - count + mean)
  })

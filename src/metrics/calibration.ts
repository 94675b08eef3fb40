/** Compares predicted probabilities with what happened, bin by bin; it measures and refuses to correct. */
import { checkOptions, having, oneOf, whole } from '../checks/index.ts'
import { ascending } from './order.ts'
import { PROBABILITIES, numbersOf, rowsInside } from './rows.ts'
import type { Labels, MetricOptions } from './rows.ts'

/** What `calibration` takes. */
export interface CalibrationOptions extends MetricOptions {
  /** How many bins, an integer of at least 1; 10 by default. */
  readonly bins?: number
  /** `uniform`, the default: bins of equal width over [0, 1]. `quantile`: bins of as equal counts as ties allow. */
  readonly strategy?: 'uniform' | 'quantile'
}

/** Rows whose predictions are alike. */
export interface CalibrationBin {
  /** Rows, or the sum of their weights. */
  readonly count: number
  /** NaN in an empty bin. */
  readonly meanPrediction: number
  /** The share of positives; NaN in an empty bin. */
  readonly meanLabel: number
}

/** How far predictions are from the shares that came true. */
export interface Calibration {
  /** As many as asked for, by ascending prediction, empty ones included. */
  readonly bins: readonly CalibrationBin[]
  /** Σ count·|meanPrediction − meanLabel| / Σ count, in [0, 1]; 0 is best. NaN without rows. */
  readonly expectedCalibrationError: number
  /** Σ predictions / Σ labels: above 1 promises too much. Without a positive label Infinity, or NaN as 0/0. */
  readonly ratio: number
}

/** The bin k with k/bins ≤ p < (k + 1)/bins, and the last one for p = 1; rounding may carry p·bins over an edge. */
function uniformBin(p: number, bins: number): number {
  const near = Math.floor(p * bins)
  const bin = p < near / bins ? near - 1 : p >= (near + 1) / bins ? near + 1 : near
  return Math.min(bin, bins - 1)
}

/** The bin of every row. In `quantile`, equal predictions share the bin of the first of them, whatever the row order. */
function assign(
  ranking: Int32Array,
  predictions: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  bins: number,
  strategy: string,
): Int32Array {
  const assigned = new Int32Array(ranking.length)
  const weightAt = (at: number): number => (weights ? weights[ranking[at]] : 1)
  let all = 0
  for (let at = 0; at < ranking.length; at++) all += weightAt(at)
  let before = 0
  for (let at = 0; at < ranking.length; at++) {
    const prediction = predictions[ranking[at]]
    const tied = at > 0 && prediction === predictions[ranking[at - 1]]
    if (strategy === 'uniform') assigned[at] = uniformBin(prediction, bins)
    else assigned[at] = tied ? assigned[at - 1] : Math.floor((before * bins) / all)
    before += weightAt(at)
  }
  return assigned
}

/**
 * How far predicted probabilities can be taken at their word.
 *
 * `predictions` and `labels` have one entry per row. Rows whose label is NaN are skipped.
 *
 * Sources: expected calibration error, Naeini et al., AAAI 2015; the ratio, He et al., ADKDD 2014, where ads call
 * it "calibration".
 * @throws RangeError if lengths differ, a label is not 0, 1 or NaN, a prediction is outside [0, 1], `bins` is not an
 * integer of at least 1, or the strategy is unknown.
 */
export function calibration(
  predictions: ArrayLike<number>,
  given: Labels,
  options: CalibrationOptions = {},
): Calibration {
  checkOptions('calibration', options, {
    bins: whole(1),
    strategy: oneOf('uniform', 'quantile'),
    weights: having('a list of numbers', 'length'),
  })
  const labels = numbersOf(given)
  const { bins = 10, strategy = 'uniform', weights } = options
  const ranking = ascending(rowsInside('calibration', PROBABILITIES, predictions, labels, weights), predictions)
  const assigned = assign(ranking, predictions, weights, bins, strategy)
  const counts = new Float64Array(bins)
  const predicted = new Float64Array(bins)
  const happened = new Float64Array(bins)
  for (let at = 0; at < ranking.length; at++) {
    const weight = weights ? weights[ranking[at]] : 1
    counts[assigned[at]] += weight
    predicted[assigned[at]] += weight * predictions[ranking[at]]
    happened[assigned[at]] += weight * labels[ranking[at]]
  }
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
  return {
    bins: Array.from(counts, (count, bin) => ({
      count,
      meanPrediction: predicted[bin] / count,
      meanLabel: happened[bin] / count,
    })),
    expectedCalibrationError: sum(predicted.map((value, bin) => Math.abs(value - happened[bin]))) / sum(counts),
    ratio: sum(predicted) / sum(happened),
  }
}

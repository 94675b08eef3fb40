/** Numbers as a reader takes them in: the same few digits everywhere, in the terminal and in the report. */
import { METRIC_DIRECTIONS } from '../../src/metrics.ts'
import type { MetricName } from '../../src/index.ts'
import type { Spread } from './spread.ts'

const LABELS: Readonly<Record<MetricName, string>> = {
  auc: 'AUC',
  logLoss: 'log loss',
  mse: 'MSE',
  mae: 'MAE',
  rmse: 'RMSE',
  accuracy: 'accuracy',
  poissonDeviance: 'deviance',
}

export const metricLabel = (metric: MetricName): string => LABELS[metric]

/** Which way is up for a metric. */
export const arrow = (metric: MetricName): string => (METRIC_DIRECTIONS[metric] === 'higher' ? '↑' : '↓')

const round = (value: number, digits: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits))

/** Behind the point: four below 10, and one fewer for each digit before it. */
const digitsOf = (value: number): number => 4 - Math.min(4, Math.floor(Math.log10(Math.max(1, Math.abs(value)))))

/** 0.7147, 12.345, 1.235e+7 */
export const metric = (value: number, digits = digitsOf(value)): string =>
  Math.abs(value) < 1e6 || Number.isNaN(value) ? round(value, digits) : value.toExponential(3)

/** ±.0012, with as many digits as a number has that it stands beside. */
export const plusMinus = (deviation: number, beside = 0): string =>
  `±${metric(deviation, Math.min(digitsOf(beside), digitsOf(deviation))).replace(/^0\./, '.')}`

const withSpread = (text: string, { mean, deviation }: Spread): string =>
  deviation === undefined ? text : `${text} ${plusMinus(deviation, mean)}`

/** 0.7147 ±.0012, or without the spread where there is none. */
export const metricSpread = (value: Spread): string => withSpread(metric(value.mean), value)

/** +0.0012, −0.0012 or 0.0000: the sign of what is shown, not of what was rounded away. */
export const gain = (value: number): string => {
  const shown = metric(Math.abs(value))
  return Number(shown) > 0 ? `${value > 0 ? '+' : '−'}${shown}` : shown
}

/** +0.31, −0.12 or 0.00: a cosine. */
export const signed = (value: number): string => {
  const shown = round(Math.abs(value), 2)
  return Number(shown) > 0 ? `${value > 0 ? '+' : '−'}${shown}` : shown
}

export const gainSpread = (value: Spread): string => withSpread(gain(value.mean), value)

/** 6,284, 13.8 k, 1.06 M */
export const amount = (value: number): string =>
  value < 10_000
    ? whole(value)
    : value < 999_500
      ? `${(value / 1000).toPrecision(3)} k`
      : `${(value / 1e6).toPrecision(3)} M`

/** 94,784 */
export const whole = (value: number): string => value.toLocaleString('en-GB')

/** 0.31 s, 4.2 s, 75 s */
export const seconds = (value: number): string =>
  value < 1 ? value.toFixed(2) : value < 20 ? value.toFixed(1) : value.toFixed(0)

/** 31.2 % */
export const percent = (share: number): string => `${round(share * 100, 1)} %`

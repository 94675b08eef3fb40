/**
 * Predictions beside what happened, bin by bin: calibration where they are probabilities, means where they are amounts.
 * Of several outputs each is a prediction by itself.
 */
import { calibration } from '../../src/metrics.ts'
import { kindOf, outputsOf } from '../../src/models/index.ts'
import type { TaskType } from '../../src/index.ts'
import type { CalibrationBin } from '../../src/metrics.ts'
import { isProbable } from './metric.ts'

export interface Reliability {
  /** By ascending prediction; bins without rows are left out. */
  readonly bins: readonly CalibrationBin[]
  /** Σ count·|mean prediction − mean label| / Σ count: the expected calibration error of probabilities. */
  readonly error: number
  /** Σ predictions / Σ labels */
  readonly ratio: number
}

const BINS = 10

/** Bins of equally many rows, since an amount has no natural edges. */
function quantileMeans(predictions: Float32Array, labels: Float32Array): Reliability {
  const order = [...labels.keys()]
    .filter((row) => !Number.isNaN(labels[row]))
    .sort((a, b) => predictions[a] - predictions[b])
  const mean = (values: Float32Array, rows: readonly number[]): number =>
    rows.reduce((total, row) => total + values[row], 0) / rows.length
  const edge = (bin: number): number => Math.floor((bin * order.length) / BINS)
  const bins = Array.from({ length: BINS }, (_, bin) => order.slice(edge(bin), edge(bin + 1)))
    .filter((rows) => rows.length > 0)
    .map((rows) => ({ count: rows.length, meanPrediction: mean(predictions, rows), meanLabel: mean(labels, rows) }))
  const apart = bins.map(({ count, meanPrediction, meanLabel }) => count * Math.abs(meanPrediction - meanLabel))
  return {
    bins,
    error: apart.reduce((total, value) => total + value, 0) / order.length,
    ratio: mean(predictions, order) / mean(labels, order),
  }
}

/** Output by output, one behind the other: what is predicted, and what happened of it. */
function sideBySide(
  task: string,
  type: TaskType,
  predictions: Readonly<Record<string, Float32Array>>,
  labels: Float32Array,
): readonly [predicted: Float32Array, happened: Float32Array] {
  const outputs = outputsOf(task, type)
  const rows = labels.length / kindOf(type).labelWidth
  const outcome =
    typeof type === 'string' ? (row: number) => labels[row] : (row: number, at: number) => type.outcome(labels, row, at)
  const predicted = new Float32Array(outputs.length * rows)
  outputs.forEach((output, at) => predicted.set(predictions[output], at * rows))
  return [predicted, predicted.map((_, place) => outcome(place % rows, Math.floor(place / rows)))]
}

export function reliability(
  task: string,
  type: TaskType,
  predictions: Readonly<Record<string, Float32Array>>,
  labels: Float32Array,
): Reliability {
  const [predicted, happened] = sideBySide(task, type, predictions, labels)
  if (!isProbable(type)) return quantileMeans(predicted, happened)
  const { bins, expectedCalibrationError, ratio } = calibration(predicted, happened, { bins: BINS })
  return { bins: bins.filter(({ count }) => count > 0), error: expectedCalibrationError, ratio }
}

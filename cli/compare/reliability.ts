/** Predictions beside what happened, bin by bin: calibration where a task is binary, means where it is regression. */
import { calibration } from '../../src/metrics.ts'
import type { TaskType } from '../../src/index.ts'
import type { CalibrationBin } from '../../src/metrics.ts'

export interface Reliability {
  /** By ascending prediction; bins without rows are left out. */
  readonly bins: readonly CalibrationBin[]
  /** Σ count·|mean prediction − mean label| / Σ count: the expected calibration error of a binary task. */
  readonly error: number
  /** Σ predictions / Σ labels */
  readonly ratio: number
}

const BINS = 10

/** Bins of equally many rows, since a regression has no natural edges. */
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

export function reliability(type: TaskType, predictions: Float32Array, labels: Float32Array): Reliability {
  if (type === 'regression') return quantileMeans(predictions, labels)
  const { bins, expectedCalibrationError, ratio } = calibration(predictions, labels, { bins: BINS })
  return { bins: bins.filter(({ count }) => count > 0), error: expectedCalibrationError, ratio }
}

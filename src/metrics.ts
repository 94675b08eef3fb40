/** plegrad/metrics, contents: how well plain arrays of predictions fit plain arrays of labels. */
export { auc, gauc, gaucOf } from './training/index.ts'
export { logLoss, meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './training/index.ts'
export { accuracy, confusionMatrix, macroAuc, multiclassLogLoss } from './training/index.ts'
export { meanPoissonDeviance } from './training/index.ts'
export { calibration } from './training/index.ts'
export type { Calibration, CalibrationBin, CalibrationOptions } from './training/index.ts'
export type { Labels, MetricOptions } from './training/index.ts'

// By name, and over tasks.
export { METRICS, METRIC_DIRECTIONS, multiTaskGain } from './training/index.ts'
export type { Direction, Metric, NamedMetric, TaskMetrics } from './training/index.ts'

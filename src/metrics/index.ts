/** Metrics of one task on plain arrays, contents page: nothing here knows a tensor, and nothing here is trained on. */
export type { Labels, MetricOptions } from './rows.ts'
export { auc, gauc } from './auc.ts'
export { gaucOf } from './gaucOf.ts'
export { logLoss, meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './pointwise.ts'
export { calibration } from './calibration.ts'
export type { Calibration, CalibrationBin, CalibrationOptions } from './calibration.ts'
export { METRICS, multiTaskGain } from './named.ts'
export type { Direction, Metric, MetricName, NamedMetric } from './named.ts'

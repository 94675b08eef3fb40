/** Metrics of one task on plain arrays, contents page: nothing here knows a tensor, and nothing here is trained on. */
export type { Labels, MetricOptions } from './metrics/rows.ts'
export { auc, gauc } from './metrics/auc.ts'
export { logLoss, meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './metrics/pointwise.ts'
export { calibration } from './metrics/calibration.ts'
export type { Calibration, CalibrationBin, CalibrationOptions } from './metrics/calibration.ts'
export { METRICS, multiTaskGain } from './metrics/named.ts'
export type { Direction, Metric, MetricName } from './metrics/named.ts'

/** The training floor: losses, optimizers and their schedules, metrics, and the loop that puts them together. */
export { fit } from './fit/fit.ts'
export type { FitOptions } from './fit/options.ts'
export { fitAlternating } from './fit/fitAlternating.ts'
export type { FitAlternatingOptions, Turn } from './fit/options.ts'
export type { TurnOrder } from './fit/turns.ts'
export type { EpochRecord, History, Progress } from './fit/history.ts'
export { predict } from './scoring/predict.ts'
export type { PredictOptions, Scored } from './scoring/predict.ts'
export { evaluate } from './scoring/evaluate.ts'
export type { EvaluateOptions, Scores } from './scoring/evaluate.ts'
export { gainScore } from './scoring/gainScore.ts'
export type { GainScoreOptions } from './scoring/gainScore.ts'
export { gateWeights } from './insight/gateUse.ts'
export type { GateUse } from './insight/gateUse.ts'
export { conflictMeter, gradientConflicts } from './insight/conflicts.ts'
export type { Alignment, ConflictMeter, ConflictOptions, Conflicts } from './insight/conflicts.ts'
export { compilePredictor } from './scoring/predictor.ts'
export type { Predictor, PredictorOptions } from './scoring/predictor.ts'
export { saveProgram } from './scoring/saveProgram.ts'
export type { RunOptions } from './runsOn.ts'
export { rowLosses, taskLoss, taskLosses, weightedSum } from './losses/taskLosses.ts'
export type { RowLosses } from './losses/taskLosses.ts'
export { crossEntropy, focalLoss, huber } from './losses/rowLosses.ts'
export type { CrossEntropyOptions, FocalOptions, HuberOptions, RowLoss, RowLossName } from './losses/rowLosses.ts'
export type { Optimizer } from './optimizers/optimizer.ts'
export { parameterGroups } from './optimizers/parameterGroups.ts'
export type { ParameterGroup, Paths } from './optimizers/parameterGroups.ts'
export { adagrad, adam, adamW, ftrl, sgd } from './optimizers/optimizers.ts'
export type { AdagradOptions, AdamOptions, FtrlOptions, OptimizerName, SgdOptions } from './optimizers/optimizers.ts'
export {
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  linearDecay,
  stepDecay,
  warmUp,
} from './optimizers/schedules.ts'
export type { Schedule } from './optimizers/schedules.ts'
export { clipByGlobalNorm, clipByValue, globalNorm } from './optimizers/clipping.ts'
export * from './strategies/index.ts'
export * from './scoring/metrics/index.ts'

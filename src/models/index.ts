/** The models floor: dense, embedding, expert, gate and tower, assembled into CGC and PLE and their siblings. */
export { Dense } from './layers/dense.ts'
export type { DenseOptions } from './layers/dense.ts'
export { Dice, PRelu } from './layers/activation.ts'
export type { Activation, ActivationFunction, ActivationName } from './layers/activation.ts'
export { BatchNorm } from './layers/normalization.ts'
export type { BatchNormOptions } from './layers/normalization.ts'
export { glorotNormal, glorotUniform } from './layers/initializers.ts'
export type { Initializer } from './layers/initializers.ts'
export { FeatureEmbedding } from './layers/embedding.ts'
export type { EmbeddingOptions } from './layers/embedding.ts'
export { Expert } from './layers/expert.ts'
export { Gate } from './layers/gate.ts'
export { Tower } from './layers/tower.ts'
export { Extraction, SHARED, audible } from './extraction.ts'
export type { ByGroup, ExtractionOptions, Group } from './extraction.ts'
export { PLE } from './ple.ts'
export type { PLEOptions } from './ple.ts'
export { SharedBottom } from './sharedBottom.ts'
export type { SharedBottomOptions } from './sharedBottom.ts'
export { SingleTask, SingleTaskNetwork } from './singleTask.ts'
export type { SingleTaskOptions } from './singleTask.ts'
export { ESMM, productLogit } from './esmm.ts'
export type { ESMMOptions } from './esmm.ts'
export { Wide } from './layers/wide.ts'
export type { WideOptions } from './layers/wide.ts'
export { WideDeep } from './wideDeep.ts'
export type { Deep, WideDeepOptions } from './wideDeep.ts'
export { cgc, mlMmoe, mmoe } from './zoo.ts'
export type { MMoEOptions } from './zoo.ts'
export { INFERENCE } from './forward.ts'
export type { ForwardOptions } from './forward.ts'
export type { Model, ModelOptions, ModelOutput } from './tasks.ts'
export {
  count,
  isWrittenKind,
  kindOf,
  multiclass,
  multilabel,
  nameOf,
  outputsOf,
  predictionsOf,
  softmaxCrossEntropy,
  taskTypeOf,
} from './kinds/index.ts'
export type { Classes, LabelRange, SoftmaxCrossEntropyOptions, TaskKind, TaskType } from './kinds/index.ts'
export {
  checkState,
  checkWhole,
  countParameters,
  during,
  fill,
  parameters,
  restoreState,
  saveState,
  trainable,
} from './parameters.ts'
export type { State, Step } from './parameters.ts'
export { growModel } from './growth/index.ts'
export type { GrowOptions, Growth } from './growth/index.ts'
export {
  FORMAT,
  copied,
  described,
  readModelFrom,
  replaceFile,
  restoreModel,
  restoreModelFrom,
  saveModel,
  savedModelParts,
  savedParts,
  writeModelTo,
} from './saved/index.ts'
export type { FileHandle, RestoreOptions, SavableModel, SavedModel, WritableFile } from './saved/index.ts'

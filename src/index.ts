/**
 * plegrad, contents: tensors with gradients, and the multi-task models CGC and PLE on them. It refuses what few programs
 * need: that has entries of its own, which the other files of this folder are.
 */

// Tensors: numbers of a shape, on a backend. Parameters change in place; ids pick rows.
export { Ids, Parameter, Tensor } from './tensor/index.ts'
export type { Cotangent, Nested, ParameterOptions, Shape } from './tensor/index.ts'
export { detach, full, ids, normal, ones, tensor, uniform, zeros } from './tensor/index.ts'
export { stream } from './tensor/index.ts'
export type { Stream } from './tensor/index.ts'

// Ops of one input, number by number.
export { abs, clip, cos, erf, exp, expm1, log, log1p, neg, pow, reciprocal } from './autograd/index.ts'
export { scaleShift, sign, sin, sqrt, square, tanh } from './autograd/index.ts'
export { elu, gelu, leakyRelu, relu, selu, sigmoid, softplus, softsign, swish } from './autograd/index.ts'

// Ops of two inputs, which broadcast; comparisons give 1 and 0.
export { add, div, maximum, minimum, mul, sub } from './autograd/index.ts'
export { equal, greater, greaterEqual, less, lessEqual, where } from './autograd/index.ts'
export type { Broadcasting, Operand } from './autograd/index.ts'

// Reductions over axes, and what is normalised by them.
export { argmax, logSumExp, max, mean, min, moments, norm, sum } from './autograd/index.ts'
export { batchNorm, layerNorm, logSoftmax, normalize, softmax } from './autograd/index.ts'
export type { NormalizeOptions, ReduceOptions } from './autograd/index.ts'

// Shapes: the same numbers otherwise arranged.
export { broadcastTo, concat, pad, permute, reshape, slice, split, stack, transpose } from './autograd/index.ts'
export type { PadOptions, SliceOptions, SplitOptions } from './autograd/index.ts'

// Products and layers.
export { batchMatmul, batchMatmulNT, batchMatmulTN, matmul, matmulNT, matmulTN } from './autograd/index.ts'
export { dense, denseRelu, dropout, mix } from './autograd/index.ts'

// Rows of tables, by ids.
export { RowSparse, gather, scatterAdd, segmentMax, segmentMean, segmentSum, toDense } from './autograd/index.ts'

// Gradients, ops of one's own, and what the host computes between them.
export { addCotangents, gradients, op } from './autograd/index.ts'
export type { Definition, Domain, Draw, GradientOptions, Op } from './autograd/index.ts'
export { onHost } from './tensor/index.ts'
export { eachRun } from './kernels/index.ts'

// Backends, and programs: steps that are recorded once and run without allocating.
export { cpu, cpu64, wasm } from './kernels/index.ts'
export type { Backend, Dtype, WasmBackend, WasmOptions } from './kernels/index.ts'
export { compile } from './program/index.ts'
export type { Compiled, CompileOptions, Program } from './program/index.ts'

// Data: columns and what they mean, in typed arrays, whole, in batches and row by row.
export { crossedFeature, denseFeature, sparseFeature, varLenFeature } from './data/index.ts'
export type { CrossedOptions, Encoding, Pooling, TableOptions, VarLenOptions } from './data/index.ts'
export type { DenseFeature, Feature, SparseFeature, VarLenFeature } from './data/index.ts'
export { batches, dataset, fitVocabulary, rowWriter } from './data/index.ts'
export type { Key, MaybeValue, Value, Vocabulary, VocabularyOptions } from './data/index.ts'
export type { Batch, BatchesOptions, Column, Columns, Dataset, DatasetOptions, LabelKind } from './data/index.ts'
export type { Row, RowWriter } from './data/index.ts'

// Models. What has parameters of a kind of its own is a class; what is PLE by other numbers, a function that makes one.
export { ESMM, PLE, SharedBottom, SingleTask, WideDeep, cgc, mlMmoe, mmoe } from './models/index.ts'
export type { ESMMOptions, MMoEOptions, ModelOptions, PLEOptions, SharedBottomOptions } from './models/index.ts'
export type { SingleTaskOptions, WideDeepOptions } from './models/index.ts'
export type { ForwardOptions, Model, ModelOutput, TaskType } from './models/index.ts'

// Their parameters by path, and models as JSON.
export { countParameters, parameters, restoreState, saveState, trainable } from './models/index.ts'
export type { State } from './models/index.ts'
export { restoreModel, saveModel } from './models/index.ts'
export type { RestoreOptions, SavableModel } from './models/index.ts'

// Losses: of rows, and of tasks.
export { binaryCrossEntropy, squaredError } from './autograd/index.ts'
export { crossEntropy, focalLoss, huber, taskLoss, taskLosses, weightedSum } from './training/index.ts'
export type { CrossEntropyOptions, FocalOptions, HuberOptions } from './training/index.ts'
export type { RowLoss, RowLossName, RowLosses } from './training/index.ts'

// Optimizers, their rates, and gradients cut to a length.
export { adagrad, adam, adamW, ftrl, parameterGroups, sgd } from './training/index.ts'
export type { AdagradOptions, AdamOptions, FtrlOptions, SgdOptions } from './training/index.ts'
export type { Optimizer, OptimizerName, ParameterGroup, Paths } from './training/index.ts'
export { cosineDecay, cosineRestarts, exponentialDecay, linearDecay, stepDecay, warmUp } from './training/index.ts'
export type { Schedule } from './training/index.ts'
export { clipByGlobalNorm, clipByValue, globalNorm } from './training/index.ts'

// Strategies: how tasks train together.
export { caGrad, decayingWeights, dwa, fixedWeights, gradNorm, pcGrad, uncertainty } from './training/index.ts'
export type {
  DecayingWeightsOptions,
  GradNormOptions,
  UncertaintyOptions,
  UncertaintyStrategy,
} from './training/index.ts'
export { reconciling } from './training/index.ts'
export type { Gram, Reconcile, ReconcilingOptions } from './training/index.ts'
export type { Balanced, ByTask, Strategy, TaskStep } from './training/index.ts'

// Training.
export { fit, fitAlternating, startAtBaseRates } from './training/index.ts'
export type { FitAlternatingOptions, FitOptions, RunOptions, Turn, TurnOrder } from './training/index.ts'
export type { EpochRecord, History, Progress } from './training/index.ts'

// Scoring, of datasets and of requests.
export { compilePredictor, evaluate, predict, saveProgram } from './training/index.ts'
export type { EvaluateOptions, PredictOptions, Predictor, PredictorOptions, Scores } from './training/index.ts'
export type { MetricName } from './training/index.ts'

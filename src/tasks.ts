/** plegrad/tasks, contents: kinds of tasks beside binary and regression, for `taskTypes` of models and `tasks` of datasets. */
export { count, multiclass, multilabel } from './models/index.ts'
export type { Classes, LabelRange, TaskKind } from './models/index.ts'
export type { LabelCoding, LabelColumn } from './data/index.ts'

// A loss of theirs with options, for `losses` of `fit`.
export { softmaxCrossEntropy } from './models/index.ts'
export type { SoftmaxCrossEntropyOptions } from './models/index.ts'

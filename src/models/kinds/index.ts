/** Kinds of tasks, contents page. */
export { kindOf, nameOf, outputsOf, predictionsOf } from './kind.ts'
export type { LabelRange, TaskKind, TaskType } from './kind.ts'
export type { Classes } from './classes.ts'
export { multiclass, softmaxCrossEntropy } from './multiclass.ts'
export type { SoftmaxCrossEntropyOptions } from './multiclass.ts'
export { multilabel } from './multilabel.ts'
export { count } from './count.ts'
export { isWrittenKind, taskTypeOf } from './written.ts'

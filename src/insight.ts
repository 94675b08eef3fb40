/** plegrad/insight, contents: what a trained model shows of its tasks: whom gates hear, how gradients conflict, what they owe to features, what was gained. */
export { attentionWeights, gateWeights } from './training/index.ts'
export type { GateUse } from './training/index.ts'
export { conflictMeter, gradientConflicts, taskGradients } from './training/index.ts'
export type { Alignment, ConflictMeter, ConflictOptions, Conflicts, TaskGradients } from './training/index.ts'
export { gainScore } from './training/index.ts'
export type { GainScoreOptions } from './training/index.ts'
export { permutationImportance } from './training/index.ts'
export type { Importance, ImportanceOptions, Importances } from './training/index.ts'

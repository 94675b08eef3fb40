/** Models as files, contents. */
export type { SavableModel } from './kinds.ts'
export { restoreModel, restoreModelFrom } from './restore.ts'
export type { RestoreOptions, SavedModel } from './restore.ts'
export { saveModel, savedModelParts } from './save.ts'

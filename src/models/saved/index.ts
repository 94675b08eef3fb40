/** Models as files, contents. */
export { copied, readModelFrom, replaceFile, writeModelTo } from './handles.ts'
export type { FileHandle, WritableFile } from './handles.ts'
export { described } from './kinds.ts'
export type { SavableModel } from './kinds.ts'
export { restoreModel, restoreModelFrom } from './restore.ts'
export type { RestoreOptions, SavedModel } from './restore.ts'
export { FORMAT, saveModel, savedModelParts, savedParts } from './save.ts'

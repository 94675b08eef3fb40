/** Models as files, contents. */
export { copied, readModelFrom, replaceFile, writeModelTo } from './handles.ts'
export type { FileHandle, WritableFile } from './handles.ts'
export type { SavableModel } from './kinds.ts'
export { restoreModel, restoreModelFrom } from './restore.ts'
export type { RestoreOptions, SavedModel } from './restore.ts'
export { saveModel, savedModelParts, savedParts } from './save.ts'

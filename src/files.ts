/** plegrad/files: models and checkpoints as files wherever files are, such as in a browser. plegrad/node has a disk’s. */
export { readModelFrom, restoreModelFrom, savedModelParts, writeModelTo } from './models/index.ts'
export type { FileHandle, RestoreOptions, SavableModel, SavedModel, WritableFile } from './models/index.ts'
export { blobSource } from './safetensors/index.ts'
export type { BlobLike, ByteSource } from './safetensors/index.ts'
export { checkpointStore, handleStore, memoryStore } from './training/index.ts'
export type {
  CheckpointFiles,
  CheckpointOptions,
  CheckpointStore,
  FolderHandle,
  StoreOptions,
} from './training/index.ts'
export type { Resumed, Stateful, TrainingState } from './training/index.ts'

/** plegrad/files: models as files wherever files are, such as in a browser. plegrad/node has those of a disk. */
export { readModelFrom, restoreModelFrom, savedModelParts, writeModelTo } from './models/index.ts'
export type { FileHandle, RestoreOptions, SavableModel, WritableFile } from './models/index.ts'
export { blobSource } from './safetensors/index.ts'
export type { BlobLike, ByteSource } from './safetensors/index.ts'

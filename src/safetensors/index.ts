/** The floor of numbers as bytes, contents: safetensors, whole and in parts. It knows of no model. */
export { blobSource } from './blob.ts'
export type { BlobLike } from './blob.ts'
export { bytesOf } from './dtypes.ts'
export type { Numbers, StoredDtype } from './dtypes.ts'
export { openSafetensors, readSafetensors, tensorsIn, tensorsOf } from './read.ts'
export type { ByteSource, LazySafetensors, LazyTensor, Safetensors, StoredTensor } from './read.ts'
export { joined, partsOf, safetensorsParts, writeSafetensors } from './write.ts'
export type { Metadata, TensorToStore } from './write.ts'

/** plegrad/safetensors: numbers by name as bytes that PyTorch, JAX and NumPy read and write. It knows of no model. */
export {
  blobSource,
  openSafetensors,
  readSafetensors,
  safetensorsParts,
  writeSafetensors,
} from './safetensors/index.ts'
export type {
  BlobLike,
  ByteSource,
  LazySafetensors,
  LazyTensor,
  Metadata,
  Numbers,
  Safetensors,
  StoredDtype,
  StoredTensor,
  TensorToStore,
} from './safetensors/index.ts'

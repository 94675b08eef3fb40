/** plegrad/ndarray, contents: tensors of views of the package ndarray, and the way back. */
export { fromNdarray, toNdarray } from './tensor/index.ts'
export type { NdarrayConstructor, NdarrayLike } from './tensor/index.ts'

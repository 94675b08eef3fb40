/** plegrad/vectors, contents: vector instructions as wide and as quick as the host has them. */
export { enableVectors } from './kernels/index.ts'
export type { Vectors } from './kernels/index.ts'

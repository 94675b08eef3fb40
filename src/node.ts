/** plegrad/node, contents: vector instructions that V8 has behind flags. */
export { enableVectors } from './kernels/index.ts'
export type { Vectors } from './kernels/index.ts'

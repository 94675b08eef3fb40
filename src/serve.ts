/** plegrad/serve, contents: saved programs and the backends that run them. No op, model or optimizer is in it. */
export { defaultServingWasm, servingCpu, servingWasm } from './kernels/index.ts'
export type { ServingBackend, ServingOptions } from './kernels/index.ts'
export type { Row } from './data/index.ts'
export { loadProgram } from './serve/index.ts'
export type { LoadOptions, Scoring, ServedProgram } from './serve/index.ts'
export type { RankOptions, Ranked } from './training/index.ts'

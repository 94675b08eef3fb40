/** plegrad/threads, contents: the WASM backend on several threads. */
export { wasmThreads } from './kernels/index.ts'
export type { ThreadedBackend, ThreadOptions } from './kernels/index.ts'

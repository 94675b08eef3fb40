/** plegrad/gpujs, contents: the GPU.js backend, and programs on it. Needs the peer gpu.js. */
import { gpujs as bare } from './kernels/gpujs/index.ts'
import type { GpujsBackend, GpujsOptions } from './kernels/gpujs/index.ts'
import { compiling } from './program/device/index.ts'
import type { CompilesAsync } from './program/device/index.ts'

export { MODES } from './kernels/gpujs/index.ts'
export type { GpuBuffer, GpujsBackend, GpujsOptions, Library, Mode } from './kernels/gpujs/index.ts'
export { compileAsync } from './program/device/index.ts'
export type { AsyncCompiled, AsyncProgram, CompileAsyncOptions, CompilesAsync } from './program/device/index.ts'

/**
 * A backend on GPU.js in one mode. Its memory is out of reach: numbers come back by `read`. Programs are compiled by
 * `compileAsync`, and `fit` trains on it.
 *
 * @throws RangeError for a mode that there is not; Error where the peer gpu.js is not installed, or the host cannot run
 * the mode.
 */
export const gpujs = async (options: GpujsOptions): Promise<GpujsBackend & CompilesAsync> =>
  compiling(await bare(options))

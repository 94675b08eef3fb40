/** plegrad/gpujs, contents: the GPU.js backend, and programs on it. Needs the peer gpu.js. */
import { auto as choose } from './kernels/gpujs/auto/index.ts'
import type { AutoBackend, AutoOptions } from './kernels/gpujs/auto/index.ts'
import { gpujs as bare } from './kernels/gpujs/index.ts'
import type { GpujsBackend, GpujsOptions } from './kernels/gpujs/index.ts'
import { compiling } from './program/device/index.ts'
import type { CompilesAsync } from './program/device/index.ts'

export type * from './kernels/gpujs/auto/index.ts'
export { MODES } from './kernels/gpujs/index.ts'
export type { GpuBuffer, GpujsBackend, GpujsOptions, Library, Mode } from './kernels/gpujs/index.ts'
export { compileAsync } from './program/device/index.ts'
export type { AsyncCompiled, AsyncProgram, CompileAsyncOptions, CompilesAsync } from './program/device/index.ts'

/**
 * A backend on GPU.js in one mode. Its memory is out of reach: numbers come back by `read`. Programs are compiled by
 * `compileAsync`, and `fit` trains on it.
 *
 * @throws RangeError for a mode that there is not, or another option that is unknown or out of its range; Error where the peer gpu.js is not installed, or the host cannot run
 * the mode.
 */
export const gpujs = async (options: GpujsOptions): Promise<GpujsBackend & CompilesAsync> =>
  compiling(await bare(options))

/**
 * A backend for `work`, and `why`: GPU.js on a real GPU where that was measured to be sooner, else WebAssembly, else the
 * CPU. What is measured, each verb once for a device, is remembered as long as the process lives.
 *
 * @throws RangeError for work of unknown verbs or sizes; never for lack of a GPU.
 */
export const auto = (options: AutoOptions = {}): Promise<AutoBackend> => choose(options, gpujs)

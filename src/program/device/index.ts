/** Programs on devices: what is compiled for a backend that answers by promise. An entry of its own hands it out. */
import type { LaunchingBackend } from '../../kernels/index.ts'
import { compileAsync } from './compileAsync.ts'
import type { CompilesAsync } from '../compiles.ts'

export { compileAsync } from './compileAsync.ts'
export type { CompileAsyncOptions } from './compileAsync.ts'
export { quickest } from './quickest.ts'
export type { Candidate, Quickest, Timed, TrialOptions } from './quickest.ts'
export type { AsyncCompiled, AsyncProgram, CompilesAsync } from '../compiles.ts'

/** The backend, with what `fit` needs to train there. */
export function compiling<B extends LaunchingBackend>(backend: B): B & CompilesAsync {
  const made: B & CompilesAsync = {
    ...backend,
    compile: (step, options) => compileAsync(step, { ...options, backend: made }),
  }
  return made
}

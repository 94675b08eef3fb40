/** What verbs say they want run, as data: kernel calls, and what the host does between them. Nothing runs here. */
import type { NumberOrGetter } from '../numberOrGetter.ts'
import type { GpuBuffer } from './buffer.ts'
import type { Constants, Shader } from './shaders.ts'

export type { Constants } from './shaders.ts'

/** What a kernel is given: an array, or a number that may be another one at each call. */
export type Input = GpuBuffer | NumberOrGetter

/** A kernel call, ready to be made any number of times. */
export interface KernelCall {
  readonly shader: Shader
  readonly out: GpuBuffer
  readonly inputs: readonly Input[]
}

/** Numbers that the host works out anew each time: what no kernel can. */
export interface HostCall {
  readonly numbers: (() => Float32Array) | Float32Array
  readonly out: GpuBuffer
}

/** A function of the host's that leaves no numbers, such as one that counts steps. */
export interface HostRun {
  readonly run: () => void
}

export type Launch = KernelCall | HostCall | HostRun

/** How verbs say what they want run. */
export interface Launcher {
  /** out[t] = what the function `source` returns for `this.thread.x` = t */
  readonly launch: (source: string, out: GpuBuffer, inputs: readonly Input[], constants?: Constants) => void
  /** out = numbers, worked out now or anew at each call */
  readonly host: (out: GpuBuffer, numbers: HostCall['numbers']) => void
  /** A box for what one kernel of a verb leaves to the next. */
  readonly between: (length: number) => GpuBuffer
}

/**
 * The part of GPU.js that this backend uses, as types, and how it is found: given by the caller or imported when first
 * asked for. It refuses to be an import of anyone who does not ask.
 */

import type { Check } from '../../checks/index.ts'

/** A number's place on a device: what a kernel gives and takes there. */
export interface Handle {
  /** The numbers, by promise in mode webgpu. */
  toArray(): Float32Array | Promise<Float32Array>
  delete(): void
}

/** What stands for an array: the host's own, a handle, or, while a pipeline is traced, something that nobody may look at. */
export type Value = Float32Array | Handle

/** A kernel of GPU.js: gives its output, by promise in mode webgpu. */
export interface GpuKernel {
  (...args: readonly (Value | number)[]): Value | Promise<Value>
  readonly kernel: object
  destroy(removeCanvasReferences?: boolean): void
}

export interface KernelSettings {
  readonly output: readonly number[]
  readonly constants: Readonly<Record<string, number>>
  readonly functions?: readonly string[]
  readonly pipeline: boolean
  readonly immutable: boolean
  readonly precision: 'single'
  readonly tactic: 'precision'
}

/** A plan of kernels that runs as one launch. */
export interface GpuPipeline {
  (...args: readonly (Float32Array | number)[]): Promise<readonly Float32Array[]>
  readonly executorKind: string
  readonly fallbackReason: string | null
  destroy(): Promise<void>
}

export interface Gpu {
  readonly mode: string
  /** The class of the kernels that this mode makes; one that fell back is of another. */
  readonly Kernel: object
  readonly kernels: readonly object[]
  /** Of WebGL, once there is a kernel. */
  readonly context?: { isContextLost?(): boolean } | null
  createKernel(source: string, settings: KernelSettings): GpuKernel
  createPipeline(plan: (...args: readonly Value[]) => readonly Value[]): GpuPipeline
  destroy(): Promise<void> | undefined
}

export interface GpuClass {
  new (settings: { readonly mode: Mode }): Gpu
  readonly isWebGPUSupported: boolean
  readonly isWebGL2Supported: boolean
  readonly isWebGLSupported: boolean
  readonly isHeadlessGLSupported: boolean
  readonly isWebAssemblySupported: boolean
  isWebGPUAvailable(): Promise<boolean>
}

/** Where GPU.js may run a kernel. */
export const MODES = ['webgpu', 'webgl2', 'webgl', 'headlessgl', 'webasm', 'cpu'] as const
/** What GPU.js runs kernels on. */
export type Mode = (typeof MODES)[number]

/** What `import('gpu.js')` gives, whichever way a bundler wraps it. */
interface Wrapped {
  readonly GPU?: unknown
  readonly default?: unknown
}

const classIn = (found: unknown): GpuClass | undefined => {
  if (typeof found === 'function') return found as unknown as GpuClass
  if (typeof found !== 'object' || found === null) return undefined
  const { GPU, default: inner } = found as Wrapped
  return classIn(GPU) ?? classIn(inner)
}

/** GPU.js as the caller gives it: the class, or the module that holds it. */
export type Library = GpuClass | object

/** A module, whatever is in it. */
export const MODULE: Check = {
  expected: 'to be a module, as import() gives it',
  fits: (value) => (typeof value === 'object' && value !== null) || typeof value === 'function',
}

/**
 * The class `GPU` of the library, of the peer `gpu.js` where none is given.
 *
 * @throws Error where the peer is not installed, or what was given is not GPU.js.
 */
export async function classOf(
  given?: Library,
  load: () => Promise<unknown> = () => import('gpu.js'),
): Promise<GpuClass> {
  let found: unknown = given
  if (found === undefined) {
    try {
      found = await load()
    } catch (error) {
      throw new Error(
        `gpujs: expected the peer gpu.js but got none: because ${reasonOf(error)}; install it by 'npm install gpu.js', ` +
          'or give it as gpujs({ library })',
        { cause: error },
      )
    }
  }
  const library = classIn(found)
  if (!library || typeof library.isWebGPUAvailable !== 'function')
    throw new TypeError(
      `gpujs: expected gpu.js from 2.24 on but got ${library ? 'an older one' : typeof found}: because it has no class ` +
        'GPU that can be asked for WebGPU',
    )
  return library
}

/** What GPU.js says where its device is gone, and where one that came after is given what was on it. */
const LOST = /device was lost|from a different WebGPU device/

/** A context of WebGL that is gone computes on, and gives zeros: whoever looks at numbers has to ask. */
export function checkPresent({ context }: Gpu): void {
  if (context?.isContextLost?.()) throw new Error('WebGL device was lost')
}

/** An error's first line, and the next where the first only announces it, for another error's because. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  if (LOST.test(said)) return 'the device was lost, and with it all numbers on it; go on with a new backend'
  const [first, second] = said.split('\n')
  return first.endsWith(':') && second ? `${first} ${second.trim()}` : first
}

/** Why a mode cannot run here, or undefined where it can. */
export async function lackOf(mode: Mode, library: GpuClass): Promise<string | undefined> {
  switch (mode) {
    case 'webgpu':
      if (!library.isWebGPUSupported) return 'the host has no navigator.gpu'
      return (await library.isWebGPUAvailable()) ? undefined : 'navigator.gpu has no adapter to give'
    case 'webgl2':
      return library.isWebGL2Supported ? undefined : 'the host has no WebGL 2 with float textures'
    case 'webgl':
      return library.isWebGLSupported ? undefined : 'the host has no WebGL with float textures'
    case 'headlessgl':
      return library.isHeadlessGLSupported ? undefined : "the package 'gl' is not installed or finds no display"
    case 'webasm':
      return library.isWebAssemblySupported ? undefined : 'the host has no WebAssembly'
    case 'cpu':
      return undefined
  }
}

/** The WASM backend on a smaller binary, for whoever scores and never learns. Plain loops do what it does not have. */
import { anything, checkOptions, flag } from '../../checks/index.ts'
import type { Backend } from '../backend.ts'
import type { Floats } from '../buffer.ts'
import { VARIANT, backendOver } from './backend.ts'
import type { WasmBackend, WasmOptions } from './backend.ts'
import { compiler } from './module.ts'
import { binary } from './serving.generated.ts'
import { offers } from './variant.ts'

/** What the `wasm` of plegrad/serve takes. */
export type ServingOptions = Omit<WasmOptions, 'shared'>

/** A backend on one WebAssembly memory, with kernels of a forward pass alone. */
export interface ServingBackend
  extends Backend<Floats, Int32Array>, Pick<WasmBackend, 'variant' | 'wide' | 'freeBytes'> {
  allocate(length: number): Float32Array
  owns(buffer: Floats | Int32Array): boolean
  releaseBuffer(buffer: Floats | Int32Array): void
}

const compiled = compiler(binary)

/**
 * A backend with a memory of its own, whose kernels have the bits of those that models are trained with.
 *
 * @throws RangeError where an option is unknown or out of its range, or the host lacks the memory; Error where it lacks the
 * variant.
 */
export function servingWasm(options: ServingOptions = {}): ServingBackend {
  checkOptions('wasm', options, { bytes: anything, variant: VARIANT, wide: flag })
  return backendOver({ compiled, learning: () => ({}) }, options)
}

let shared: ServingBackend | undefined

/** The one that everyone may share, made when first asked for; undefined where the host has no WebAssembly with SIMD. */
export function defaultServingWasm(): ServingBackend | undefined {
  if (offers('simd')) shared ??= servingWasm()
  return shared
}

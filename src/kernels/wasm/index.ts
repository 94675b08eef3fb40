/** The WASM backend, on the binary that has all kernels. */
import { anything, checkOptions, flag } from '../../checks/index.ts'
import { VARIANT, backendOver } from './backend.ts'
import type { WasmBackend, WasmOptions } from './backend.ts'
import { binary } from './binary.generated.ts'
import { compiler } from './module.ts'
import { random } from './random.ts'
import { update } from './update.ts'
import { offers } from './variant.ts'

export { VARIANT } from './backend.ts'
export type { WasmBackend, WasmOptions } from './backend.ts'
export type { Exports } from './exports.ts'
export { offers } from './variant.ts'
export type { Variant } from './variant.ts'

const compiled = compiler(binary)

/**
 * A backend with a memory of its own.
 *
 * @throws RangeError where an option is unknown or out of its range, or the host lacks the memory; Error where it lacks the
 * variant.
 */
export function wasm(options: WasmOptions = {}): WasmBackend {
  checkOptions('wasm', options, { bytes: anything, variant: VARIANT, shared: flag, wide: flag })
  return backendOver(
    { compiled, learning: (exports, list) => ({ ...random(exports), ...update(exports, list) }) },
    options,
  )
}

let shared: WasmBackend | undefined

/** The one that everyone may share, made when first asked for; undefined where the host has no WebAssembly with SIMD. */
export function defaultWasm(): WasmBackend | undefined {
  if (offers('simd')) shared ??= wasm()
  return shared
}

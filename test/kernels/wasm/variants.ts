/** The variants that are tested: relaxed SIMD too where the engine knows it, by a flag if need be. */
import { setFlagsFromString } from 'node:v8'
import { wasm } from '../../../src/kernels/index.ts'
import type { WasmBackend } from '../../../src/kernels/index.ts'
import { offers } from '../../../src/kernels/wasm/variant.ts'

/** Turns relaxed SIMD on in engines that have it behind a flag. */
export function allowRelaxed(): void {
  if (!offers('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd')
}

/** A backend of each variant, with little memory. */
export function everyVariant(bytes = 2 ** 26): readonly WasmBackend[] {
  allowRelaxed()
  return [wasm({ variant: 'simd', bytes }), wasm({ variant: 'relaxed', bytes })]
}

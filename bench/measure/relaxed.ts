/** Relaxed SIMD for everyone in the run: Node 20 has it behind a flag of V8, which must be set before anything compiles. */
import { setFlagsFromString } from 'node:v8'

/** A module of one function: f32x4.relaxed_madd of three constants, dropped. */
const PROBE = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 20, 1, 18, 0],
  ...[65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 26, 11],
])

const offered = (): boolean => WebAssembly.validate(PROBE)

const without = offered()
if (!without) setFlagsFromString('--experimental-wasm-relaxed-simd')

/** How relaxed SIMD came to be there, or that it is not. */
export const RELAXED: 'offered' | 'by a V8 flag' | 'missing' = without
  ? 'offered'
  : offered()
    ? 'by a V8 flag'
    : 'missing'

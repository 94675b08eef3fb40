/**
 * What V8 has behind flags and kernels are the quicker for, turned on for a process: relaxed SIMD in Node 20, and the joining
 * of vectors from Node 24 on. It changes nothing where a host is no V8, or an older one.
 */
import { joinsVectors } from './joins.ts'
import { offers } from './variant.ts'
import { setWideByDefault } from './wide.ts'

/** What `enableVectors` found. */
export interface Vectors {
  /** Whether a·b + c is one instruction and one rounding. */
  readonly relaxed: boolean
  /** Whether pairs of 128-bit vectors are joined into ones of 256 bits, as measured. */
  readonly wide: boolean
  /** Why they are not. */
  readonly because?: string
}

interface V8 {
  setFlagsFromString(flags: string): void
}
declare const process:
  | {
      readonly versions?: { readonly v8?: string; readonly bun?: string }
      getBuiltinModule?(name: 'node:v8'): V8 | undefined
    }
  | undefined

/** The first V8 that joins vectors, and the first that calls it a feature. An unknown flag would be complained of. */
const [JOINS, NAMED] = [13, 15.6]

/**
 * Sets flags of V8 in Node that make WebAssembly quicker, and measures what came of it, which takes 60 ms where there
 * is something to find. A browser is told such flags when it starts; there it only measures. Call it before anything else of
 * plegrad: what is compiled already stays as it is. From then on `wasm` makes backends that use what there is. Wide vectors
 * do not change a bit; `relaxed` rounds once where it would twice.
 */
export function enableVectors(): Vectors {
  const host = typeof process === 'object' ? process : undefined
  // Bun says that it is as good as some V8, which it is not.
  const v8 = host?.versions?.bun === undefined ? host?.getBuiltinModule?.('node:v8') : undefined
  const version = v8 ? parseFloat(host?.versions?.v8 ?? '') : undefined
  if (v8 && !offers('relaxed')) v8.setFlagsFromString('--experimental-wasm-relaxed-simd')
  const tooOld = version !== undefined && version < JOINS
  if (v8 && !tooOld) v8.setFlagsFromString(`--${version! < NAMED ? 'experimental-' : ''}wasm-revectorize`)
  const wide = !tooOld && offers('simd') && joinsVectors()
  setWideByDefault(wide)
  const because = tooOld
    ? `V8 joins pairs of vectors from ${JOINS} on, and this host has ${version}`
    : 'a product was no faster for it: this host does not join pairs of vectors, or was not told to, or lacks AVX2'
  return { relaxed: offers('relaxed'), wide, ...(!wide && { because }) }
}

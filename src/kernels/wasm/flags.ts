/**
 * What V8 has behind flags and kernels are the quicker for, turned on for a process: relaxed SIMD in Node 20, and the joining
 * of vectors from Node 24 on. It does nothing where a host is no V8, or an older one.
 */
import { detectWide } from './index.ts'
import { offers } from './variant.ts'

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
      readonly versions: { readonly v8?: string; readonly bun?: string }
      getBuiltinModule?(name: 'node:v8'): V8 | undefined
    }
  | undefined

/** The first V8 that joins vectors, and the first that calls it a feature. An unknown flag would be complained of. */
const [JOINS, NAMED] = [13, 15.6]

/**
 * Sets flags of V8 in Node, or Deno, that make WebAssembly quicker, and measures what came of it, in up to 60 ms. Call it
 * before anything else of plegrad: what is compiled already stays as it is. Results are the same bits, but for those of
 * `relaxed`, which rounds once where it would twice.
 */
export function enableVectors(): Vectors {
  const { versions, getBuiltinModule } = typeof process === 'object' ? process : { versions: {} }
  // Bun says that it is as good as some V8, which it is not.
  const v8 = versions.bun === undefined ? getBuiltinModule?.('node:v8') : undefined
  const version = v8 ? parseFloat(versions.v8 ?? '') : 0
  if (v8 && !offers('relaxed')) v8.setFlagsFromString('--experimental-wasm-relaxed-simd')
  if (version >= JOINS) v8?.setFlagsFromString(`--${version < NAMED ? 'experimental-' : ''}wasm-revectorize`)
  const wide = version >= JOINS && detectWide()
  return {
    relaxed: offers('relaxed'),
    wide,
    ...(!wide && {
      because:
        version >= JOINS
          ? `V8 ${version} could join pairs of vectors but a product was no faster so: without AVX2 it cannot`
          : `V8 ${JOINS} or later joins pairs of vectors and this host ${version > 0 ? `has ${version}` : 'has none'}`,
    }),
  }
}

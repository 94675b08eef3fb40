/** Which flags are set in which host, and what is said of it. The kernels themselves are not asked. */
import { afterEach, describe, expect, it, vi } from 'vitest'

const [RELAXED, JOIN, LATER] = [
  '--experimental-wasm-relaxed-simd',
  '--experimental-wasm-revectorize',
  '--wasm-revectorize',
]

const NO_FASTER =
  'a product was no faster for it: this host does not join pairs of vectors, or was not told to, or lacks AVX2'

interface Host {
  /** Those of its process, if it has one. */
  readonly versions?: Readonly<Record<string, string>>
  /** Whether it has relaxed SIMD unasked. */
  readonly relaxed: boolean
  /** Whether products are faster in wide tiles. */
  readonly wide: boolean
}

/** What `enableVectors` does there. */
async function enabledIn({ versions, relaxed, wide }: Host) {
  const flags: string[] = []
  vi.resetModules()
  vi.doMock('../../../src/kernels/wasm/joins.ts', () => ({ joinsVectors: () => wide }))
  vi.doMock('../../../src/kernels/wasm/variant.ts', () => ({ offers: () => relaxed || flags.includes(RELAXED) }))
  const setFlagsFromString = (given: string): number => flags.push(given)
  const process = { versions, getBuiltinModule: () => ({ setFlagsFromString }) }
  vi.stubGlobal('process', versions && process)
  const { enableVectors } = await import('../../../src/kernels/wasm/flags.ts')
  return { flags, ...enableVectors() }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.doUnmock('../../../src/kernels/wasm/joins.ts')
  vi.doUnmock('../../../src/kernels/wasm/variant.ts')
})

describe('flags are set', () => {
  const node20 = { v8: '11.3.244.8-node.33' }
  const because20 = 'V8 joins pairs of vectors from 13 on, and this host has 11.3'

  it('for relaxed SIMD alone in Node 20', async () => {
    expect(await enabledIn({ versions: node20, relaxed: false, wide: false })).toEqual({
      ...{ flags: [RELAXED], relaxed: true, wide: false, because: because20 },
    })
  })

  it('for joined vectors in Node 24, by their new name in later ones', async () => {
    const host = { relaxed: true, wide: true }
    expect(await enabledIn({ ...host, versions: { v8: '13.6.233.17-node.53' } })).toEqual({ ...host, flags: [JOIN] })
    expect(await enabledIn({ ...host, versions: { v8: '15.6.1.0-node.1' } })).toEqual({ ...host, flags: [LATER] })
  })

  it('in vain where the processor is too old, which is said', async () => {
    expect(await enabledIn({ versions: { v8: '13.6.233.17-node.53' }, relaxed: true, wide: false })).toEqual({
      ...{ flags: [JOIN], relaxed: true, wide: false },
      because: NO_FASTER,
    })
  })

  it('nowhere else: neither in Bun, which has the version of a V8 and none, nor in a page, which only measures', async () => {
    const bun = { v8: '14.6', bun: '1.4.5' }
    const nothing = { flags: [], relaxed: true, wide: false, because: NO_FASTER }
    expect(await enabledIn({ versions: bun, relaxed: true, wide: false })).toEqual(nothing)
    expect(await enabledIn({ relaxed: true, wide: false })).toEqual(nothing)
    expect(await enabledIn({ relaxed: true, wide: true })).toEqual({ flags: [], relaxed: true, wide: true })
  })
})

/** Tiles for hosts that join pairs of vectors, held to the bits of the others; and how a host is found to be one. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { wasm } from '../../../src/index.ts'
import type { WasmBackend } from '../../../src/kernels/index.ts'
import { drawFrom } from '../law.ts'
import { CALLS } from '../calls.ts'
import { expectSameBits, onModule } from './bits.ts'
import { everyVariant } from './variants.ts'

/** The same memory with kernels that use the other kind of tiles. */
const widened = (backend: WasmBackend): WasmBackend => onModule({ ...backend, wide: true }, backend.module)

const RELU = 1
const ADD = 2

describe.each(everyVariant(2 ** 27))('$variant', (narrow) => {
  const wide = widened(narrow)

  it.each(Object.keys(CALLS))('%s has the same bits on wide tiles', (verb) => {
    expectSameBits(verb, narrow, wide)
  })

  it('products of every form, depth and edge have the same bits', () => {
    const rows = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(36, 72, 255, 257))
    const columns = fc.oneof(fc.integer({ min: 1, max: 52 }), fc.constantFrom(64, 520))
    const steps = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(256, 257, 600))
    const property = fc.property(
      rows,
      steps,
      columns,
      fc.constantFrom('A·B', 'A·Bᵀ', 'Aᵀ·B'),
      fc.boolean(),
      fc.constantFrom(0, RELU, ADD, RELU + ADD),
      fc.integer(),
      (m, k, n, form, biased, flags, seed) => {
        const draw = drawFrom(seed)
        const drawn = (count: number): Float32Array => {
          const buffer = narrow.allocate(count)
          for (let at = 0; at < count; at++) buffer[at] = draw.value()
          return buffer
        }
        const [a, b, bias, before] = [drawn(m * k), drawn(k * n), drawn(n), drawn(m * n)]
        const [aRow, aStep] = form === 'Aᵀ·B' ? [1, m] : [k, 1]
        const [bStep, bColumn] = form === 'A·Bᵀ' ? [1, k] : [n, 1]
        const outs = [narrow, wide].map(({ exports }) => {
          const out = narrow.allocate(m * n)
          out.set(before)
          const bias0 = biased ? bias.byteOffset : 0
          exports.gemm(
            ...([a.byteOffset, aRow, aStep, b.byteOffset, bStep, bColumn] as const),
            ...([bias0, out.byteOffset, m, k, n, flags] as const),
          )
          return out
        })
        const [first, second] = outs.map((out) => Buffer.from(out.slice().buffer))
        for (const buffer of [a, b, bias, before, ...outs]) narrow.releaseBuffer(buffer)
        expect(Buffer.compare(first, second)).toBe(0)
      },
    )
    fc.assert(property, { numRuns: 400 })
  })
})

describe('a host', () => {
  /** The floor of kernels anew, on a clock by which a product in wide tiles takes so many times as long as another. */
  async function detectedAt(times: number): Promise<{ found: boolean; names: string[] }> {
    vi.resetModules()
    const { wasm: made } = await import('../../../src/kernels/wasm/index.ts')
    const { enableVectors } = await import('../../../src/vectors.ts')
    let now = 0
    let pace = 1
    // As in a page, where nothing is known but what is measured.
    vi.stubGlobal('process', undefined)
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.2 * pace))
    const original = WebAssembly.Instance
    vi.spyOn(WebAssembly, 'Instance').mockImplementation(function (...given: ConstructorParameters<typeof original>) {
      const { exports } = new original(...given)
      const { setScratch } = exports as { setScratch: (address: number, wide: boolean) => void }
      return {
        exports: {
          ...exports,
          setScratch: (address: number, wide: boolean) => {
            pace = wide ? times : 1
            setScratch(address, wide)
          },
        },
      } as WebAssembly.Instance
    })
    const name = (): string => made({ bytes: 2 ** 24, variant: 'simd' }).name
    const before = name()
    const found = enableVectors().wide
    return { found, names: [before, name()] }
  }

  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('that is twice as fast in wide tiles has backends on them from then on', async () => {
    expect(await detectedAt(0.5)).toEqual({ found: true, names: ['wasm-simd', 'wasm-simd-wide'] })
  })

  it.each([0.1, 0.9, 1.2])('that takes %f times as long has not', async (times) => {
    expect(await detectedAt(times)).toEqual({ found: false, names: ['wasm-simd', 'wasm-simd'] })
  })

  it('may be told what it is', () => {
    expect(wasm({ bytes: 2 ** 24, variant: 'simd', wide: true }).name).toBe('wasm-simd-wide')
  })
})

/** The variants of the stored binary against binaries that are compiled for one variant and never patched. */
import binaryen from 'assemblyscript/binaryen'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHalves, compile } from '../../../scripts/build-wasm.ts'
import { kernelsOf, wasm } from '../../../src/kernels/index.ts'
import { binary } from '../../../src/kernels/wasm/binary.generated.ts'
import { instantiate } from '../../../src/kernels/wasm/module.ts'
import { decode } from '../../../src/kernels/wasm/text.ts'
import { settle } from '../../../src/kernels/wasm/variant.ts'
import { drawFrom } from '../law.ts'
import { CALLS } from './calls.ts'
import type { Call, Given } from './calls.ts'
import { allowRelaxed } from './variants.ts'

/** What the source builds to if this is x·y + c. */
const compiledWith = (formula: string, more = ''): Promise<Uint8Array> =>
  compile('index', more, (source) => source.replace('i16x8.avgr_u(i16x8.q15mulr_sat_s(x, y), c)', formula))

it('simd is byte for byte what the source builds to with products and sums', async () => {
  const direct = await compiledWith('f32x4.add(f32x4.mul(x, y), c)')
  expect(Buffer.compare(settle(decode(binary), 'simd'), direct)).toBe(0)
})

describe('relaxed comes to the bits of what the source builds to with relaxed multiply-adds', async () => {
  allowRelaxed()
  const backend = wasm({ variant: 'relaxed', bytes: 2 ** 26 })
  const { memory, reserve } = backend
  const direct = await compiledWith('f32x4.relaxed_madd(x, y, c)', '--enable relaxed-simd')
  const exports = instantiate(new WebAssembly.Module(direct as Uint8Array<ArrayBuffer>), memory)
  exports.setScratch(reserve(exports.scratchBytes()))

  /** What a call is given; of outputs, what was there before. */
  function given(call: Call, seed: number): Given {
    const draw = drawFrom(seed)
    const floats = (lengths: readonly number[] = [], value = (): number => draw.value()): Float32Array[] =>
      lengths.map((length) => {
        const buffer = backend.allocate(length)
        for (let at = 0; at < length; at++) buffer[at] = value()
        return buffer
      })
    const ids = (lengths: readonly (readonly [length: number, below: number])[] = []): Int32Array[] =>
      lengths.map(([length, below]) => {
        const buffer = backend.allocateIds(length)
        for (let at = 0; at < length; at++) buffer[at] = draw.below(below + 1) - 1
        return buffer
      })
    const room = (lengths: readonly number[] = []): Int32Array[] => ids(lengths.map((length) => [length, 1]))
    return {
      floats: floats(call.floats),
      ids: ids(call.ids),
      outs: floats(call.outs, () => Math.abs(draw.value())),
      idOuts: room(call.idOuts),
      spare: room(call.spare),
    }
  }

  const size = fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.integer({ min: 4, max: 70 }))
  const least = fc.integer({ min: 1, max: 40 })
  const sizes = fc.record({
    a: size,
    b: size,
    c: least,
    d: least,
    scalar: fc.constantFrom(-2.5, -0.5, 0.25, 0.75, 2.5),
  })

  it.each(Object.entries(CALLS))('%s', (_, callOf) => {
    const property = fc.property(sizes, fc.integer(), (drawn, seed) => {
      const results = [kernelsOf(backend), kernelsOf({ ...backend, ...backend.over(exports) })].map((verbs) => {
        const call = callOf(drawn)
        const buffers = given(call, seed)
        call.run(verbs, buffers)
        const { outs, idOuts } = buffers
        const bits = Buffer.concat([...outs, ...idOuts].map((out) => new Uint8Array(out.slice().buffer)))
        for (const buffer of Object.values(buffers).flat()) backend.releaseBuffer(buffer as Float32Array)
        return bits
      })
      expect(Buffer.compare(results[0], results[1])).toBe(0)
    })
    fc.assert(property, { numRuns: 100 })
  })
})

describe('a build is refused', () => {
  const binaryOf = (body: string): Uint8Array =>
    binaryen.parseText(`(module (func (param $x v128) (result v128) ${body}))`).emitBinary()
  const x = '(local.get $x)'
  const product = `(i16x8.q15mulr_sat_s ${x} ${x})`

  it.each([
    ['a product is stored of which no sum is made', `(i16x8.avgr_u ${product} ${product})`],
    ['a sum is stored that is of no product', `(i16x8.avgr_u (i16x8.avgr_u ${product} ${x}) ${x})`],
    [
      'a product is kept for two sums',
      `(local $y v128) (i16x8.avgr_u (i16x8.avgr_u (local.tee $y ${product}) ${x}) (i16x8.avgr_u (local.get $y) ${x}))`,
    ],
    ['other bytes read as half of one', `(i16x8.avgr_u ${product} (v128.const i32x4 0x000182fd 0 0 0))`],
    ['there is none', x],
  ])('where %s', (_, body) => {
    expect(() => checkHalves(binaryOf(body))).toThrow(/^build-wasm: expected halves of \d multiply-adds but got/)
  })

  it('but not where every sum is one of a product', () => {
    expect(() => checkHalves(binaryOf(`(i16x8.avgr_u ${product} (i16x8.avgr_u ${product} ${x}))`))).not.toThrow()
  })
})

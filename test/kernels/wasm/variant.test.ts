/** The variants of the stored binary against binaries that are compiled for one variant and never patched. */
import binaryen from 'assemblyscript/binaryen'
import { describe, expect, it } from 'vitest'
import { checkHalves, compile } from '../../../scripts/build-wasm.ts'
import { wasm } from '../../../src/kernels/index.ts'
import { binary } from '../../../src/kernels/wasm/binary.generated.ts'
import { decode } from '../../../src/kernels/wasm/text.ts'
import { settle } from '../../../src/kernels/wasm/variant.ts'
import { expectSameBits, onModule } from './bits.ts'
import { CALLS } from '../calls.ts'
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
  const backend = wasm({ variant: 'relaxed', bytes: 2 ** 27 })
  const direct = await compiledWith('f32x4.relaxed_madd(x, y, c)', '--enable relaxed-simd')
  const other = onModule(backend, new WebAssembly.Module(direct as Uint8Array<ArrayBuffer>))

  it.each(Object.keys(CALLS))('%s', (verb) => {
    expectSameBits(verb, backend, other)
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

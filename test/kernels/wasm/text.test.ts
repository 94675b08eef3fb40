/** Bytes as text and back. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decode, encode } from '../../../src/kernels/wasm/text.ts'

it('every sequence of bytes comes back from its text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      expect(decode(encode(bytes))).toEqual(bytes)
    }),
  )
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect(decode(encode(all))).toEqual(all)
})

it('the text is printable ASCII', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect(encode(all)).toMatch(/^[ -~]+$/)
})

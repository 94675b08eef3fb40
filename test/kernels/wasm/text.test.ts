/** Bytes as text and back. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../../scripts/wasm-text.ts'
import { binary as index } from '../../../src/kernels/wasm/binary.generated.ts'
import { binary as serving } from '../../../src/kernels/wasm/serving.generated.ts'
import { decode } from '../../../src/kernels/wasm/text.ts'

const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)

it('every sequence of bytes comes back from its text', () => {
  const back = (bytes: Uint8Array): void => {
    expect(decode(encode(bytes))).toEqual(bytes)
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), back), { numRuns: 20 })
  // Few values, so that there are repetitions.
  fc.assert(fc.property(fc.uint8Array({ max: 3, maxLength: 200 }), back), { numRuns: 20 })
  back(all)
  back(new Uint8Array(300).fill(7))
  back(Uint8Array.from([...all, ...all.slice().reverse(), ...all]))
})

it('the text is printable ASCII, in which nothing must be escaped', () => {
  expect(encode(all)).toMatch(/^[#-[\]-~]+$/)
  expect(JSON.stringify(index)).toHaveLength(index.length + 2)
})

it('another text is of other bytes', () => {
  const text = encode(all)
  expect(decode(text.replace(text[20], text[20] === 'a' ? 'b' : 'a'))).not.toEqual(all)
})

describe.each([
  ['index', index],
  ['serving', serving],
])('the binary of %s', (_, text) => {
  it('weighs less as text than gzip makes of it, by a sixth, however a page is served', () => {
    const gzipped = gzipSync(decode(text), { level: 9 }).length
    expect(gzipSync(text, { level: 9 }).length).toBeLessThan((gzipped * 5) / 6)
    expect((text.length * Math.log2(91)) / 8).toBeLessThan(gzipped * 0.8)
  })
})

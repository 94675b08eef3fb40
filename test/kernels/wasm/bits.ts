/** Kernels over two binaries, held to the same bits on inputs that are drawn: so exact that no tolerance hides a rounding. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { kernelsOf } from '../../../src/kernels/index.ts'
import type { WasmBackend } from '../../../src/kernels/index.ts'
import { instantiate } from '../../../src/kernels/wasm/module.ts'
import { drawFrom } from '../law.ts'
import { CALLS, idFrom } from '../calls.ts'
import type { Call, Given } from '../calls.ts'

const size = fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.integer({ min: 4, max: 70 }))
const least = fc.integer({ min: 1, max: 40 })
const scalar = fc.constantFrom(-2.5, -0.5, 0.25, 0.75, 2.5)
const sizes = fc.record({ a: size, b: size, c: least, d: least, scalar })

/** What a call is given; of outputs, what was there before. */
function givenTo({ floats, ids, outs, idOuts, spare }: Call, backend: WasmBackend, seed: number): Given {
  const draw = drawFrom(seed)
  const numbers = (lengths: readonly number[], value: () => number): Float32Array[] =>
    lengths.map((length) => {
      const buffer = backend.allocate(length)
      for (let at = 0; at < length; at++) buffer[at] = value()
      return buffer
    })
  const integers = (lengths: readonly (readonly [length: number, below: number])[]): Int32Array[] =>
    lengths.map(([length, below]) => {
      const buffer = backend.allocateIds(length)
      for (let at = 0; at < length; at++) buffer[at] = idFrom(draw, below)
      return buffer
    })
  const room = (lengths: readonly number[]): Int32Array[] => integers(lengths.map((length) => [length, 1]))
  return {
    floats: numbers(floats, () => draw.value()),
    ids: integers(ids),
    outs: numbers(outs, () => Math.abs(draw.value())),
    idOuts: room(idOuts),
    spare: room(spare),
  }
}

/** The same backend with its kernels over an instance of another module. */
export function onModule(backend: WasmBackend, module: object): WasmBackend {
  const exports = instantiate(module, backend.memory)
  exports.setScratch(backend.reserve(exports.scratchBytes()), backend.wide)
  return { ...backend, exports, ...backend.over(exports) }
}

/** Fails unless both backends, which have one memory, come to the same bits in a kernel. */
export function expectSameBits(verb: string, ...backends: readonly [WasmBackend, WasmBackend]): void {
  const property = fc.property(sizes, fc.integer(), (drawn, seed) => {
    const [first, second] = backends.map((backend) => {
      const call = CALLS[verb](drawn)
      const given = givenTo(call, backend, seed)
      try {
        call.run(kernelsOf(backend), given)
        return Buffer.concat([...given.outs, ...given.idOuts].map((out) => new Uint8Array(out.slice().buffer)))
      } finally {
        for (const buffer of Object.values(given).flat()) backend.releaseBuffer(buffer as Float32Array)
      }
    })
    expect(Buffer.compare(first, second)).toBe(0)
  })
  fc.assert(property, { numRuns: 100 })
}

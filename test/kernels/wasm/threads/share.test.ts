/** Calls that are shared out come to the bits of one thread, whatever the number of threads and wherever they are cut. */
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { cpuKernels, kernelsOf, wasm } from '../../../../src/kernels/index.ts'
import type { WasmBackend } from '../../../../src/kernels/index.ts'
import type { Exports } from '../../../../src/kernels/wasm/index.ts'
import { SPLITS } from '../../../../src/kernels/wasm/threads/split.ts'
import { backendsAgree, examineOp, writesItsOutput } from '../../../../src/testing.ts'
import { everyOp, seedOfRun } from '../../../laws/everyOp.ts'
import { drawFrom } from '../../law.ts'
import { CALLS, idFrom } from '../../calls.ts'
import type { Call, Given, Sizes } from '../../calls.ts'
import { allowRelaxed } from '../variants.ts'
import { everyone } from './everyone.ts'

allowRelaxed()

type Kernel = (...args: number[]) => void

const seed = seedOfRun()
/** Fewer rows than threads, parts of whole vectors and of less, and rows enough for five. */
const ROWS = [0, 1, 2, 7, 8, 9, 16, 17, 33, 41, 100]
const WIDTHS = [1, 2, 3, 5, 8, 17, 40]

const sizes: fc.Arbitrary<Sizes> = fc.record({
  a: fc.constantFrom(...ROWS),
  b: fc.constantFrom(0, ...WIDTHS),
  c: fc.constantFrom(...WIDTHS),
  d: fc.constantFrom(...WIDTHS, 64),
  scalar: fc.constantFrom(-2.5, -0.5, 0.25, 0.75, 2.5),
})

/** Memory for a call, which holds the same numbers whoever has it. */
function memoryFor(call: Call, numbers: number, backend: WasmBackend): Given {
  const draw = drawFrom(numbers)
  const filled = <T extends Float32Array | Int32Array>(part: T, value: (at: number) => number): T => {
    for (let at = 0; at < part.length; at++) part[at] = value(at)
    return part
  }
  const floats = (length: number): Float32Array => backend.allocate(length)
  const ids = (length: number): Int32Array => backend.allocateIds(length)
  return {
    floats: call.floats.map((length) => filled(floats(length), () => draw.value())),
    ids: call.ids.map(([length, below]) =>
      // An update may meet a row once only.
      filled(ids(length), (at) => (call.updated ? (at % 3 === 1 ? -1 : below - 1 - at) : idFrom(draw, below))),
    ),
    outs: call.outs.map((length) => filled(floats(length), () => (call.updated ? Math.abs(draw.value()) : NaN))),
    idOuts: call.idOuts.map((length) => ids(length)),
    spare: call.spare.map((length) => ids(length)),
  }
}

/** The bits of all that a call wrote. */
function bitsOf(call: Call, numbers: number, backend: WasmBackend): string {
  const given = memoryFor(call, numbers, backend)
  call.run(kernelsOf(backend), given)
  const written = [...given.outs, ...given.idOuts] as (Float32Array | Int32Array)[]
  const bits = written.map((part) => Buffer.from(part.slice().buffer).toString('hex')).join('\n')
  for (const parts of Object.values(given)) for (const part of parts as Float32Array[]) backend.releaseBuffer(part)
  return bits
}

const teams = await Promise.all([1, 2, 3, 5].map((threads) => everyone({ threads })))
const alone = wasm({ bytes: 2 ** 26 })
const OWN = Object.keys(CALLS)

afterAll(() => {
  for (const { release } of teams) release()
})

describe('a call shared out by 1, 2, 3 and 5 threads', () => {
  it.each(OWN)('of %s writes the bits of a call that is not', (verb) => {
    const property = fc.property(sizes, fc.integer(), (drawn, numbers) => {
      const call = CALLS[verb](drawn)
      const expected = bitsOf(call, numbers, alone)
      for (const { backend } of teams) expect(bitsOf(call, numbers, backend)).toBe(expected)
    })
    fc.assert(property, { numRuns: 25, seed })
  })

  it('of sum writes the bits of the reference, by outer elements or by columns', () => {
    for (const [o, m, i] of [
      [1, 9, 3],
      [1, 9, 31],
      [1, 9, 71],
      [1, 2, 2090],
      [3, 5, 40],
      [20, 5, 33],
      [1, 0, 40],
    ]) {
      const value = drawFrom(i)
      const x = Float32Array.from({ length: o * m * i }, () => value.value())
      const expected = new Float32Array(o * i)
      cpuKernels.sum(x, expected, o, m, i)
      for (const { backend } of teams) {
        const [from, out] = [backend.allocate(x.length), backend.allocate(o * i)]
        from.set(x)
        kernelsOf(backend).sum(from, out, o, m, i)
        expect([...out]).toEqual([...expected])
      }
    }
  })

  it('is tested for every export that can be cut', () => {
    const called = new Set<string>()
    const noting = Object.entries(alone.exports).map(([name, kernel]: [string, Kernel]) => [
      name,
      (...args: number[]) => {
        called.add(name)
        kernel(...args)
      },
    ])
    const kernels = kernelsOf({ ...alone, ...alone.over(Object.fromEntries(noting) as Exports) })
    for (const verb of OWN) {
      const call = CALLS[verb]({ a: 9, b: 3, c: 2, d: 5, scalar: 0.5 })
      call.run(kernels, memoryFor(call, 1, alone))
    }
    expect([...called]).toEqual(expect.arrayContaining(Object.keys(SPLITS)))
  })
})

describe('ops on three threads', () => {
  it.each(everyOp.map((op) => [op.op, op] as const))('%s obeys the laws of backends', async (_, op) => {
    const { laws } = await examineOp(op, {
      laws: [backendsAgree, writesItsOutput],
      backends: [teams[2].backend],
      cases: 8,
      seed,
    })
    expect(laws.flatMap(({ failure }) => failure ?? [])).toEqual([])
    // Memory comes back when the event loop turns.
    await setImmediate()
  })
})

/** What lies behind the numbers of a kernel: it may be read, and nothing becomes of it. */
import { describe, expect, it } from 'vitest'
import { kernelsOf, ownKernel } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import * as table from '../../../src/kernels/table/index.ts'
import { CALLS } from '../calls.ts'
import type { Call, Given } from '../calls.ts'
import { everyVariant } from './variants.ts'

const SIZES = [1, 2, 3, 5, 9, 17]
const GROUPS = ['floats', 'ids', 'outs', 'idOuts', 'spare'] as const

/** Lengths of all that a call is given, in the order of GROUPS. */
const lengthsOf = (call: Call): number[] =>
  GROUPS.flatMap((group) => call[group].map((each) => (typeof each === 'number' ? each : each[0])))

describe.each(everyVariant(2 ** 20).map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  const whole = backend.allocate(backend.freeBytes() / 4)
  const ints = new Int32Array(whole.buffer, whole.byteOffset, whole.length)

  /** Its buffers one below the other, from the last byte that is given out on, of which buffer `last` has the end. */
  function fromTheEnd(call: Call, last: number, behind: number): Given {
    whole.fill(behind)
    const lengths = lengthsOf(call)
    const order = lengths.map((_length, at) => (at + last) % lengths.length)
    const starts: number[] = []
    let end = whole.length
    for (const at of order) starts[at] = end -= lengths[at]
    let next = 0
    const take = (of: readonly unknown[], integers: boolean): never => {
      const parts = of.map(() => {
        const [start, length] = [starts[next], lengths[next++]]
        return integers ? ints.subarray(start, start + length).fill(0) : whole.subarray(start, start + length).fill(0.5)
      })
      return parts as never
    }
    const { floats, ids, outs, idOuts, spare } = call
    return {
      floats: take(floats, false),
      ids: take(ids, true),
      outs: take(outs, false),
      idOuts: take(idOuts, true),
      spare: take(spare, true),
    }
  }

  const own = Object.values(table).filter((kernel) => ownKernel(backend as unknown as Backend, kernel))
  it.each(own.map(({ verb }) => verb))('%s is the same whatever lies behind, and at the end of memory', (verb) => {
    for (const size of SIZES) {
      const call = CALLS[verb]({ a: size, b: size, c: size, d: size, scalar: 0.25 })
      for (let last = 0; last < lengthsOf(call).length; last++) {
        const results = [NaN, 3].map((behind) => {
          const given = fromTheEnd(call, last, behind)
          call.run(kernelsOf(backend), given)
          return [...given.outs, ...given.idOuts].map((out) => Array.from(out))
        })
        expect(results[0]).toEqual(results[1])
      }
    }
  })
})

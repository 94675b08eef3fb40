/**
 * Every kernel of the binary against the reference in float64: from addresses that no vector is aligned to, on memory full
 * of NaN with guards around it, with numbers that are not finite among the inputs. And in pieces, as threads will do it.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuKernels, kernelsOf, ownKernel, prepare, randomUniform } from '../../../src/kernels/index.ts'
import type { Backend, Floats } from '../../../src/kernels/index.ts'
import * as table from '../../../src/kernels/table/index.ts'
import { drawFrom } from '../law.ts'
import { CALLS, idFrom } from '../calls.ts'
import type { Call, Given, Verbs } from '../calls.ts'
import { everyVariant } from './variants.ts'

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33]
const STRANGE = [NaN, Infinity, -Infinity, 0, -0]
const GUARD = 12345
/** Odd, so that of two neighbours one at most is aligned. */
const MARGIN = 5

const sizes = fc.record({
  a: fc.constantFrom(...SIZES),
  b: fc.constantFrom(...SIZES),
  c: fc.constantFrom(...SIZES.slice(1, 7)),
  d: fc.constantFrom(...SIZES.slice(1, 7)),
  scalar: fc.constantFrom(-2.5, -0.5, 0.25, 0.75, 2.5),
})

/** Gives out parts of one large buffer, each poisoned, with guards before and after it. */
function carver<T extends Float32Array | Int32Array>(whole: T, poison: number) {
  let at = 0
  const guards = (part: T): readonly T[] => {
    const start = (part.byteOffset - whole.byteOffset) / 4
    const end = start + part.length
    return [whole.subarray(start - MARGIN, start) as T, whole.subarray(end, end + MARGIN) as T]
  }
  return {
    reset: () => {
      at = 1
    },
    take: (length: number): T => {
      const part = whole.subarray(at + MARGIN, at + MARGIN + length) as T
      at += length + 2 * MARGIN
      part.fill(poison)
      for (const guard of guards(part)) guard.fill(GUARD)
      return part
    },
    isIntact: (part: T): boolean => guards(part).every((guard) => guard.every((value) => value === GUARD)),
  }
}

function expectClose(actual: Floats, expected: Floats, roundings: number): void {
  let largest = 9
  for (const value of expected) if (Math.abs(value) < Infinity) largest = Math.max(largest, Math.abs(value))
  const tolerance = 2 ** -23 * roundings * largest
  for (let at = 0; at < expected.length; at++) {
    const want = Math.fround(expected[at])
    if (!(Object.is(actual[at], want) || Math.abs(actual[at] - expected[at]) <= tolerance))
      expect.fail(`element ${at} is ${actual[at]}, expected ${want}`)
  }
}

/** The same numbers in float64, where the reference works on them. */
const copied = ({ floats, ids, outs, idOuts, spare }: Given): Given => ({
  floats: floats.map((each) => Float64Array.from(each)),
  ids: ids.map((each) => each.slice()),
  outs: outs.map((each) => Float64Array.from(each)),
  idOuts: idOuts.map((each) => each.slice()),
  spare: spare.map((each) => each.slice()),
})

/** The same kernels, each call made ready and then run. */
const beforehand = (backend: Backend<Floats, Int32Array>): Verbs =>
  Object.fromEntries(
    Object.values(table).map((kernel) => [
      kernel.verb,
      (...args: unknown[]) => {
        prepare(backend, kernel, args, (length) => backend.allocateIds(length))()
      },
    ]),
  ) as unknown as Verbs

const backends = everyVariant().flatMap((backend) => [
  [backend.name, backend, kernelsOf(backend)] as const,
  [`${backend.name}, prepared`, backend, beforehand(backend)] as const,
])

describe.each(backends)('%s', (_, backend, kernels) => {
  const floats = carver(backend.allocate(400_000), NaN)
  const ids = carver(backend.allocateIds(40_000), 0x7fffffff)

  function memoryFor(call: Call, seed: number, strange: boolean): Given {
    const draw = drawFrom(seed)
    floats.reset()
    ids.reset()
    const number = (): number => (strange && draw.below(12) === 0 ? STRANGE[draw.below(STRANGE.length)] : draw.value())
    const filled = <T extends Float32Array | Int32Array>(part: T, value: () => number): T => {
      for (let at = 0; at < part.length; at++) part[at] = value()
      return part
    }
    return {
      floats: call.floats.map((length) => filled(floats.take(length), number)),
      ids: call.ids.map(([length, below]) => filled(ids.take(length), () => idFrom(draw, below))),
      outs: call.outs.map((length) =>
        call.updated ? filled(floats.take(length), () => Math.abs(draw.value())) : floats.take(length),
      ),
      idOuts: call.idOuts.map((length) => ids.take(length)),
      spare: call.spare.map((length) => ids.take(length)),
    }
  }

  const own = Object.values(table)
    .filter((kernel) => ownKernel(backend as unknown as Backend, kernel))
    .map(({ verb }) => verb)

  it.each(own)('%s does what the reference does, and nothing beside it', (verb) => {
    const property = fc.property(sizes, fc.integer(), fc.boolean(), (drawn, seed, strange) => {
      const call = CALLS[verb](drawn)
      const given = memoryFor(call, seed, strange)
      const expected = copied(given)
      const untouched = copied(given)
      call.run(kernels, given)
      ;(call.means ?? call.run)(cpuKernels, expected)
      const { a, b, c, d } = drawn
      given.outs.forEach((out, index) => {
        expectClose(out, expected.outs[index], 4 + a + b * d + c)
      })
      expect(given.idOuts).toEqual(expected.idOuts)
      expect(given.floats.map((each) => Float64Array.from(each))).toEqual(untouched.floats)
      expect(given.ids).toEqual(untouched.ids)
      for (const part of [...given.floats, ...given.outs] as Float32Array[])
        if (!floats.isIntact(part)) expect.fail('wrote beside its memory')
      for (const part of [...given.ids, ...given.idOuts, ...given.spare])
        if (!ids.isIntact(part)) expect.fail('wrote beside its ids')
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('has such a test for what it has of its own, which is most', () => {
    expect(own.length).toBeGreaterThan(55)
  })

  const k = kernels as Required<Verbs>
  const [x, y, w, whole, parts] = [1000, 1000, 1000, 1000, 1000].map((length) => backend.allocate(length))
  const value = drawFrom(3)
  for (const each of [x, y, w]) each.forEach((_value, at) => (each[at] = value.value()))
  const picked = backend.allocateIds(50)
  picked.forEach((_id, at) => (picked[at] = value.below(50)))

  /** Rows [from, to) of 50 rows, `width` numbers each. */
  const rows = <T extends Float32Array | Int32Array>(buffer: T, width: number, from: number, to: number): T =>
    buffer.subarray(from * width, to * width) as T
  type Piece = (out: Float32Array, from: number, to: number) => void
  const pieces: Readonly<Record<string, readonly [width: number, run: Piece]>> = {
    matmul: [7, (out, from, to) => k.matmul(rows(x, 9, from, to), w, out, to - from, 9, 7)],
    matmulNT: [7, (out, from, to) => k.matmulNT(rows(x, 9, from, to), w, out, to - from, 9, 7)],
    denseRelu: [17, (out, from, to) => k.denseRelu(rows(x, 5, from, to), w, y, out, to - from, 5, 17)],
    mix: [
      18,
      (out, from, to) => {
        const experts = [rows(x, 18, from, to), rows(y, 18, from, to)]
        k.mix(rows(w, 2, from, to), experts, out, to - from, 2, 18)
      },
    ],
    mixDot: [1, (out, from, to) => k.mixDot(rows(x, 18, from, to), [rows(y, 18, from, to)], out, to - from, 1, 18)],
    softmax: [3, (out, from, to) => k.softmax(rows(x, 3, from, to), out, to - from, 3)],
    logSoftmax: [5, (out, from, to) => k.logSoftmax(rows(x, 5, from, to), out, to - from, 5)],
    softmaxGradient: [
      3,
      (out, from, to) => k.softmaxGradient(rows(x, 3, from, to), rows(y, 3, from, to), out, to - from, 3),
    ],
    sum: [3, (out, from, to) => k.sum(rows(x, 15, from, to), out, to - from, 5, 3)],
    gather: [3, (out, from, to) => k.gather(x, rows(picked, 1, from, to), out, to - from, 3)],
    dropout: [7, (out, from, to) => k.dropout(rows(x, 7, from, to), out, 7 * (to - from), 0.3, 5, 11 + 7 * from)],
    exp: [7, (out, from, to) => k.exp(rows(x, 7, from, to), out, 7 * (to - from))],
    tanh: [7, (out, from, to) => k.tanh(rows(x, 7, from, to), out, 7 * (to - from))],
    sigmoid: [7, (out, from, to) => k.sigmoid(rows(x, 7, from, to), out, 7 * (to - from))],
    scaleShift: [7, (out, from, to) => k.scaleShift(rows(x, 7, from, to), out, 7 * (to - from), 0.1, 0.7)],
    movingAverage: [
      7,
      (out, from, to) => {
        k.scaleShift(rows(y, 7, from, to), out, 7 * (to - from), 1, 0)
        k.movingAverage(out, rows(x, 7, from, to), 7 * (to - from), 0.3)
      },
    ],
  }

  it.each(Object.entries(pieces))('%s comes to the same bits in pieces', (_verb, [width, run]) => {
    for (const cut of [1, 2, 3, 13, 24, 49]) {
      run(rows(whole, width, 0, 50), 0, 50)
      run(rows(parts, width, 0, cut), 0, cut)
      run(rows(parts, width, cut, 50), cut, 50)
      expect(rows(parts, width, 0, 50)).toEqual(rows(whole, width, 0, 50))
    }
  })

  it('tosses the coins of the reference', () => {
    const ones = backend.allocate(1000).fill(1)
    for (const [rate, key, counter] of [
      [0, 1, 2],
      [0.3, 0, 0],
      [0.5, 2 ** 31, 2 ** 32 - 7],
      [0.999, -1, 5],
      [1, 3, 4],
    ]) {
      k.dropout(ones, whole, 1000, rate, key, counter)
      const kept = Array.from(ones, (_one, at) => randomUniform(key, counter + at) >= rate)
      expect(Array.from(whole, (number) => number !== 0)).toEqual(kept)
    }
  })

  it('asks for the key of dropout at every call', () => {
    let asked = 0
    k.dropout(x, whole, 8, 0.5, () => ++asked, 0)
    k.dropout(x, whole, 8, 0.5, () => ++asked, 0)
    expect(asked).toBe(2)
  })

  it('refuses lists that are longer than its room for them, before anything is written', () => {
    const experts = Array.from({ length: 4097 }, () => x)
    whole.fill(7)
    for (const run of [() => k.mix(x, experts, whole, 1, 4097, 1), () => k.mixDot(x, experts, whole, 1, 4097, 1)])
      expect(run).toThrow(/expected at most 4096 buffers but got 4097: because/)
    expect(whole.every((number) => number === 7)).toBe(true)
  })

  it('has no mixture of nothing but zeros', () => {
    k.mix(x, [], whole.fill(NaN), 2, 0, 3)
    expect([...whole.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0])
  })
})

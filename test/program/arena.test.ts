/** Where slots lie: never in one another's way, one in the place of another where that is safe, and close together. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as kernels from '../../src/kernels/table/index.ts'
import { layOut } from '../../src/program/arena.ts'
import { HOST, Slot, reads, writes } from '../../src/program/slot.ts'
import type { Call, Listing, Place } from '../../src/program/slot.ts'

interface Sketch {
  readonly verb: 'neg' | 'add' | 'mixScale' | 'softmax' | 'concat' | 'mergeRows' | 'argmax' | 'host'
  readonly picks: readonly [number, number]
  readonly length: number
}

const result = (length: number, kind: Slot['kind'] = 'floats'): Slot => new Slot(kind, [length], length)
const call = (verb: keyof typeof kernels | 'host', ...args: readonly unknown[]): Call => ({
  kernel: verb === 'host' ? HOST : kernels[verb],
  args,
  op: verb,
})
const outside: Place = { at: 'input', path: 'x' }

describe('the layout of random programs', () => {
  /** Which inputs an output may overwrite while it is written, said once more and without the code's own table. */
  const MAY_REPLACE: Readonly<Record<string, readonly number[]>> = { neg: [0], add: [0, 1], mixScale: [1] }

  const lengths = [0, 1, 3, 16, 17, 40]
  const sketches = fc.array(
    fc.record({
      verb: fc.constantFrom(
        ...(['neg', 'add', 'mixScale', 'softmax', 'concat', 'mergeRows', 'argmax', 'host'] as const),
      ),
      picks: fc.tuple(fc.nat(99), fc.nat(99)),
      length: fc.constantFrom(...lengths),
    }) satisfies fc.Arbitrary<Sketch>,
    { maxLength: 40 },
  )

  /** Calls that fit together: each reads what was there before. */
  function listingOf(drawn: readonly Sketch[], outputs: readonly number[]): Listing {
    const floats = lengths.map((length) => new Slot('floats', [length], length, outside))
    const ids = [new Slot('ids', [3], 3, outside)]
    const calls = drawn.map(({ verb, picks: [first, second], length }) => {
      const pick = (among: readonly Slot[], number: number): Slot => among[among.length - 1 - (number % among.length)]
      const x = pick(floats, first)
      const alike = floats.filter((slot) => slot.length === x.length)
      const [out, leaders, table] = [result(x.length), result(3, 'ids'), result(8, 'ids')]
      const made: Readonly<Record<Sketch['verb'], () => Call>> = {
        neg: () => call(verb, x, out, x.length),
        add: () => call(verb, x, pick(alike, second), out, x.length),
        mixScale: () => call(verb, pick(floats, second), x, out, 1, 1, x.length, 0),
        softmax: () => call(verb, x, out, 1, x.length),
        concat: () => call(verb, [x, pick(floats, second)], result(length), 1, [], 1),
        mergeRows: () => call(verb, x, pick(ids, second), out, leaders, table, 3, 1, 1, 0, 8),
        argmax: () => call(verb, x, result(length, 'ids'), 1, 1, 1),
        host: () => call(verb, () => undefined, x),
      }
      const chosen = made[verb]()
      for (const slot of writes(chosen)) (slot.kind === 'ids' ? ids : floats).push(slot)
      return chosen
    })
    const all = calls.flatMap(writes)
    return { calls, outputs: all.length > 0 ? outputs.map((number) => all[number % all.length]) : [] }
  }

  /** Runs the calls on memory whose cells know who wrote them last. */
  function simulate({ calls, outputs }: Listing): void {
    const layouts = { floats: layOut({ calls, outputs }, 'floats'), ids: layOut({ calls, outputs }, 'ids') }
    const memory = { floats: [] as unknown[], ids: [] as unknown[] }
    const mine = (slot: Slot): boolean => slot.place.at === 'arena'
    const offsetOf = (slot: Slot): number => layouts[slot.kind].offsets.get(slot)!
    const cells = (slot: Slot): readonly unknown[] =>
      memory[slot.kind].slice(offsetOf(slot), offsetOf(slot) + slot.length)
    const intact = (slot: Slot): void => {
      expect(cells(slot)).toEqual(Array.from({ length: slot.length }, () => slot))
    }
    const overlap = (a: Slot, b: Slot): boolean =>
      a.kind === b.kind && offsetOf(a) < offsetOf(b) + b.length && offsetOf(b) < offsetOf(a) + a.length
    for (const each of calls) {
      const inputs = reads(each).filter(mine)
      inputs.forEach(intact)
      for (const out of writes(each)) {
        expect(offsetOf(out) % 16).toBe(0)
        expect(offsetOf(out) + out.length).toBeLessThanOrEqual(layouts[out.kind].length)
        for (const input of inputs.filter((slot) => overlap(slot, out))) {
          expect(offsetOf(input)).toBe(offsetOf(out))
          const at = each.args.flatMap((argument, index) => (argument === input ? [index] : []))
          for (const index of at) expect(MAY_REPLACE[each.kernel.verb] ?? []).toContain(index)
        }
      }
      for (const out of writes(each))
        for (let cell = offsetOf(out); cell < offsetOf(out) + out.length; cell++) memory[out.kind][cell] = out
      writes(each).forEach(intact)
    }
    outputs.forEach(intact)
  }

  it('keeps every result until it was read for the last time', () => {
    fc.assert(
      fc.property(sketches, fc.array(fc.nat(99), { maxLength: 3 }), (drawn, outputs) => {
        simulate(listingOf(drawn, outputs))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the arena', () => {
  const input = new Slot('floats', [40], 40, outside)

  it('gives nothing to a program without results', () => {
    expect(layOut({ calls: [], outputs: [input] }, 'floats')).toEqual({ offsets: new Map(), length: 0 })
  })

  it('is one place for a chain of element-wise arithmetic', () => {
    const [a, b, c] = [result(40), result(40), result(40)]
    const calls = [call('sum', input, a, 1, 1, 40), call('neg', a, b, 40), call('mul', b, input, c, 40)]
    expect(layOut({ calls, outputs: [c] }, 'floats').length).toBe(48)
  })

  it('is two places for a chain of calls that look at whole rows', () => {
    const slots = [result(40), result(40), result(40), result(40)]
    const calls = slots.map((slot, at) => call('softmax', at === 0 ? input : slots[at - 1], slot, 1, 40))
    expect(layOut({ calls, outputs: slots.slice(3) }, 'floats').length).toBe(96)
  })

  it('leaves what is returned, or read again, where it is', () => {
    const [a, b] = [result(40), result(40)]
    const calls = [call('exp', input, a, 40), call('neg', a, b, 40)]
    expect(layOut({ calls, outputs: [b] }, 'floats').length).toBe(48)
    expect(layOut({ calls, outputs: [a, b] }, 'floats').length).toBe(96)
    const again = [...calls, call('mul', a, b, result(40), 40)]
    expect(layOut({ calls: again, outputs: [] }, 'floats').length).toBe(96)
  })

  it('puts nothing over the weights of a mixture, though they are as many as what is mixed', () => {
    const [weights, out] = [result(9), result(9)]
    const x = new Slot('floats', [3, 3], 9, outside)
    const calls = [call('softmax', x, weights, 3, 3), call('mixScale', weights, x, out, 3, 3, 3, 0)]
    const { offsets } = layOut({ calls, outputs: [out] }, 'floats')
    expect(offsets.get(weights)).not.toBe(offsets.get(out))
  })

  it('lays small results where a large one has been', () => {
    const [large, small, sum] = [result(160), result(16), result(16)]
    const calls = [
      call('concat', [input, input], large, 1, [], 1),
      call('sum', large, small, 1, 160, 1),
      call('softmax', small, sum, 1, 16),
    ]
    expect(layOut({ calls, outputs: [sum] }, 'floats').length).toBe(176)
  })

  it('lays floats and ids out apart', () => {
    const [merged, leaders, table] = [result(6), result(3, 'ids'), result(8, 'ids')]
    const ids = new Slot('ids', [3], 3, { at: 'input', path: 'ids' })
    const listing = {
      calls: [call('mergeRows', input, ids, merged, leaders, table, 3, 2, 2, 0, 8)],
      outputs: [leaders],
    }
    expect([...layOut(listing, 'floats').offsets.keys()]).toEqual([merged])
    expect(new Set(layOut(listing, 'ids').offsets.values())).toEqual(new Set([0, 16]))
  })
})

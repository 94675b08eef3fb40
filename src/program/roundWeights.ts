/**
 * Has layers and gathers read parameters as words of 16 or 8 bits, where these are no more than its numbers; they are made
 * again whenever the parameter has changed. It refuses parameters that the recording itself changes.
 */
import { roundTable, roundWeight, wordsFor, wordsOf } from '../kernels/index.ts'
import * as kernels from '../kernels/table/index.ts'
import { isParameter } from '../tensor/index.ts'
import { groupsOf, opsOf } from './passes/mergeLayers.ts'
import { joining } from './passes/pattern.ts'
import type { Joined, Made, OnlyMaker } from './passes/pattern.ts'
import type { Revision } from './program.ts'
import { Slot, as, callOf, updates } from './slot.ts'
import type { Call } from './slot.ts'

type Gathers = Made<typeof kernels.gatherRounded>[]

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** concat(…, gatherRounded(…), gatherRounded(…), …), with neighbours as one gather of many tables */
function sideBySide(call: Call, only: OnlyMaker): Joined | undefined {
  const concat = as(call, kernels.concat)
  if (concat?.i !== 1) return undefined
  const { xs, out, o: b, p: widths } = concat
  /** Neighbours that are gathers, or the place of what is none. */
  const parts: (Gathers | number)[] = []
  xs.forEach((x, at) => {
    const gather = only(x, kernels.gatherRounded)
    const last = parts[parts.length - 1]
    if (gather?.b !== b) parts.push(at)
    else if (Array.isArray(last)) last.push(gather)
    else parts.push([gather])
  })
  if (parts.length === xs.length) return undefined
  const calls: Call[] = []
  const columns = parts.map((part) => {
    if (typeof part === 'number') return { x: xs[part], width: widths[part] }
    const d = part.flatMap((gather) => gather.d)
    const width = sum(d)
    const x = parts.length === 1 ? out : new Slot('floats', [b, width], b * width)
    const args = {
      tables: part.flatMap((gather) => gather.tables),
      ids: part.flatMap((gather) => gather.ids),
      ...{ out: x, b, d, h: part.flatMap((gather) => gather.h), bits: part[0].bits },
    }
    calls.push(callOf(kernels.gatherRounded, args, call.op))
    return { x, width }
  })
  if (parts.length > 1) {
    const args = { xs: columns.map(({ x }) => x), out, o: b, p: columns.map(({ width }) => width), i: 1 }
    calls.push(callOf(kernels.concat, args, call.op))
  }
  return { calls, taken: parts.flatMap((part) => (typeof part === 'number' ? [] : part.map((gather) => gather.call))) }
}

/** Weights and tables of so many bits. */
export const roundWeights =
  (bits: number): Revision =>
  (calls, outputs) => {
    const changed = new Set(calls.flatMap(updates))
    const made: { readonly from: Slot; readonly rows: number; readonly table: boolean; readonly words: Slot }[] = []
    /** Words in the place of a parameter of so many rows, where that pays. */
    function wordsIn(from: Slot, rows: number, table: boolean): Slot | undefined {
      const { place, length } = from
      const columns = length / rows
      // As many words are no smaller, but a layer still reads them sooner.
      const most = table ? length - 1 : length
      const count = table ? rows * wordsFor(columns, bits) : wordsOf(rows, columns, bits)
      if (place.at !== 'captured' || !isParameter(place.held) || changed.has(from) || count > most) return undefined
      const known = made.find((each) => each.from === from && each.rows === rows && each.table === table)
      if (known) return known.words
      const of = place.held
      const make = (into: unknown): void => {
        ;(table ? roundTable : roundWeight)(of.values, rows, columns, bits, into as Int32Array)
      }
      const words = new Slot('ids', [count], count, { at: 'made', of, make })
      made.push({ from, rows, table, words })
      return words
    }
    /** What takes the place of a call: nothing, if it was done with another of its group. */
    const instead = new Map<Call, readonly Call[]>()
    for (const { layers } of groupsOf(calls)) {
      const rounded = layers.flatMap((layer) => {
        const words = wordsIn(layer.w, layer.i, false)
        return words ? [{ ...layer, words }] : []
      })
      if (rounded.length === 0) continue
      const [{ x, b, i, call: first }] = layers
      const args = {
        x,
        ws: rounded.map(({ words }) => words),
        cs: rounded.map(({ c }) => c),
        outs: rounded.map(({ out }) => out),
        ...{ b, i, o: rounded.map(({ o }) => o), bits },
        relu: rounded.map(({ call }) => call.kernel === kernels.denseRelu),
        words: rounded.map(({ words }) => words.length),
      }
      for (const { call } of rounded) instead.set(call, [])
      const others = instead.has(first) ? [] : [first]
      instead.set(first, [callOf(kernels.denseRounded, args, opsOf(rounded)), ...others])
    }
    const rounded = calls.flatMap((call) => {
      const done = instead.get(call)
      if (done) return done
      const gather = as(call, kernels.gather)
      const table = gather && wordsIn(gather.table, gather.table.length / gather.d, true)
      if (!table) return [call]
      const { ids, out, b, d } = gather
      const args = { tables: [table], ids: [ids], out, b, d: [d], h: [wordsFor(d, bits)], bits }
      return [callOf(kernels.gatherRounded, args, call.op)]
    })
    return joining({ calls: rounded, outputs }, sideBySide).calls
  }

/**
 * Has layers do once what inputs give them that are the same in all rows: x·W + c = own·W′ + (shared·W″ + c), of which the
 * part in brackets is a bias, taken of one row. It leaves layers as they are whose weights the recording itself changes.
 */
import * as kernels from '../kernels/table/index.ts'
import { isParameter } from '../tensor/index.ts'
import type { Parameter } from '../tensor/index.ts'
import { groupsOf } from './passes/mergeLayers.ts'
import type { Layer } from './passes/mergeLayers.ts'
import type { Revision } from './program.ts'
import { Slot, as, callOf, updates, writes } from './slot.ts'
import type { Call } from './slot.ts'

/** Some columns of the input of layers, from `start` on. */
interface Part {
  readonly x: Slot
  readonly start: number
  readonly width: number
}

/** Parts side by side. */
interface Side {
  readonly x: Slot
  readonly parts: readonly Part[]
  readonly width: number
}

/** The rows of a weight (i o) that some columns of the input meet, one below the other. */
function weightOf(of: Parameter, { parts, width }: Side, o: number): Slot {
  const make = (into: { set: (rows: ArrayLike<number>, at: number) => void }): void => {
    let at = 0
    for (const part of parts) {
      into.set(of.values.subarray(part.start * o, (part.start + part.width) * o), at * o)
      at += part.width
    }
  }
  return new Slot('floats', [width, o], width * o, { at: 'made', of, make })
}

/** A layer as two: of the row that is shared, and of the rest with that for a bias. */
function split({ call, c, out, b, o }: Layer, of: Parameter, shared: Side, own: Side): readonly Call[] {
  const bias = new Slot('floats', [o], o)
  const [w, ownW] = [weightOf(of, shared, o), weightOf(of, own, o)]
  const first = c
    ? callOf(kernels.dense, { x: shared.x, w, c, out: bias, b: 1, i: shared.width, o }, call.op)
    : callOf(kernels.matmul, { a: shared.x, b: w, out: bias, m: 1, k: shared.width, n: o }, call.op)
  const layer = call.kernel === kernels.denseRelu ? kernels.denseRelu : kernels.dense
  return [first, callOf(layer, { x: own.x, w: ownW, c: bias, out, b, i: own.width, o }, call.op)]
}

/** For inputs, by these paths, that are the same in all rows; the first row is looked at. */
export const shareInputs =
  (paths: ReadonlySet<string>): Revision =>
  (calls) => {
    const makers = new Map(calls.flatMap((call) => writes(call).map((slot) => [slot, call] as const)))
    const changed = new Set(calls.flatMap(updates))
    const isShared = ({ place }: Slot): boolean => place.at === 'input' && paths.has(place.path)
    const learned = ({ w: slot }: Layer): Parameter | undefined =>
      slot.place.at === 'captured' && isParameter(slot.place.held) && !changed.has(slot) ? slot.place.held : undefined
    /** What takes the place of a call. */
    const instead = new Map<Call, readonly Call[]>()
    for (const { layers } of groupsOf(calls)) {
      const [{ call: lead, x, b }] = layers
      const maker = makers.get(x)
      const concat = maker && as(maker, kernels.concat)
      if (concat?.i !== 1 || concat.o !== b) continue
      const joined: Call[] = []
      const [shared, own]: [Part[], Part[]] = [[], []]
      let start = 0
      concat.xs.forEach((column, at) => {
        const width = concat.p[at]
        const reader = makers.get(column)
        const gather = reader && as(reader, kernels.gather)
        let part = column
        if (gather?.b === b && isShared(gather.ids)) {
          part = new Slot('floats', [1, width], width)
          joined.push(callOf(kernels.gather, { ...gather, out: part, b: 1 }, reader!.op))
        }
        ;(part !== column || isShared(column) ? shared : own).push({ x: part, start, width })
        start += width
      })
      if (shared.length === 0 || own.length === 0) continue
      const side = (parts: readonly Part[], rows: number): Side => {
        const width = parts.reduce((total, part) => total + part.width, 0)
        const out = new Slot('floats', [rows, width], rows * width)
        const args = { xs: parts.map((part) => part.x), out, o: rows, p: parts.map((part) => part.width), i: 1 }
        joined.push(callOf(kernels.concat, args, maker!.op))
        return { x: out, parts, width }
      }
      const sides = [side(shared, 1), side(own, b)] as const
      for (const layer of layers) {
        const of = learned(layer)
        const before = layer.call === lead ? joined : []
        instead.set(layer.call, [...before, ...(of ? split(layer, of, ...sides) : [layer.call])])
      }
    }
    return calls.flatMap((call) => instead.get(call) ?? [call])
  }

/**
 * A program as plain values, for whoever writes it down: its calls with parts of memory by number, where each part is,
 * and the numbers that are known. It refuses what only this process has: functions of the host's, and ids of its own.
 */
import { layOut } from './arena.ts'
import { dropDead } from './passes/dropDead.ts'
import { PASSES } from './passes/index.ts'
import type { Program } from './program.ts'
import { Slot, reads, updates, writes } from './slot.ts'
import type { Argument, Listing } from './slot.ts'

export interface Written {
  /** Numbers that all parts of floats lie in. */
  readonly memory: number
  readonly floats: readonly (readonly [offset: number, length: number])[]
  /** How many ids each part of them has. */
  readonly ids: readonly number[]
  /** By path: the part, and of ids the range that they must be in. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly calls: readonly (readonly [verb: string, ...args: unknown[]])[]
  /** Parts, in the order of the outputs that were asked for. */
  readonly outputs: readonly number[]
  /** What is known, by where it begins; it ends at `known`. */
  readonly numbers: readonly (readonly [offset: number, values: ArrayLike<number>])[]
  readonly known: number
}

/** Parts begin where a cache line does. */
const aligned = (length: number): number => 16 * Math.ceil(length / 16)

const refuse = (who: string, got: string, because: string): never => {
  throw new RangeError(
    `${who}: expected a program that another process can run but got one with ${got}: because ${because}`,
  )
}

/** All passes, whatever the backend of the program offers: who runs what is written has their kernels. */
const improved = (listing: Listing): Listing => PASSES.reduce((made, { run }) => run(made, () => true), listing)

/** JSON has no infinities and no −0. */
const plain = (value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? showSign(value) : value
const showSign = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** The numbers of a slot that are known before any run. */
function knownOf(who: string, { kind, place }: Slot): ArrayLike<number> | undefined {
  if (place.at !== 'constant' && place.at !== 'captured') return undefined
  if (kind === 'ids') return refuse(who, 'ids of its own', 'only those of rows are given to it')
  return place.at === 'constant' ? place.values : place.held.backend.view(place.held.buffer)
}

/** What runs of a program, for some of its outputs. `pick` chooses them by number. */
export function writtenDown(who: string, { stages }: Pick<Program, 'stages'>, pick: readonly number[]): Written {
  const { calls, outputs } = improved(stages[0].listing)
  const listing = dropDead.run({ calls, outputs: pick.map((index) => outputs[index]) }, () => true)
  const floats: [number, number][] = []
  const ids: number[] = []
  const numbers: [number, ArrayLike<number>][] = []
  const inputs: Record<string, readonly number[]> = {}
  const parts = new Map<Slot, number>()
  const slots = [
    ...new Set([
      ...listing.calls.flatMap((call) => [...reads(call), ...updates(call), ...writes(call)]),
      ...listing.outputs,
    ]),
  ]
  const number = (slot: Slot, offset: number): void => {
    parts.set(slot, slot.kind === 'ids' ? ids.push(slot.length) - 1 : floats.push([offset, slot.length]) - 1)
  }
  let end = 0
  for (const slot of slots) {
    const values = knownOf(who, slot)
    if (!values) continue
    number(slot, end)
    numbers.push([end, values])
    end += aligned(slot.length)
  }
  const known = end
  for (const slot of slots) {
    if (slot.place.at !== 'input') continue
    number(slot, end)
    if (slot.kind === 'floats') end += aligned(slot.length)
    inputs[slot.place.path] = slot.kind === 'ids' ? [parts.get(slot)!, slot.least, slot.below] : [parts.get(slot)!]
  }
  const { offsets, length } = layOut(listing, 'floats')
  for (const slot of slots) if (!parts.has(slot)) number(slot, end + (offsets.get(slot) ?? 0))
  const written = (argument: Argument): unknown =>
    argument instanceof Slot ? parts.get(argument) : Array.isArray(argument) ? argument.map(written) : plain(argument)
  return {
    memory: end + length,
    floats,
    ids,
    inputs,
    calls: listing.calls.map(({ verb, args }) => [
      verb,
      ...args.map((argument) =>
        typeof argument === 'function' ? refuse(who, 'a function of the host', 'no file holds one') : written(argument),
      ),
    ]),
    outputs: listing.outputs.map((slot) => parts.get(slot)!),
    numbers,
    known,
  }
}

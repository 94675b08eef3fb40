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
import { leavesOf } from './tree.ts'
import type { Leaf } from './tree.ts'

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

/** JSON has no infinities and no −0: they are text. */
const plain = (value: unknown): unknown =>
  Object.is(value, -0) ? '-0' : typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

/** The numbers of a slot that are known before any run. */
function knownOf(who: string, { kind, place }: Slot): ArrayLike<number> | undefined {
  if (place.at === 'made') return refuse(who, 'weights in fewer than 32 bits', 'files hold float32')
  if (place.at !== 'constant' && place.at !== 'captured') return undefined
  if (kind === 'ids') return refuse(who, 'ids of its own', 'only those of rows are given to it')
  return place.at === 'constant' ? place.values : place.held.backend.view(place.held.buffer)
}

/** What runs of a program to make `wanted`, which are some of its outputs. */
export function writtenDown(
  who: string,
  { stages, outputs: given }: Pick<Program, 'stages' | 'outputs'>,
  wanted: readonly Leaf[],
): Written {
  const { calls: all, outputs } = improved(stages[0].listing)
  const leaves = leavesOf(given)
  if (leaves.length !== outputs.length)
    refuse(who, `${leaves.length - outputs.length} outputs that no call makes`, 'a file holds calls')
  const listing = dropDead.run({ calls: all, outputs: wanted.map((leaf) => outputs[leaves.indexOf(leaf)]) }, () => true)
  const { calls } = listing
  const touched = calls.flatMap((call) => [...reads(call), ...updates(call), ...writes(call)])
  const slots = [...new Set([...touched, ...listing.outputs])]
  const [floats, ids] = (['floats', 'ids'] as const).map((kind) => slots.filter((slot) => slot.kind === kind))
  const inputs = slots.flatMap((slot) => (slot.place.at === 'input' ? [[slot.place.path, slot] as const] : []))
  const known = slots.flatMap((slot) => {
    const values = knownOf(who, slot)
    return values ? [[slot, values] as const] : []
  })

  // What is known comes first, then rows, then results.
  const offsets = new Map<Slot, number>()
  let end = 0
  const lay = (some: readonly Slot[]): number => {
    for (const slot of some) {
      offsets.set(slot, end)
      end += aligned(slot.length)
    }
    return end
  }
  const knownEnd = lay(known.map(([slot]) => slot))
  const start = lay(inputs.flatMap(([, slot]) => (slot.kind === 'floats' ? [slot] : [])))
  const arena = layOut(listing, 'floats')
  for (const [slot, offset] of arena.offsets) offsets.set(slot, start + offset)

  const parts = new Map([floats, ids].flatMap((kind) => kind.map((slot, index) => [slot, index] as const)))
  const written = (argument: Argument): unknown =>
    argument instanceof Slot
      ? parts.get(argument)
      : Array.isArray(argument)
        ? argument.map(written)
        : typeof argument === 'function'
          ? refuse(who, 'a function of the host', 'no file holds one')
          : plain(argument)
  return {
    memory: start + arena.length,
    floats: floats.map((slot) => [offsets.get(slot)!, slot.length]),
    ids: ids.map(({ length }) => length),
    inputs: Object.fromEntries(
      inputs.map(([path, slot]) => [
        path,
        [parts.get(slot)!, ...(slot.kind === 'ids' ? [slot.least, slot.below] : [])],
      ]),
    ),
    calls: calls.map(({ kernel: { verb }, args }) => [verb, ...args.map(written)]),
    outputs: listing.outputs.map((slot) => parts.get(slot)!),
    numbers: known.map(([slot, values]) => [offsets.get(slot)!, values]),
    known: knownEnd,
  }
}

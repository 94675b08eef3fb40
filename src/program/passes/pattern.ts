/** Finds calls that can be joined to one: each the only reader of the other's result, and nothing changed in between. */
import type { AnyKernel, Kernel } from '../../kernels/index.ts'
import { as, reads, updates, writes } from '../slot.ts'
import type { Call, Listing, Named } from '../slot.ts'

/** A call and its arguments by name. */
export type Made<K extends AnyKernel> = Named<K> & { readonly call: Call }

/** The call of a kernel that fills a slot which nobody else reads. */
export type OnlyMaker = <K extends Kernel>(slot: unknown, kernel: K) => Made<K> | undefined

/** Calls for the place of one call, and those before it whose work they take over. */
export interface Joined {
  readonly calls: readonly Call[]
  readonly taken: readonly Call[]
}

function onlyMaker({ calls, outputs }: Listing): OnlyMaker {
  const makers = new Map<unknown, Call>()
  const readers = new Map<unknown, number>()
  for (const call of calls) {
    for (const slot of writes(call)) makers.set(slot, call)
    for (const slot of reads(call)) readers.set(slot, (readers.get(slot) ?? 0) + 1)
  }
  for (const slot of outputs) readers.set(slot, Infinity)
  return (slot, kernel) => {
    const call = makers.get(slot)
    const args = call && readers.get(slot) === 1 ? as(call, kernel) : undefined
    return call && args && { ...args, call }
  }
}

/** Replaces calls, from the last to the first, by what `join` makes of each and of those that only it reads from. */
export function joining(
  { calls, outputs }: Listing,
  join: (call: Call, only: OnlyMaker) => Joined | undefined,
): Listing {
  const only = onlyMaker({ calls, outputs })
  const places = new Map(calls.map((call, place) => [call, place]))
  const changes = calls.filter((call) => updates(call).length > 0)
  /** Whether what `early` reads is changed before `late`: then it cannot be done as late as that. */
  const changedBetween = (early: Call, late: Call): boolean =>
    changes.some(
      (change) =>
        places.get(change)! > places.get(early)! &&
        places.get(change)! < places.get(late)! &&
        updates(change).some((slot) => reads(early).includes(slot)),
    )
  const gone = new Set<Call>()
  const kept: Call[] = []
  for (const call of [...calls].reverse()) {
    if (gone.has(call)) continue
    const joined = join(call, only)
    if (!joined || joined.taken.some((taken) => changedBetween(taken, call))) {
      kept.push(call)
      continue
    }
    for (const taken of joined.taken) gone.add(taken)
    kept.push(...[...joined.calls].reverse())
  }
  return { calls: kept.reverse(), outputs }
}

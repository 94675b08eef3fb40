/**
 * Lays the slots of a program out in one stretch of memory: two may lie in the same place if one is no longer needed when
 * the other begins. It decides before the first run, so that no run allocates.
 */
import { formOf } from '../kernels/index.ts'
import { reads, updates, writes } from './slot.ts'
import type { Call, Listing, Slot } from './slot.ts'

/** Offsets and total length in elements of four bytes (eight for float64), of one kind of slot. */
export interface Arena {
  readonly offsets: ReadonlyMap<Slot, number>
  readonly length: number
}

/** Slots start where a cache line does. */
const ALIGNMENT = 16

/** The elements that a slot of a length takes. */
export const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT

/** Inputs in whose place the output may lie: those of its axes alone. A weight of mixScale is needed after element j is written. */
function replaceable({ kernel, args }: Call): readonly Slot[] {
  if (!kernel.inPlace) return []
  const { buffers } = formOf(kernel)
  const axesOf = (at: number): string => buffers[at].axes.join()
  const out = buffers.findIndex(({ role }) => role === 'written')
  const inputs = args.slice(0, out) as readonly Slot[]
  return inputs.filter((slot) => inputs.every((other, at) => other !== slot || axesOf(at) === axesOf(out)))
}

/** From the call that fills a slot to the last one that reads it. */
export interface Life {
  readonly slot: Slot
  readonly from: number
  to: number
}

/** Slots that share one place, and when it is taken. */
interface Tenancy {
  readonly slots: readonly Slot[]
  readonly from: number
  readonly to: number
  readonly size: number
}

/** The lives of the slots of one kind that a listing's own memory holds. */
export function livesOf({ calls, outputs }: Listing, kind: Slot['kind']): Map<Slot, Life> {
  const lives = new Map<Slot, Life>()
  const mine = (slot: Slot): boolean => slot.kind === kind && slot.place.at === 'arena'
  calls.forEach((call, at) => {
    for (const slot of writes(call).filter(mine)) if (!lives.has(slot)) lives.set(slot, { slot, from: at, to: at })
    for (const slot of [...reads(call), ...updates(call)]) {
      const life = lives.get(slot)
      if (life) life.to = at
    }
  })
  for (const slot of outputs) {
    const life = lives.get(slot)
    if (life) life.to = calls.length
  }
  return lives
}

/** Joins an element-wise output to the place of an input that nobody reads again. */
function tenanciesOf({ calls }: Listing, lives: ReadonlyMap<Slot, Life>): Tenancy[] {
  const groups = new Map<Slot, Life[]>([...lives].map(([slot, life]) => [slot, [life]]))
  calls.forEach((call, at) => {
    const [out] = writes(call)
    const mine = lives.get(out)
    const left = replaceable(call).find((slot) => slot.length === out.length && lives.get(slot)?.to === at)
    if (!mine || !left) return
    const group = groups.get(left)!
    group.push(mine)
    groups.set(out, group)
  })
  return [...new Set(groups.values())].map((group) => ({
    slots: group.map(({ slot }) => slot),
    from: group[0].from,
    to: group[group.length - 1].to,
    size: aligned(group[0].slot.length),
  }))
}

/** The lowest offset at which `tenancy` fits between those that are there at the same time. */
function lowestFit(tenancy: Tenancy, placed: readonly (readonly [Tenancy, number])[]): number {
  let offset = 0
  const neighbours = placed.filter(([other]) => other.from <= tenancy.to && tenancy.from <= other.to)
  for (const [other, start] of neighbours.sort(([, a], [, b]) => a - b)) {
    if (offset + tenancy.size <= start) break
    offset = Math.max(offset, start + other.size)
  }
  return offset
}

/** The largest first, each as low as it fits: within a few per cent of the best there is, and simple. */
export function layOut(listing: Listing, kind: Slot['kind']): Arena {
  const tenancies = tenanciesOf(listing, livesOf(listing, kind)).sort((a, b) => b.size - a.size || a.from - b.from)
  const placed: (readonly [Tenancy, number])[] = []
  for (const tenancy of tenancies) placed.push([tenancy, lowestFit(tenancy, placed)])
  return {
    offsets: new Map(placed.flatMap(([{ slots }, offset]) => slots.map((slot) => [slot, offset] as const))),
    length: placed.reduce((end, [{ size }, offset]) => Math.max(end, offset + size), 0),
  }
}

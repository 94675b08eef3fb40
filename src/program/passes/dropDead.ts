/** Leaves out calls whose results nobody reads; it never drops one that changes what lasts, nor the host's. */
import { isHost, reads, updates, writes } from '../slot.ts'
import type { Call, Pass, Slot } from '../slot.ts'

export const dropDead: Pass = {
  name: 'drop dead calls',
  does: 'leaves out calls whose results nobody reads',
  run: ({ calls, outputs }) => {
    const wanted = new Set<Slot>(outputs)
    const kept: Call[] = []
    // From the last call to the first: by then everyone who may want its result has spoken.
    for (const call of [...calls].reverse()) {
      const lasts = isHost(call) || updates(call).length > 0
      if (!lasts && !writes(call).some((slot) => wanted.has(slot))) continue
      kept.push(call)
      for (const slot of reads(call)) wanted.add(slot)
    }
    return { calls: kept.reverse(), outputs }
  },
}

/**
 * Moves changes of what lasts behind the host's looks at numbers, so that a host that throws at a loss that is not finite
 * leaves parameters and statistics as they were. It moves none past who reads or changes the same memory.
 */
import { isHost, reads, updates } from '../slot.ts'
import type { Call, Pass } from '../slot.ts'

/** Whether `change` must stay before `later`. */
function holds(change: Call, later: Call): boolean {
  // The host keeps counts that options are read from, so only a look at numbers may be moved past.
  if (updates(later).length > 0 || (isHost(later) && reads(later).length === 0)) return true
  const changed = new Set(updates(change))
  return reads(later).some((slot) => changed.has(slot))
}

export const settleLast: Pass = {
  name: 'settle last',
  does: 'moves changes of what lasts behind the host’s looks at numbers',
  run: ({ calls, outputs }) => {
    const settled: Call[] = []
    for (const call of [...calls].reverse()) {
      const place = updates(call).length === 0 ? 0 : settled.findIndex((later) => holds(call, later))
      settled.splice(place < 0 ? settled.length : place, 0, call)
    }
    return { calls: settled, outputs }
  },
}

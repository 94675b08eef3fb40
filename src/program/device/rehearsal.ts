/**
 * A recording that leaves no trace: the same calls, on copies of what they would change. It refuses to call functions of
 * the host's that neither fill a tensor nor can be undone, such as one that logs.
 */
import type { EachRun } from '../../kernels/index.ts'
import { Parameter, Tensor } from '../../tensor/index.ts'
import { isHost, updates } from '../slot.ts'
import type { Call, Slot } from '../slot.ts'

/** The call of a function of the host's, which is undone at once if it can be. */
function hosted(call: Call): readonly Call[] {
  const [run, looked, filled] = call.args as [EachRun, readonly Slot[], readonly Slot[]]
  const { undo } = run
  if (!undo) return filled.length > 0 ? [call] : []
  const undone: EachRun = (...numbers) => {
    run(...numbers)
    undo()
  }
  return [{ ...call, args: [undone, looked, filled] }]
}

/** These calls of a recording as a rehearsal makes them; their slots are of it from then on. */
export function rehearsed(calls: readonly Call[]): readonly Call[] {
  for (const slot of new Set(calls.flatMap(updates)))
    if (slot.place.at === 'captured' && slot.place.held instanceof Tensor)
      slot.place = { at: 'captured', held: new Parameter(slot.place.held) }
  return calls.flatMap((call) => (isHost(call) ? hosted(call) : [call]))
}

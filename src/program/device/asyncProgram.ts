/**
 * A program on a backend whose memory is out of reach. Inputs and outputs are at hand, on the CPU; what lies between is
 * not, and a run is a promise. It refuses to leave a step half taken: where a run fails, parameters are what they were.
 */
import { cpu } from '../../kernels/index.ts'
import type { Buffer, LaunchingBackend } from '../../kernels/index.ts'
import { deviceMemory } from './memory.ts'
import type { DeviceMemory } from './memory.ts'
import { AS_IT_IS, changedBy, draft, placed } from '../program.ts'
import type { AsyncProgram } from '../compiles.ts'
import { checkGuarded, guard } from '../guard.ts'
import { fetchAll } from './copies.ts'
import { fused, looks, stepwise } from './runners.ts'
import { claimMemory, noteChange } from '../../tensor/index.ts'
import type { Memory } from '../../tensor/index.ts'
import { Slot } from '../slot.ts'
import type { Listing } from '../slot.ts'

/** Why a program cannot be one launch, or undefined. */
function severed({ calls }: Listing, { native }: DeviceMemory, resident: boolean): string | undefined {
  if (resident) return 'parameters stay on the device, which one launch cannot leave them on'
  if (calls.some(looks)) return 'a function of the host looks at numbers in its middle'
  if (native) return 'tensors of its own are on the device'
  return undefined
}

/** Records `step` for a device. See `compileAsync`. */
export function buildAsync<I, O>(
  step: (input: I) => O,
  example: I,
  backend: LaunchingBackend,
  resident: boolean,
  revise = AS_IT_IS,
): AsyncProgram<I, O> {
  const { inputs, symbolic, given, stages, listing, final } = draft(step, example, backend, revise)
  const memory = deviceMemory(listing, inputs, backend)
  const because = severed(listing, memory, resident)
  const runner =
    because === undefined
      ? fused(listing, inputs, memory, backend)
      : stepwise(listing, inputs, memory, backend, because)
  const atHand = ({ buffer }: { readonly buffer: Buffer }): Buffer | undefined =>
    buffer instanceof Slot ? memory.handOf(final(buffer)) : undefined
  const guarded = guard(listing, (slot) => {
    if (slot.place.at !== 'captured') return memory.handOf(slot) as Int32Array
    const { held } = slot.place
    return held.backend.viewIds(held.buffer)
  })
  const fetch = (): Promise<void> => fetchAll(memory.copies)
  const hands = { inputs: placed(symbolic, cpu, atHand), outputs: placed(given, cpu, atHand) }
  const memories: readonly Memory[] = [{ changed: 0 }, ...changedBy(listing, backend)]
  for (const slot of [...inputs, ...listing.outputs]) claimMemory(memory.handOf(slot), memories[0])
  let alive = true
  return {
    backend,
    stages,
    ...hands,
    async run() {
      if (!alive) throw new Error('program: expected one that is alive but it was released')
      checkGuarded(guarded)
      try {
        memories.forEach(noteChange)
        await runner.run()
      } finally {
        if (!resident) await fetch()
      }
    },
    fetch,
    async release() {
      if (!alive) return
      alive = false
      await fetch()
      await runner.release()
      memory.release()
      await backend.settled()
    },
    get alive() {
      return alive
    },
    get how() {
      return runner.how
    },
  }
}

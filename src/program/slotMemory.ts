/**
 * Memory for the slots of a listing, on whatever backend: who runs it says where that from outside is. It refuses slots
 * of another recording, and keeps nothing where it fails.
 */
import type { Backend, Buffer, Held } from '../kernels/index.ts'
import { Slot, reads, updates, writes } from './slot.ts'
import type { Argument, Listing } from './slot.ts'

type Kind = Slot['kind']

export interface SlotMemory {
  readonly allocate: (kind: Kind, length: number) => Buffer
  /** Slots that have their memory already are passed over; `captured` finds it for what was there before the recording. */
  readonly place: (listing: Listing, inputs: readonly Slot[], captured: (slot: Slot, held: Held) => Buffer) => void
  readonly buffers: Map<Slot, Buffer>
  readonly bufferOf: (slot: Slot) => Buffer
  /** Gives back all that was allocated. */
  readonly release: () => void
}

/** Replaces numbers or ids in a buffer. */
export function fill(backend: Backend, kind: Kind, buffer: Buffer, values: ArrayLike<number>): void {
  if (kind === 'ids') backend.writeIds(buffer, values)
  else backend.write(buffer, values)
}

/** An argument of a kernel with buffers in the place of slots. */
export const onBuffers = (argument: Argument, bufferOf: (slot: Slot) => Buffer): Argument =>
  argument instanceof Slot
    ? bufferOf(argument)
    : Array.isArray(argument)
      ? argument.map((member: Argument) => onBuffers(member, bufferOf))
      : argument

export function slotMemory(backend: Backend): SlotMemory {
  const buffers = new Map<Slot, Buffer>()
  const owned: Buffer[] = []
  const allocate = (kind: Kind, length: number): Buffer => {
    const buffer = kind === 'ids' ? backend.allocateIds(length) : backend.allocate(length)
    owned.push(buffer)
    return buffer
  }
  return {
    allocate,
    place({ calls, outputs }, inputs, captured) {
      const made = new Set([...inputs, ...calls.flatMap(writes)])
      const used = new Set([...made, ...calls.flatMap((call) => [...updates(call), ...reads(call)]), ...outputs])
      for (const slot of used) {
        if (buffers.has(slot)) continue
        const { kind, length, shape, place } = slot
        if (!made.has(slot) && (place.at === 'arena' || place.at === 'input'))
          throw new Error(
            `compile: expected tensors that this step was given or made but got one of (${shape.join('×')}) from ` +
              'another recording: because the step kept it somewhere; return it instead',
          )
        const buffer = place.at === 'captured' ? captured(slot, place.held) : allocate(kind, length)
        if (place.at === 'constant') fill(backend, kind, buffer, place.values)
        buffers.set(slot, buffer)
      }
    },
    buffers,
    bufferOf: (slot) => buffers.get(slot)!,
    release() {
      for (const buffer of owned.splice(0)) backend.releaseBuffer?.(buffer)
    },
  }
}

/**
 * Memory for the slots of a program on a device: a buffer there for each, and numbers at hand for inputs and outputs. It
 * refuses to lay them out: whose device it is decides where they are.
 */
import type { Buffer, Floats, LaunchingBackend } from '../../kernels/index.ts'
import { copyOf } from './copies.ts'
import type { Copy } from './copies.ts'
import { updates } from '../slot.ts'
import type { Listing, Slot } from '../slot.ts'
import { slotMemory } from '../slotMemory.ts'

export interface DeviceMemory {
  readonly bufferOf: (slot: Slot) => Buffer
  /** Numbers at hand of an input or output. */
  readonly handOf: (slot: Slot) => Floats | Int32Array
  /** Of what was captured at home, and of that part of it which the program changes. */
  readonly copies: readonly Copy[]
  readonly changing: readonly Copy[]
  /** Whether some of what was captured lives on the device. */
  readonly native: boolean
  /** Captured buffers that the program changes, wherever they live. */
  readonly changed: readonly Buffer[]
  readonly release: () => void
}

export function deviceMemory(listing: Listing, inputs: readonly Slot[], backend: LaunchingBackend): DeviceMemory {
  const { place, bufferOf, release } = slotMemory(backend)
  const copies = new Map<Slot, Copy>()
  let native = false
  place(listing, inputs, (slot, held) => {
    if (held.backend === backend) {
      native = true
      return held.buffer
    }
    const copy = copyOf(backend, held)
    copies.set(slot, copy)
    return copy.buffer
  })
  const hands = new Map(
    [...inputs, ...listing.outputs].map((slot) => [
      slot,
      slot.kind === 'ids' ? new Int32Array(slot.length) : new Float32Array(slot.length),
    ]),
  )
  const moved = [...new Set(listing.calls.flatMap(updates))]
  return {
    bufferOf,
    handOf: (slot) => hands.get(slot)!,
    copies: [...copies.values()],
    changing: moved.flatMap((slot) => copies.get(slot) ?? []),
    native,
    changed: moved.map(bufferOf),
    release,
  }
}

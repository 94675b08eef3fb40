/**
 * Memory for the slots of a program on a device: a buffer there for each, and numbers at hand for inputs and outputs. It
 * refuses to lay them out: whose device it is decides where they are.
 */
import type { Buffer, Floats, LaunchingBackend } from '../../kernels/index.ts'
import { stayOf } from './residence.ts'
import type { Stay } from './residence.ts'
import { reads, updates, writes } from '../slot.ts'
import type { Listing, Slot } from '../slot.ts'

export interface DeviceMemory {
  readonly bufferOf: (slot: Slot) => Buffer
  /** Numbers at hand of an input or output. */
  readonly handOf: (slot: Slot) => Floats | Int32Array
  /** What was captured at home, and which of it the program changes. */
  readonly stays: readonly Stay[]
  readonly changing: readonly Stay[]
  /** Whether some of what was captured lives on the device. */
  readonly native: boolean
  /** Captured buffers that the program changes, wherever they live. */
  readonly changed: readonly Buffer[]
  readonly release: () => void
}

export function deviceMemory(listing: Listing, inputs: readonly Slot[], backend: LaunchingBackend): DeviceMemory {
  const buffers = new Map<Slot, Buffer>()
  const stays = new Map<Slot, Stay>()
  const owned: Buffer[] = []
  let native = false
  const allocate = ({ kind, length }: Slot): Buffer => {
    const buffer = kind === 'ids' ? backend.allocateIds(length) : backend.allocate(length)
    owned.push(buffer)
    return buffer
  }
  const written = new Set(listing.calls.flatMap(writes))
  const place = (slot: Slot): Buffer => {
    const { place: where } = slot
    if (where.at === 'captured') {
      if (where.held.backend === backend) {
        native = true
        return where.held.buffer
      }
      const stay = stayOf(backend, where.held)
      stays.set(slot, stay)
      return stay.buffer
    }
    if (!written.has(slot) && where.at !== 'constant' && !inputs.includes(slot))
      throw new Error(
        `compileAsync: expected tensors that this step was given or made but got one of (${slot.shape.join('×')}) from ` +
          'another recording: because the step kept it somewhere; return it instead',
      )
    const buffer = allocate(slot)
    if (where.at === 'constant') {
      if (slot.kind === 'ids') backend.writeIds(buffer, where.values)
      else backend.write(buffer, where.values)
    }
    return buffer
  }
  const touched = listing.calls.flatMap((call) => [...reads(call), ...updates(call), ...writes(call)])
  for (const slot of [...inputs, ...touched, ...listing.outputs]) if (!buffers.has(slot)) buffers.set(slot, place(slot))

  const hands = new Map<Slot, Floats | Int32Array>(
    [...inputs, ...listing.outputs].map((slot) => [
      slot,
      slot.kind === 'ids' ? new Int32Array(slot.length) : new Float32Array(slot.length),
    ]),
  )
  const moved = [...new Set(listing.calls.flatMap(updates))]
  return {
    bufferOf: (slot) => buffers.get(slot)!,
    handOf: (slot) => hands.get(slot)!,
    stays: [...stays.values()],
    changing: moved.flatMap((slot) => stays.get(slot) ?? []),
    native,
    changed: moved.map((slot) => buffers.get(slot)!),
    release: () => {
      for (const buffer of owned.splice(0)) backend.release(buffer)
    },
  }
}

/**
 * Turns a listing into something that runs: every slot gets its memory, every call its kernel and arguments, once and for
 * all. A run then calls one function after the other and allocates nothing.
 */
import { prepare } from '../kernels/index.ts'
import type { Backend, Buffer, Floats, Held } from '../kernels/index.ts'
import { Ids, Parameter } from '../tensor/index.ts'
import { layOut } from './arena.ts'
import { moveIn, moveOut, resides } from './residence.ts'
import { Slot, reads, updates, writes } from './slot.ts'
import type { Argument, Call, Listing } from './slot.ts'

type Run = () => void

export interface Linked {
  /** One function for each call, in order. */
  readonly steps: readonly Run[]
  /** Brings what was captured outside of the backend's memory in again. */
  readonly refresh: readonly Run[]
  readonly bufferOf: (slot: Slot) => Buffer
  /** Elements of the two arenas. */
  readonly arena: { readonly floats: number; readonly ids: number }
  readonly release: Run
}

/** What programs give and take, with the memory that it is a part of: an output may outlive its program. */
const wholes = new WeakMap<object, unknown>()

/** Memory that the CPU sees too. Programs share it out as they like. */
function seen<T>(backend: Backend, values: T | undefined): T {
  if (values === undefined)
    throw new Error(
      `compile: expected a backend with memory at hand but got ${backend.name}: because a program lays out its own memory`,
    )
  return values
}

/** Memory for the slots of a listing; `inputs` get theirs even if nobody reads them. */
function memoryFor(listing: Listing, inputs: readonly Slot[], backend: Backend) {
  const buffers = new Map<Slot, Buffer>()
  const owned: Buffer[] = []
  const moved: Parameter[] = []
  const refresh: Run[] = []
  const allocate = (kind: Slot['kind'], length: number): Buffer => {
    const buffer = kind === 'ids' ? backend.allocateIds(length) : backend.allocate(length)
    owned.push(buffer)
    return buffer
  }
  const values = (kind: Slot['kind'], buffer: Buffer) =>
    seen(backend, kind === 'ids' ? backend.viewIds(buffer) : backend.view(buffer))
  const release = (): void => {
    moved.splice(0).forEach(moveOut)
    for (const buffer of owned.splice(0)) backend.release?.(buffer)
  }

  const captured = (slot: Slot, held: Held): Buffer => {
    if (held instanceof Parameter) {
      const buffer = moveIn(held, backend)
      moved.push(held)
      return buffer
    }
    // What another program gave is where that gives its memory back.
    if (resides(held.buffer, backend) && !(backend.release && wholes.has(held.buffer))) return held.buffer
    const target = values(slot.kind, allocate(slot.kind, slot.length))
    const source = (): Floats | Int32Array =>
      seen(held.backend, held instanceof Ids ? held.values : held.backend.view(held.buffer))
    source()
    refresh.push(() => {
      target.set(source())
    })
    return target
  }
  const place = (slot: Slot): Buffer => {
    if (slot.place.at === 'captured') return captured(slot, slot.place.held)
    if (slot.place.at === 'arena' || (slot.place.at === 'input' && !inputs.includes(slot)))
      throw new Error(
        `compile: expected tensors that this step was given or made but got one of (${slot.shape.join('×')}) from ` +
          'another recording: because the step kept it somewhere; return it instead',
      )
    const buffer = allocate(slot.kind, slot.length)
    if (slot.place.at === 'input') wholes.set(buffer, buffer)
    if (slot.place.at === 'constant') values(slot.kind, buffer).set(slot.place.values)
    return buffer
  }

  try {
    const used = new Set([
      ...inputs,
      ...listing.calls.flatMap((call) => [...writes(call), ...updates(call), ...reads(call)]),
    ])
    for (const slot of listing.outputs) used.add(slot)
    const lengths = { floats: 0, ids: 0 }
    for (const kind of ['floats', 'ids'] as const) {
      const { offsets, length } = layOut(listing, kind)
      const arena = values(kind, allocate(kind, length))
      lengths[kind] = length
      for (const [slot, offset] of offsets) {
        const part = arena.subarray(offset, offset + slot.length)
        wholes.set(part, arena)
        buffers.set(slot, part)
      }
    }
    for (const slot of used) if (!buffers.has(slot)) buffers.set(slot, place(slot))
    const room = (length: number): Int32Array => seen(backend, backend.viewIds(allocate('ids', length)))
    return { buffers, refresh, release, room, arena: lengths }
  } catch (error) {
    release()
    throw error
  }
}

/** Finds memory for a listing on a backend. Throws, with nothing moved or kept, where there is not enough. */
export function link(listing: Listing, inputs: readonly Slot[], backend: Backend): Linked {
  const { buffers, refresh, release, room, arena } = memoryFor(listing, inputs, backend)
  const given = (argument: Argument): Argument =>
    argument instanceof Slot ? buffers.get(argument) : Array.isArray(argument) ? argument.map(given) : argument
  const host = ([run, ...slots]: readonly Argument[]): Run =>
    (run as (...numbers: readonly unknown[]) => void).bind(
      undefined,
      ...slots.flat().map((slot) => backend.view(given(slot) as Buffer)),
    )
  const step = ({ verb, args }: Call): Run =>
    verb === 'host' ? host(args) : prepare(backend.kernels, verb, args.map(given), room)
  return {
    steps: listing.calls.map(step),
    refresh,
    bufferOf: (slot) => buffers.get(slot)!,
    arena,
    release,
  }
}

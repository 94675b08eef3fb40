/**
 * Turns a listing into something that runs: every slot gets its memory, every call its kernel and arguments, once and for
 * all. A run then calls one function after the other and allocates nothing.
 */
import { prepare } from '../kernels/index.ts'
import type { Backend, Buffer, Floats, Held } from '../kernels/index.ts'
import { Ids, isParameter, memoryOf } from '../tensor/index.ts'
import type { Parameter } from '../tensor/index.ts'
import { layOut } from './arena.ts'
import { moveIn, moveOut, resides } from './residence.ts'
import { isHost } from './slot.ts'
import type { Argument, Call, Listing, Slot } from './slot.ts'
import { onBuffers, slotMemory } from './slotMemory.ts'

type Run = () => void
type Values = Int32Array | Floats

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

/** Makes words or numbers of a parameter where it has changed since the last time. */
function making({ buffer }: Parameter, make: (values: Values) => void, values: Values): Run {
  const memory = memoryOf(buffer)!
  let made: number | undefined
  return () => {
    if (memory.changed === made) return
    made = memory.changed
    make(values)
  }
}

/** Finds memory for a listing on a backend. Throws, with nothing moved or kept, where there is not enough. */
export function link(listing: Listing, inputs: readonly Slot[], backend: Backend): Linked {
  const memory = slotMemory(backend)
  const { allocate, buffers, bufferOf } = memory
  const moved: Parameter[] = []
  const refresh: Run[] = []
  const release = (): void => {
    moved.splice(0).forEach(moveOut)
    memory.release()
  }
  const values = (kind: Slot['kind'], buffer: Buffer) =>
    seen(backend, kind === 'ids' ? backend.viewIds(buffer) : backend.view(buffer))
  const captured = ({ kind, length }: Slot, held: Held): Buffer => {
    if (isParameter(held)) {
      const buffer = moveIn(held, backend)
      moved.push(held)
      return buffer
    }
    // What another program gave is where that gives its memory back.
    if (resides(held.buffer, backend) && !(backend.releaseBuffer && wholes.has(held.buffer))) return held.buffer
    const target = values(kind, allocate(kind, length))
    const source = (): Floats | Int32Array =>
      seen(held.backend, held instanceof Ids ? held.values : held.backend.view(held.buffer))
    source()
    refresh.push(() => {
      target.set(source())
    })
    return target
  }
  /** Elements of one arena, in which each slot of this kind that a call makes has its part. */
  const arenaOf = (kind: Slot['kind']): number => {
    const { offsets, length } = layOut(listing, kind)
    const arena = values(kind, allocate(kind, length))
    for (const [slot, offset] of offsets) {
      const part = arena.subarray(offset, offset + slot.length)
      wholes.set(part, arena)
      buffers.set(slot, part)
    }
    return length
  }
  const host = ([run, ...slots]: readonly Argument[]): Run =>
    (run as (...numbers: readonly unknown[]) => void).bind(
      undefined,
      ...(slots.flat() as Slot[]).map((slot) => backend.view(bufferOf(slot))),
    )
  const room = (length: number): Int32Array => seen(backend, backend.viewIds(allocate('ids', length)))
  const step = (call: Call): Run =>
    isHost(call) ? host(call.args) : prepare(backend, call.kernel, onBuffers(call.args, bufferOf) as Argument[], room)

  try {
    const arena = { floats: arenaOf('floats'), ids: arenaOf('ids') }
    memory.place(listing, inputs, captured)
    for (const slot of inputs) wholes.set(bufferOf(slot), bufferOf(slot))
    for (const [{ kind, place }, buffer] of buffers)
      if (place.at === 'made') refresh.push(making(place.of, place.make, values(kind, buffer)))
    return { steps: listing.calls.map(step), refresh, bufferOf, arena, release }
  } catch (error) {
    release()
    throw error
  }
}

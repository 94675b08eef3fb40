/**
 * Where parameters are while programs run on a device: at home in the CPU's memory, or away in a copy on the device that
 * all programs there share. It refuses to have two that differ without knowing which is right: the one away is, until it
 * is fetched.
 */
import { Ids, memoryOf, noteChange } from '../../tensor/index.ts'
import type { Buffer, Held, LaunchingBackend } from '../../kernels/index.ts'

export interface Copy {
  /** On the device. */
  readonly buffer: Buffer
  /** Takes the numbers to the device, if they are not there. */
  readonly bring: () => void
  /** That a program has changed what is on the device. */
  readonly changed: () => void
  /** The numbers at home. */
  readonly atHome: () => Float32Array
  /** Replaces the numbers at home. */
  readonly replace: (values: Float32Array) => void
  /** Reads what is on the device; what it returns puts it in its place at home, at once, and gives back that on the device. */
  readonly gather: () => Promise<() => void>
}

/** Takes the numbers of many home: all at once, for who looks meanwhile must not see half of a step. */
export async function fetchAll(those: Iterable<Copy>): Promise<void> {
  const landings: (() => void)[] = []
  for (const { gather } of those) landings.push(await gather())
  for (const land of landings) land()
}

const travelling = new WeakMap<LaunchingBackend, Set<Copy>>()

/** All that is away on a device, whichever program took it there. */
export function awayOn(backend: LaunchingBackend): Set<Copy> {
  const known = travelling.get(backend) ?? new Set()
  travelling.set(backend, known)
  return known
}

function copyOn(backend: LaunchingBackend, held: Held): Copy {
  const buffer = held instanceof Ids ? backend.allocateIds(held.size) : backend.allocate(held.buffer.length)
  let away = false
  let dirty = false
  /** When the numbers at home had last changed as they were taken there: what is assigned later is right. */
  let taken = 0
  const changedAtHome = (): number => memoryOf(held.buffer)?.changed ?? 0
  const numbers = (): ArrayLike<number> => {
    const values = held instanceof Ids ? held.values : held.backend.view(held.buffer)
    if (!values)
      throw new Error(
        `compileAsync: expected tensors at hand or on ${backend.name} but got one on ${held.backend.name}: because ` +
          'nothing moves from device to device by itself; read() it first',
      )
    return values
  }
  const replace = (values: Float32Array): void => {
    held.backend.write(held.buffer, values)
    const memory = memoryOf(held.buffer)
    if (memory) noteChange(memory)
  }
  const copy: Copy = {
    buffer,
    bring() {
      if (away && changedAtHome() === taken) return
      if (held instanceof Ids) backend.writeIds(buffer, numbers())
      else backend.write(buffer, numbers())
      taken = changedAtHome()
      dirty = false
      away = true
      awayOn(backend).add(copy)
    },
    changed() {
      dirty = true
    },
    atHome: () => Float32Array.from(numbers()),
    replace,
    async gather() {
      const values = away && dirty ? ((await backend.read(buffer)) as Float32Array) : undefined
      return () => {
        if (!away) return
        if (values && changedAtHome() === taken) replace(values)
        dirty = away = false
        awayOn(backend).delete(copy)
        backend.releaseBuffer(buffer)
      }
    },
  }
  return copy
}

const copies = new WeakMap<LaunchingBackend, WeakMap<Buffer | Held, Copy>>()

/**
 * The copy of a captured buffer on a backend, the same for all of its programs: also of those that are made after a
 * parameter has moved to other memory at home, as it does when it is scored elsewhere.
 */
export function copyOf(backend: LaunchingBackend, held: Held): Copy {
  const known = copies.get(backend) ?? new WeakMap<Buffer | Held, Copy>()
  copies.set(backend, known)
  const copy = known.get(held.buffer) ?? known.get(held) ?? copyOn(backend, held)
  known.set(held.buffer, copy).set(held, copy)
  return copy
}

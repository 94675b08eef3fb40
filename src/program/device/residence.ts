/**
 * Where parameters are while programs run on a device: at home in the CPU's memory, or away in a copy on the device that
 * all programs there share. It refuses to have two that differ without knowing which is right: the one away is, until it
 * is fetched.
 */
import { Ids } from '../../tensor/index.ts'
import type { Buffer, Held, LaunchingBackend } from '../../kernels/index.ts'

export interface Stay {
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
  /** Takes the numbers home, and gives back their place on the device. */
  readonly fetch: () => Promise<void>
}

function stayOn(backend: LaunchingBackend, held: Held): Stay {
  const buffer = held instanceof Ids ? backend.allocateIds(held.size) : backend.allocate(held.buffer.length)
  let away = false
  let dirty = false
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
  }
  return {
    buffer,
    bring() {
      if (away) return
      if (held instanceof Ids) backend.writeIds(buffer, numbers())
      else backend.write(buffer, numbers())
      away = true
    },
    changed() {
      dirty = true
    },
    atHome: () => Float32Array.from(numbers()),
    replace,
    async fetch() {
      if (!away) return
      if (dirty) replace((await backend.read(buffer)) as Float32Array)
      dirty = away = false
      backend.release(buffer)
    },
  }
}

const stays = new WeakMap<LaunchingBackend, WeakMap<Buffer, Stay>>()

/** The stay of a captured buffer on a backend, the same for all of its programs. */
export function stayOf(backend: LaunchingBackend, held: Held): Stay {
  const known = stays.get(backend) ?? new WeakMap<Buffer, Stay>()
  stays.set(backend, known)
  const stay = known.get(held.buffer) ?? stayOn(backend, held)
  known.set(held.buffer, stay)
  return stay
}

/**
 * Where parameters live while programs run on them. A parameter of the CPU moves into the memory of a backend that has
 * one of its own, in which the CPU sees it just as well, and moves out when the last program that needs it there is
 * released. It refuses to have one parameter in two memories.
 */
import type { Backend, Buffer } from '../kernels/index.ts'
import type { Parameter } from '../tensor/index.ts'

interface Stay {
  readonly backend: Backend
  guests: number
}

const stays = new WeakMap<Parameter, Stay>()

/** Whether a buffer is already where the kernels of `backend` can reach it. */
export const resides = (buffer: Buffer, backend: Backend): boolean => backend.owns?.(buffer) ?? true

/** Has a parameter within reach of `backend`, and returns where. Every call wants one of `moveOut`. */
export function moveIn(parameter: Parameter, backend: Backend): Buffer {
  const stay = stays.get(parameter)
  if (stay && stay.backend !== backend)
    throw new Error(
      `compile: expected a parameter that is free but got one in the memory of ${stay.backend.name}: because a program ` +
        'there has it; release that program first',
    )
  if (stay) stay.guests++
  else if (!resides(parameter.buffer, backend)) {
    const inside = backend.allocate(parameter.size)
    backend.write(inside, parameter.values)
    parameter.move(inside)
    stays.set(parameter, { backend, guests: 1 })
  }
  return parameter.buffer
}

/** Undoes one `moveIn`. */
export function moveOut(parameter: Parameter): void {
  const stay = stays.get(parameter)
  if (!stay || --stay.guests > 0) return
  const inside = parameter.buffer
  parameter.move(parameter.values.slice())
  stay.backend.release?.(inside)
  stays.delete(parameter)
}

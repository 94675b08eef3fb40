/**
 * Where parameters live while programs run on them. A parameter of the CPU moves into the memory of a backend that has
 * one of its own, in which the CPU sees it just as well, and moves out when the last program that needs it there is
 * released. It refuses to move a parameter that a program on another backend has found already.
 */
import type { Backend, Buffer } from '../kernels/index.ts'
import type { Parameter } from '../tensor/index.ts'

/** Since a program first found a parameter, until the last that did is released. */
interface Stay {
  readonly backend: Backend
  /** Whether it had to move. */
  readonly inside: boolean
  programs: number
}

const stays = new WeakMap<Parameter, Stay>()

/** Whether a buffer is already where the kernels of `backend` can reach it. */
export const resides = (buffer: Buffer, backend: Backend): boolean => backend.owns?.(buffer) ?? true

/** Has a parameter within reach of `backend`, and returns where. Every call wants one of `moveOut`. */
export function moveIn(parameter: Parameter, backend: Backend): Buffer {
  const stay = stays.get(parameter)
  const outside = !resides(parameter.buffer, backend)
  if (stay && stay.backend !== backend && (stay.inside || outside))
    throw new Error(
      `compile: expected a parameter that is free but got one of a program on ${stay.backend.name}: because ` +
        `${backend.name} has another memory, and a parameter is in one; release that program first`,
    )
  if (stay) stay.programs++
  else {
    if (outside) {
      const buffer = backend.allocate(parameter.size)
      backend.write(buffer, parameter.values)
      parameter.move(buffer)
    }
    stays.set(parameter, { backend, inside: outside, programs: 1 })
  }
  return parameter.buffer
}

/** Undoes one `moveIn`. */
export function moveOut(parameter: Parameter): void {
  const stay = stays.get(parameter)
  if (!stay || --stay.programs > 0) return
  stays.delete(parameter)
  if (!stay.inside) return
  const { buffer } = parameter
  parameter.move(parameter.values.slice())
  stay.backend.releaseBuffer?.(buffer)
}

/** Finds who does a kernel on a backend. It refuses plain loops where memory is out of their reach. */
import type { Backend } from './backend.ts'
import type { Buffer } from './buffer.ts'
import type { AnyKernel, Kernel } from './kernel.ts'
import type { ArgumentsOf, Loop } from './kernel-types.ts'

type Anything = (...args: readonly unknown[]) => void

/** A kernel as a backend has it of its own: faster, or because no plain loop can reach its memory. */
export const ownKernel = (backend: Backend, of: AnyKernel): Anything | undefined =>
  ((backend.kernels as Readonly<Record<string, object | undefined>>)[of.verb] ?? backend.own?.(of)) as
    Anything | undefined

/**
 * A kernel on a backend: its own, else the plain loop.
 *
 * @throws Error where there is neither.
 */
export function kernelOn<S extends string>(backend: Backend, of: Kernel<S>): Loop<S, Buffer, Buffer> {
  const found = ownKernel(backend, of) ?? of.reference
  if (!found) throw new Error(`${of.verb}: expected a backend that has it but got ${backend.name}`)
  return found
}

/** Calls a kernel on a backend. */
export const run = <S extends string>(
  backend: Backend,
  of: Kernel<S>,
  ...args: ArgumentsOf<S, Buffer, Buffer>
): void => {
  kernelOn(backend, of)(...args)
}

/** Memory for so many ids, which the caller gives back when the prepared call is made no more. */
export type Room = (length: number) => Int32Array

/**
 * A function that makes the same call again and again: numbers in buffers may change between runs, and nothing else. A
 * kernel may offer to work out beforehand what such a call comes to; one that does not is called as it is.
 */
export function prepare(backend: Backend, of: AnyKernel, args: readonly unknown[], room: Room): () => void {
  const found = kernelOn(backend, of as Kernel) as Anything & {
    readonly prepared?: (room: Room, args: readonly unknown[]) => () => void
  }
  return found.prepared?.(room, args) ?? found.bind(undefined, ...args)
}

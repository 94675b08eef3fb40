/**
 * Calls that are made again and again with the same arguments. A kernel may offer to work out beforehand what such a call
 * comes to; one that does not is called as it is. Numbers in buffers may change between runs, and nothing else.
 */

/** Memory for so many ids, which the caller gives back when the prepared call is made no more. */
export type Room = (length: number) => Int32Array

interface Kernel {
  (...args: readonly unknown[]): void
  readonly prepared?: (room: Room, args: readonly unknown[]) => () => void
}

/** A function that calls the kernel of a verb with these arguments. */
export function prepare(kernels: object, verb: string, args: readonly unknown[], room: Room): () => void {
  const kernel = (kernels as Readonly<Record<string, Kernel>>)[verb]
  return kernel.prepared?.(room, args) ?? kernel.bind(undefined, ...args)
}

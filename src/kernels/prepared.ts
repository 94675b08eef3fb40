/**
 * Calls that are made again and again with the same arguments. A kernel may offer to work out beforehand what such a call
 * comes to; one that does not is called as it is. Numbers in buffers may change between runs, and nothing else.
 */

interface Kernel {
  (...args: readonly unknown[]): void
  readonly prepared?: (...args: readonly unknown[]) => () => void
}

/** A function that calls the kernel of a verb with these arguments. */
export function prepare(kernels: object, verb: string, args: readonly unknown[]): () => void {
  const kernel = (kernels as Readonly<Record<string, Kernel>>)[verb]
  return kernel.prepared?.(...args) ?? kernel.bind(undefined, ...args)
}

/** Compiled kernels: modules of each variant of a binary, each compiled once, and instances of them. */
import type { Exports } from './exports.ts'
import { host } from './host.ts'
import type { Memory, Module } from './host.ts'
import { decode } from './text.ts'
import { settle } from './variant.ts'
import type { Variant } from './variant.ts'

/** `env.memory`'s limits in the import section: 1 says that there is a maximum, and that the memory is not shared. */
const MEMORY_IMPORT = [0x06, ...[0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79], 0x02, 0x01]
const SHARED = 0x03

/** The binary for a memory that is shared between threads is the same but for one byte, which says so. */
function share(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((_, start) => MEMORY_IMPORT.every((byte, index) => bytes[start + index] === byte))
  bytes[at + MEMORY_IMPORT.length - 1] = SHARED
  return bytes
}

/** The compiled module, for threads to instantiate on their own. The host must offer the variant. */
export type Compiler = (variant: Variant, shared: boolean) => Module

export function compiler(binary: string): Compiler {
  const modules = new Map<string, Module>()
  return (variant, shared) => {
    const key = `${variant} ${shared}`
    const known = modules.get(key)
    if (known) return known
    const bytes = settle(decode(binary), variant)
    const module = new host!.Module(shared ? share(bytes) : bytes)
    modules.set(key, module)
    return module
  }
}

/** The kernels over a memory. `setScratch` must be called before any product. */
export const instantiate = (module: Module, memory: Memory): Exports =>
  // A copy, because an object of exports is slow to read.
  ({ ...(new host!.Instance(module, { env: { memory } }).exports as Exports) })

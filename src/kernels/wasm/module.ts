/** The compiled kernels: which variants the host can run, and instances of them. Each is compiled once. */
import { relaxed, simd } from './binary.generated.ts'
import type { Exports } from './exports.ts'
import { host } from './host.ts'
import type { Memory, Module } from './host.ts'
import { decode } from './text.ts'

/** `relaxed` multiplies and adds in one rounding, which is faster; its sums differ in their last bits. */
export type Variant = 'simd' | 'relaxed'

const TEXTS: Readonly<Record<Variant, string>> = { simd, relaxed }

/** Whether the host accepts a function of these instructions, which must leave nothing on the stack. */
function accepts(...code: readonly number[]): boolean {
  const body = [0, ...code, 0x0b]
  return (
    host?.validate(
      Uint8Array.of(
        ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // '\0asm', version 1
        ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: nothing to nothing
        ...[0x03, 0x02, 0x01, 0x00], // one function of it
        ...[0x0a, body.length + 2, 0x01, body.length, ...body],
      ),
    ) ?? false
  )
}

const VECTOR = [0x41, 0x00, 0xfd, 0x0f] // i32.const 0, i8x16.splat
const DROP = 0x1a
const RELAXED_MADD = [0xfd, 0x85, 0x02]

/** Asked anew each time: it is cheap, and flags of the host may change. */
export const offers = (variant: Variant): boolean =>
  variant === 'simd' ? accepts(...VECTOR, DROP) : accepts(...VECTOR, ...VECTOR, ...VECTOR, ...RELAXED_MADD, DROP)

/** `env.memory`'s limits in the import section are the same for all binaries, and 1 says: a maximum, and not shared. */
const MEMORY_IMPORT = [0x06, ...[0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79], 0x02, 0x01]
const SHARED = 0x03

/** The binary for a memory that is shared between threads is the same but for one byte, which says so. */
function share(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((_, start) => MEMORY_IMPORT.every((byte, index) => bytes[start + index] === byte))
  bytes[at + MEMORY_IMPORT.length - 1] = SHARED
  return bytes
}

const modules = new Map<string, Module>()

/** The compiled module, for threads to instantiate on their own. The host must offer the variant. */
export function compiled(variant: Variant, shared: boolean): Module {
  const key = `${variant} ${shared}`
  const known = modules.get(key)
  if (known) return known
  const bytes = decode(TEXTS[variant])
  const module = new host!.Module(shared ? share(bytes) : bytes)
  modules.set(key, module)
  return module
}

/** The kernels over a memory. `setScratch` must be called before any product. */
export const instantiate = (module: Module, memory: Memory): Exports =>
  // A copy, because an object of exports is slow to read.
  ({ ...(new host!.Instance(module, { env: { memory } }).exports as Exports) })

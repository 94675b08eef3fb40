/**
 * A backend over a binary: one memory whose buffers are views, so that plain loops can use them as well and do whatever
 * the binary does not. It refuses to fall back on another backend where the host lacks what it needs.
 */
import { oneOf } from '../../checks/index.ts'
import type { Backend } from '../backend.ts'
import type { Floats } from '../buffer.ts'
import { cpu } from '../cpu/index.ts'
import type { Exports, Own } from './exports.ts'
import type { Memory, Module } from './host.ts'
import { kernelsOver } from './kernels.ts'
import type { Share } from './kernels.ts'
import { LIST_BYTES } from './list.ts'
import { room } from './memory.ts'
import { instantiate } from './module.ts'
import type { Compiler } from './module.ts'
import { offers } from './variant.ts'
import type { Variant } from './variant.ts'
import { wideByDefault } from './wide.ts'

/** What `wasm` takes. */
export interface WasmOptions {
  /** How much memory to reserve; what is never used costs address space only. Default 2 ** 30. */
  readonly bytes?: number
  /** Default the faster one that the host offers. */
  readonly variant?: Variant
  /** Whether threads can have the memory too. Default false. */
  readonly shared?: boolean
  /**
   * Products in tiles for hosts that join pairs of 128-bit vectors: the same bits, twice as fast there and slower elsewhere.
   * Default what `enableVectors` found, false before anyone asked.
   */
  readonly wide?: boolean
}

/** A backend on one WebAssembly memory, float32 and ids of 32 bits. */
export interface WasmBackend extends Backend<Floats, Int32Array> {
  readonly variant: Variant
  readonly wide: boolean
  allocate(length: number): Float32Array
  owns(buffer: Floats | Int32Array): boolean
  releaseBuffer(buffer: Floats | Int32Array): void
  /** What the binary exports, and what a thread needs to have an instance of its own. */
  readonly exports: Exports
  readonly module: Module
  readonly memory: Memory
  /** Takes so many bytes for good, and returns their address. */
  readonly reserve: (bytes: number) => number
  /** The kernels over other exports, such as ones that share calls out among threads. */
  readonly over: (exports: Exports, share?: Share) => Pick<Backend<Floats, Int32Array>, 'kernels' | 'own'>
  /** Bytes that nobody has. */
  freeBytes(): number
}

export const VARIANT = oneOf('simd', 'relaxed')

/** A binary, and what it has beside the kernels of a forward pass. */
export interface Source {
  readonly compiled: Compiler
  readonly learning: (exports: Exports, list: Int32Array) => Partial<Own>
}

/** Its options are checked already, but for the size of the memory. */
export function backendOver({ compiled, learning }: Source, options: WasmOptions): WasmBackend {
  const { bytes = 2 ** 30, variant, shared = false, wide = wideByDefault() } = options
  const chosen = variant ?? (offers('relaxed') ? 'relaxed' : 'simd')
  if (!offers(chosen))
    throw new Error(
      `wasm: expected a host with ${chosen === 'relaxed' ? 'relaxed SIMD' : 'SIMD'} but got one without: because it ` +
        `refuses a function of these instructions${chosen === 'relaxed' ? "; variant 'simd' needs less" : ''}`,
    )
  const { memory, floats, ints, reserve, has, release, freeBytes } = room(bytes, shared)
  const module = compiled(chosen, shared)
  const exports = instantiate(module, memory)
  const owns = (buffer: Floats | Int32Array): boolean => buffer.buffer === memory.buffer
  const list = new Int32Array(memory.buffer, reserve(LIST_BYTES), LIST_BYTES / 4)
  exports.setScratch(reserve(exports.scratchBytes()), wide)
  const over: WasmBackend['over'] = (own, share) => kernelsOver(own, list, learning, share)
  return {
    ...cpu,
    name: `wasm-${chosen}${wide ? '-wide' : ''}`,
    ...over(exports),
    variant: chosen,
    wide,
    allocate: floats,
    allocateIds: ints,
    read: (buffer) => Promise.resolve(Float32Array.from(buffer)),
    adopt: (values) => (values instanceof Float32Array && has(values) ? values : undefined),
    // Ids from elsewhere are not at hand for these kernels, so that whoever asks makes a copy.
    viewIds: (buffer) => (owns(buffer) ? buffer : undefined),
    owns,
    releaseBuffer: release,
    exports,
    module,
    memory,
    reserve,
    over,
    freeBytes,
  }
}

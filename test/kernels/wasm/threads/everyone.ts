/**
 * Threads that are sure to take part. A caller that is quick does by itself what others have not begun, on a busy machine
 * all of it; here it waits until everyone has begun, so that a test of threads is one.
 */
import { wasm } from '../../../../src/kernels/index.ts'
import type { WasmBackend } from '../../../../src/kernels/index.ts'
import { startThread } from '../../../../src/kernels/wasm/threads/host.ts'
import type { Thread } from '../../../../src/kernels/wasm/threads/host.ts'
import { pool } from '../../../../src/kernels/wasm/threads/pool.ts'
import type { Pool } from '../../../../src/kernels/wasm/threads/pool.ts'
import { shareOut } from '../../../../src/kernels/wasm/threads/share.ts'
import { LIST_BYTES } from '../../../../src/kernels/wasm/list.ts'
import type { Variant } from '../../../../src/kernels/wasm/index.ts'

export interface Options {
  readonly threads: number
  readonly patience?: number
  readonly variant?: Variant
  readonly bytes?: number
  readonly start?: () => Thread
}

export interface Everyone extends Pool {
  readonly backend: WasmBackend
  /** Those that were started, first to last. */
  readonly workers: readonly Thread[]
  /** The number of a kernel by its name. */
  readonly numberOf: (kernel: string) => number
  /** Returns when thread 1 and those after it, `parts` − 1 in all, have begun with what they were called for. */
  readonly begun: (kernel: number, parts: number) => void
}

/** A pool, and a backend on it that shares every call out. */
export async function everyone({
  threads,
  patience = 10_000,
  start = startThread,
  ...options
}: Options): Promise<Everyone> {
  const backend = wasm({ bytes: 2 ** 26, ...options, shared: true })
  const { module, memory, exports } = backend
  const names = Object.keys(exports)
  const reserved: number[] = []
  const workers: Thread[] = []
  const reserve = (bytes: number): number => {
    const address = backend.reserve(bytes)
    reserved.push(address)
    return address
  }
  const rooms = Array.from({ length: threads }, () => ({
    words: new Int32Array(memory.buffer),
    start: backend.reserve(LIST_BYTES) / 4,
  }))
  const started = await pool({
    ...{ module, memory, names, threads, reserve, patience, wide: false, scratchBytes: exports.scratchBytes() },
    start: () => {
      const worker = start()
      workers.push(worker)
      return worker
    },
  })
  // Posts come first; the first number of each says what its thread is called for.
  const posts = reserved.slice(0, threads - 1).map((address) => new Int32Array(memory.buffer, address, 1))
  const begun = (kernel: number, parts: number): void => {
    for (const post of posts.slice(0, parts - 1))
      while (Atomics.load(post, 0) === kernel) {
        // A page may only look.
        if (typeof window === 'undefined') Atomics.wait(post, 0, kernel, 1)
      }
  }
  const call: Pool['call'] = (kernel, parts, own) => {
    started.call(kernel, parts, (part) => {
      if (part === 0) begun(kernel, parts)
      own(part)
    })
  }
  return {
    ...started,
    backend: { ...backend, ...backend.over(...shareOut(exports, { ...started, call, rooms, worthwhile: 0 })) },
    workers,
    numberOf: (kernel) => names.indexOf(kernel) + 1,
    begun,
  }
}

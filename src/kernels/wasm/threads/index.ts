/** The WASM backend on several threads: large calls are shared out, and all bits are as on one. Opt-in. */
import type { Exports } from '../exports.ts'
import { wasm } from '../index.ts'
import type { WasmBackend, WasmOptions } from '../index.ts'
import { LIST_BYTES } from '../rearranging.ts'
import { parallelism } from './host.ts'
import { pool } from './pool.ts'
import type { Pool } from './pool.ts'
import { SPLITS } from './split.ts'
import type { ListRoom, Split } from './split.ts'

export interface ThreadOptions extends Omit<WasmOptions, 'shared'> {
  /** With the caller's own. Default: as many as the host runs at once, and no more than 8. */
  readonly threads?: number
  /** How long a thread may take to start, or for its part of a call, in milliseconds. Default 10,000. */
  readonly patience?: number
  /** Operations below which a call is not shared out, because waking a thread costs more. Default 60,000. */
  readonly worthwhile?: number
}

export interface ThreadedBackend extends WasmBackend {
  readonly threads: number
  /** Ends the threads; kernels throw from then on. */
  readonly close: () => void
}

/** Threads, and where each may note a list. */
interface Team extends Pool {
  readonly rooms: readonly ListRoom[]
  readonly worthwhile: number
}

type Kernel = (...args: number[]) => void

/** A kernel that everyone does a part of, in whole vectors and tiles for all but the last. */
function sharedOut(kernel: number, { units, work, cut }: Split, alone: Kernel, team: Team): Kernel {
  const { args, begin, finish, rooms, worthwhile } = team
  const [mine] = args
  return (...given) => {
    for (let index = 0; index < given.length; index++) mine[index] = given[index]
    const all = units(mine)
    const parts = Math.min(args.length, 1 + Math.floor((all * work(mine)) / worthwhile))
    const each = Math.ceil(all / parts / 8) * 8
    // Not less, rather than more: there may be nothing at all to do.
    if (!(each < all)) {
      alone(...given)
      return
    }
    let part = 1
    for (let from = each; from < all; from += each, part++) {
      args[part].set(mine)
      cut(args[part], from, Math.min(each, all - from), rooms[part])
    }
    cut(mine, 0, each, rooms[0])
    begin(kernel, part)
    alone(...mine)
    finish()
  }
}

/**
 * A WASM backend whose large calls run on several threads.
 *
 * @throws Error where the host has no threads, or one does not start; RangeError where `threads` is no whole number of at
 * least 1, or the host lacks the memory. In a browser the page must be cross-origin isolated.
 */
export async function wasmThreads(options: ThreadOptions = {}): Promise<ThreadedBackend> {
  const { threads = Math.min(parallelism(), 8), patience = 10_000, worthwhile = 60_000 } = options
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new RangeError(`wasmThreads: expected a positive whole number of threads but got ${threads}`)
  const backend = wasm({ ...options, shared: true })
  const { module, memory, exports, reserve } = backend
  const names = Object.keys(exports)
  const scratchBytes = exports.scratchBytes()
  const threadPool = await pool({ module, memory, names, threads, reserve, scratchBytes, patience })
  const words = new Int32Array(memory.buffer)
  const rooms = threadPool.args.map((): ListRoom => ({ words, start: reserve(LIST_BYTES) / 4 }))
  const team: Team = { ...threadPool, rooms, worthwhile }
  const shared = Object.entries(SPLITS).map(([name, split]) => {
    const alone = exports[name as keyof Exports] as Kernel
    return [name, sharedOut(names.indexOf(name), split, alone, team)]
  })
  return {
    ...backend,
    name: `${backend.name} on ${threads} threads`,
    kernels: backend.kernelsOf({ ...exports, ...(Object.fromEntries(shared) as Partial<Exports>) }),
    threads,
    close: threadPool.close,
  }
}

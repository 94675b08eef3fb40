/** The WASM backend on several threads: large calls are shared out, and all bits are as on one. Opt-in. */
import type { Exports } from '../exports.ts'
import { wasm } from '../index.ts'
import type { WasmBackend, WasmOptions } from '../index.ts'
import { LIST_BYTES } from '../rearranging.ts'
import { checkHost, parallelism } from './host.ts'
import { pool } from './pool.ts'
import type { Pool } from './pool.ts'
import { SPLITS } from './split.ts'
import type { ListRoom, Split } from './split.ts'
import { MOST_ARGUMENTS } from './worker.ts'

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

/** A kernel that everyone does a part of, in whole vectors for all but the last. A call allocates nothing. */
function sharedOut(kernel: number, { units, work, cut }: Split, alone: Kernel, team: Team): Kernel {
  // Not of numbers only, so that what is noted is never put in a box of its own.
  const mine = Array.from<number>({ length: MOST_ARGUMENTS })
  const { length } = alone
  const own = (part: number): void => {
    for (let index = 0; part > 0 && index < length; index++) {
      const value = team.args[part - 1][index]
      // A fraction that is there already need not be put in another box.
      if (mine[index] !== value) mine[index] = value
    }
    alone(...mine)
  }
  // By name, because a list of arguments would be allocated if it is looped over.
  return (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) => {
    mine[0] = a
    mine[1] = b
    mine[2] = c
    mine[3] = d
    mine[4] = e
    mine[5] = f
    mine[6] = g
    mine[7] = h
    mine[8] = i
    mine[9] = j
    mine[10] = k
    mine[11] = l
    mine[12] = m
    mine[13] = n
    mine[14] = o
    mine[15] = p
    const { args, rooms, worthwhile } = team
    const all = units(mine)
    const parts = Math.min(rooms.length, 1 + Math.floor((all * work(mine)) / worthwhile))
    const each = Math.ceil(all / parts / 8) * 8
    // Not less, rather than more: there may be nothing at all to do.
    if (!(each < all)) {
      own(0)
      return
    }
    let part = 1
    for (let from = each; from < all; from += each, part++) {
      args[part - 1].set(mine)
      cut(args[part - 1], from, Math.min(each, all - from), rooms[part])
    }
    cut(mine, 0, each, rooms[0])
    team.call(kernel, part, own)
  }
}

/** Ends the threads of a backend that nobody reaches any more. */
const forgotten = /* @__PURE__ */ new FinalizationRegistry<() => void>((close) => close())

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
  checkHost()
  const backend = wasm({ ...options, shared: true })
  const { module, memory, exports, reserve } = backend
  const names = Object.keys(exports)
  const scratchBytes = exports.scratchBytes()
  const words = new Int32Array(memory.buffer)
  const rooms = Array.from({ length: threads }, (): ListRoom => ({ words, start: reserve(LIST_BYTES) / 4 }))
  const threadPool = await pool({ module, memory, names, threads, reserve, scratchBytes, patience })
  const team: Team = { ...threadPool, rooms, worthwhile }
  // The kernels hold the team, and the threads do not.
  forgotten.register(team, threadPool.close)
  const shared = Object.entries(SPLITS).map(([name, split]) => {
    const alone = exports[name as keyof Exports] as Kernel
    return [name, sharedOut(names.indexOf(name) + 1, split, alone, team)]
  })
  return {
    ...backend,
    name: `${backend.name} on ${threads} threads`,
    kernels: backend.kernelsOf({ ...exports, ...(Object.fromEntries(shared) as Partial<Exports>) }),
    threads,
    close: threadPool.close,
  }
}

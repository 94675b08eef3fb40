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
}

export interface ThreadedBackend extends WasmBackend {
  readonly threads: number
  /** Ends the threads; kernels throw from then on. */
  readonly close: () => void
}

/** Operations below which a second thread costs more than it does. */
const WORTHWHILE = 60_000

/** A call that everyone does a part of, with the parameters of all kernels: at most sixteen numbers. */
function shared(
  kernel: number,
  { units, work, cut }: Split,
  alone: (...args: number[]) => void,
  { args, begin, finish }: Pool,
  rooms: readonly ListRoom[],
) {
  const [mine] = args
  // Sixteen parameters and no list of them: a list would be made anew at every call.
  return (
    a = 0,
    b = 0,
    c = 0,
    d = 0,
    e = 0,
    f = 0,
    g = 0,
    h = 0,
    i = 0,
    j = 0,
    k = 0,
    l = 0,
    m = 0,
    n = 0,
    o = 0,
    p = 0,
  ) => {
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
    const all = units(mine)
    const parts = Math.min(args.length, Math.floor((all * work(mine)) / WORTHWHILE) + 1)
    if (parts === 1) {
      alone(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
      return
    }
    // Whole vectors and tiles for everyone but the last.
    const each = Math.ceil(all / parts / 8) * 8
    let used = 1
    for (let part = 1; part < parts && part * each < all; part++, used++) {
      args[part].set(mine)
      cut(args[part], part * each, Math.min(each, all - part * each), rooms[part])
    }
    cut(mine, 0, Math.min(each, all), rooms[0])
    begin(kernel, used)
    alone(
      mine[0],
      mine[1],
      mine[2],
      mine[3],
      mine[4],
      mine[5],
      mine[6],
      mine[7],
      mine[8],
      mine[9],
      mine[10],
      mine[11],
      mine[12],
      mine[13],
      mine[14],
      mine[15],
    )
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
  const { threads = Math.min(parallelism(), 8), patience = 10_000 } = options
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new RangeError(`wasmThreads: expected a positive whole number of threads but got ${threads}`)
  const backend = wasm({ ...options, shared: true })
  const { module, memory, exports, reserve } = backend
  const names = Object.keys(exports)
  const scratchBytes = exports.scratchBytes()
  const team = await pool({ module, memory, names, threads, reserve, scratchBytes, patience })
  const words = new Int32Array(memory.buffer)
  const rooms = team.args.map((): ListRoom => ({ words, start: reserve(LIST_BYTES) / 4 }))
  const split = Object.fromEntries(
    Object.entries(SPLITS).map(([name, how]) => {
      const alone = exports[name as keyof Exports] as (...args: number[]) => void
      return [name, shared(names.indexOf(name), how, alone, team, rooms)]
    }),
  )
  return {
    ...backend,
    name: `${backend.name} on ${threads} threads`,
    kernels: backend.kernelsOf({ ...exports, ...split }),
    threads,
    close: team.close,
  }
}

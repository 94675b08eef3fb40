/** The WASM backend on several threads: large calls are shared out, and all bits are as on one. Opt-in. */
import { anything, checkOptions, flag, real, whole } from '../../../checks/index.ts'
import { VARIANT, wasm } from '../index.ts'
import type { WasmBackend, WasmOptions } from '../index.ts'
import { LIST_BYTES } from '../list.ts'
import { checkHost, parallelism } from './host.ts'
import { pool } from './pool.ts'
import { shareOut } from './share.ts'
import type { Team } from './share.ts'
import type { ListRoom } from './lists.ts'

/** What `wasmThreads` takes. */
export interface ThreadOptions extends Omit<WasmOptions, 'shared'> {
  /** With the caller's own. Default: as many as the host runs at once, and no more than 8. */
  readonly threads?: number
  /** How long a thread may take to start, or for its part of a call once the caller is done, in ms. Default 10,000. */
  readonly patience?: number
  /** Operations below which a call is not shared out, because waking a thread costs more. Default 60,000. */
  readonly worthwhile?: number
}

/** A WASM backend with threads, which are released with it. */
export interface ThreadedBackend extends WasmBackend {
  readonly threads: number
  /** Ends the threads; calls that are large enough to be shared out throw from then on. */
  readonly release: () => void
}

/** Ends the threads of a backend that nobody reaches any more. */
const forgotten = /* @__PURE__ */ new FinalizationRegistry<() => void>((close) => close())

/**
 * A WASM backend whose large calls run on several threads.
 *
 * @throws RangeError where an option is unknown or out of its range, or the host lacks the memory; Error where it has no
 * threads, or one does not start. In a browser the page must be cross-origin isolated.
 */
export async function wasmThreads(options: ThreadOptions = {}): Promise<ThreadedBackend> {
  checkOptions('wasmThreads', options, {
    threads: whole(1),
    patience: real('(0, ∞]'),
    worthwhile: real('[0, ∞]'),
    bytes: anything,
    variant: VARIANT,
    wide: flag,
  })
  const { threads = Math.min(parallelism(), 8), patience = 10_000, worthwhile = 60_000, ...memoryOptions } = options
  checkHost()
  const backend = wasm({ ...memoryOptions, shared: true })
  const { module, memory, exports, reserve, wide } = backend
  const names = Object.keys(exports)
  const scratchBytes = exports.scratchBytes()
  const words = new Int32Array(memory.buffer)
  const rooms = Array.from({ length: threads }, (): ListRoom => ({ words, start: reserve(LIST_BYTES) / 4 }))
  const others = await pool({ module, memory, names, threads, reserve, scratchBytes, wide, patience })
  const team: Team = { ...others, rooms, worthwhile }
  // The kernels hold the team, and the threads do not.
  forgotten.register(team, others.release)
  return {
    ...backend,
    name: `${backend.name} on ${threads} thread${threads === 1 ? '' : 's'}`,
    ...backend.over(...shareOut(exports, team)),
    threads,
    release: others.release,
  }
}

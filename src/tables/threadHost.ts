/**
 * A thread of Node that reads a table, from where it is asked: found at run time and imported by nobody. It refuses to keep a
 * process alive that waits for nothing of it.
 */
import type { Answer, Asked } from './tableThread.ts'
import { reasonOf } from './library.ts'

/** A thread that has been started. */
export interface TableThreadHost {
  /** What it answers. @throws what it sends as an error; an Error where it has ended. */
  readonly ask: (asked: Asked) => Promise<unknown>
  /** Closes its table and ends it. */
  readonly close: () => void
}

interface NodeWorker {
  postMessage(message: unknown): void
  on(event: 'message' | 'error' | 'exit', listener: (value: unknown) => void): void
  ref(): void
  unref(): void
  terminate(): Promise<number>
}
interface Threads {
  readonly Worker: new (code: string, options: { eval: true; execArgv: []; workerData: unknown }) => NodeWorker
}
declare const process:
  { getBuiltinModule?(name: 'node:worker_threads'): Threads; on(event: 'exit', listener: () => void): void } | undefined

const WHO = 'tableParts'
/** How long a process that ends waits for what DuckDB is at, in milliseconds. */
const PATIENCE = 10_000

/**
 * What a thread runs first, as text, as threads of plegrad/threads do: it loads the program and DuckDB by their addresses.
 * Source that this Node does not read by itself is read by tsx, as everything in the repository is.
 */
const BEGIN = `
const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
const { program, duckdb, busy } = workerData
const load = async () => {
  if (program.endsWith('.ts') && !process.features.typescript) (await import('tsx/esm/api')).register()
  return import(program)
}
Promise.all([load(), duckdb && import(duckdb)]).then(([{ serve }, module]) => serve(parentPort, busy, module))
`

/** The file that is `tableThread`, beside this one: built or as source. Beside a bundle there is none, unless one puts it there. */
const programBeside = (here: string): string =>
  `${here.slice(0, here.lastIndexOf('/') + 1)}tableThread${here.endsWith('.ts') ? '.ts' : '.js'}`

/** What ends the threads that there are, for a process that ends: DuckDB takes it down where it is left in the middle. */
const endings = new Set<() => void>()
let listening = false

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Starts a thread, or says why there is none. */
export async function startTableThread(duckdb: string | undefined): Promise<TableThreadHost | string> {
  const threads = typeof process === 'undefined' ? undefined : process?.getBuiltinModule?.('node:worker_threads')
  const { url } = import.meta as { readonly url?: string }
  if (!threads) return 'this host has no threads of Node'
  if (url === undefined) return 'a bundle has no program for one'
  const busy = new Int32Array(new SharedArrayBuffer(4))
  const workerData = { program: programBeside(url), duckdb, busy }
  // Without the flags of the host's own program, as threads of plegrad/threads are.
  const worker = new threads.Worker(BEGIN, { eval: true, execArgv: [], workerData })
  const waiting = new Map<number, Waiting>()
  let asked = 0
  let ended: string | undefined
  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    return found
  }
  const send = (message: object): void => {
    Atomics.add(busy, 0, 1)
    worker.postMessage(message)
  }
  const close = (): void => {
    if (ended !== undefined) return
    ended = 'it is closed'
    send({ id: -1, close: true })
  }
  const ending = (): void => {
    close()
    for (const until = Date.now() + PATIENCE; Date.now() < until;) {
      const left = Atomics.load(busy, 0)
      if (left === 0 || Atomics.wait(busy, 0, left, until - Date.now()) === 'timed-out') return
    }
  }
  endings.add(ending)
  if (!listening) process!.on('exit', () => endings.forEach((each) => each()))
  listening = true
  const gone = (): Error => new Error(`${WHO}: expected a thread that reads the table but got none: because ${ended!}`)
  const end = (reason: string): void => {
    ended ??= reason
    endings.delete(ending)
    for (const id of [...waiting.keys()]) settle(id)!.reject(gone())
  }
  const answer = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended === undefined) {
        waiting.set(id, { resolve, reject })
        worker.ref()
      } else reject(gone())
    })
  // The thread says that it is there as the answer to what nobody asked.
  const ready = answer(asked)
  worker.on('message', (message) => {
    const { id, value, error } = message as Answer
    const found = settle(id)
    if (error === undefined) found?.resolve(value)
    else found?.reject(error)
  })
  worker.on('error', (error) => end(reasonOf(error)))
  worker.on('exit', (code) => end(`it ended with code ${String(code)}`))
  try {
    await ready
  } catch (error) {
    return `no thread starts: ${reasonOf(error).split('because ')[1]}`
  }
  return {
    ask(what) {
      const id = ++asked
      const answered = answer(id)
      if (ended === undefined) send({ id, ...what })
      return answered
    },
    close,
  }
}

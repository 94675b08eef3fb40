/** Threads as Node and browsers start them: the least that both can do, found at run time and imported by nobody. */
import { WORKER } from './worker.ts'

export interface Thread {
  send(message: unknown): void
  /** Hears what the thread tells, once, or why it cannot. */
  heard(): Promise<unknown>
  /** Calls back when the thread ends or breaks, however that comes about. */
  onEnd(call: (reason: string) => void): void
  /** Lets the process end while the thread is there. */
  unref(): void
  stop(): void
}

interface NodeWorker {
  postMessage(message: unknown): void
  once(event: 'message' | 'error' | 'exit', listener: (value: unknown) => void): void
  unref(): void
  terminate(): Promise<number>
}
interface WebWorker {
  postMessage(message: unknown): void
  onmessage: ((event: { data: unknown }) => void) | null
  onerror: ((event: { message?: string }) => void) | null
  terminate(): void
}
interface Builtins {
  'node:worker_threads': { readonly Worker: new (code: string, options: { eval: true; execArgv: [] }) => NodeWorker }
  'node:os': { availableParallelism(): number }
}

declare const process: { getBuiltinModule?<N extends keyof Builtins>(name: N): Builtins[N] } | undefined
declare const navigator: { readonly hardwareConcurrency?: number } | undefined
declare const crossOriginIsolated: boolean | undefined
declare const Worker: (new (url: string) => WebWorker) | undefined
declare const Blob: new (parts: readonly string[], options: { type: string }) => unknown
declare const URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void }

const builtin = <N extends keyof Builtins>(name: N): Builtins[N] | undefined =>
  typeof process === 'undefined' ? undefined : process?.getBuiltinModule?.(name)

/** How many threads the host runs at once. */
export const parallelism = (): number =>
  builtin('node:os')?.availableParallelism() ??
  (typeof navigator === 'undefined' ? undefined : navigator?.hardwareConcurrency) ??
  1

function inNode(worker: NodeWorker): Thread {
  return {
    send: (message) => {
      worker.postMessage(message)
    },
    heard: () =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
        worker.once('exit', (code) => reject(new Error(`it ended with code ${String(code)}`)))
      }),
    onEnd: (call) => {
      worker.once('error', (error) => call(String(error)))
      worker.once('exit', (code) => call(`it ended with code ${String(code)}`))
    },
    unref: () => worker.unref(),
    stop: () => void worker.terminate(),
  }
}

function inBrowser(worker: WebWorker, url: string): Thread {
  return {
    send: (message) => {
      worker.postMessage(message)
    },
    heard: () =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data)
        worker.onerror = ({ message }) => reject(new Error(message ?? 'the worker could not be loaded'))
      }).finally(() => URL.revokeObjectURL(url)),
    onEnd: (call) => {
      worker.onerror = ({ message }) => call(message ?? 'it broke')
    },
    unref: () => undefined,
    stop: () => worker.terminate(),
  }
}

/** Throws where no thread could have the memory, or there are none. */
export function checkHost(): void {
  if (typeof crossOriginIsolated === 'boolean' && !crossOriginIsolated)
    throw new Error(
      'wasmThreads: expected a page that is cross-origin isolated but got one that is not: because browsers share memory ' +
        'with no other. Serve it with the headers Cross-Origin-Opener-Policy: same-origin and ' +
        'Cross-Origin-Embedder-Policy: require-corp',
    )
  if (!builtin('node:worker_threads') && (typeof Worker === 'undefined' || !Worker))
    throw new Error('wasmThreads: expected a host with threads but got one without: because it has no Worker')
}

/** Starts a thread. The host must have them. */
export function startThread(): Thread {
  const node = builtin('node:worker_threads')
  // Without the flags of the host's own program, which may load all sorts of things, or take text for a module.
  if (node) return inNode(new node.Worker(WORKER, { eval: true, execArgv: [] }))
  const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }))
  return inBrowser(new Worker!(url), url)
}

/**
 * Threads that share one memory and wait for calls. A call is handed out, everyone does a part, and the caller, who does
 * the first part, waits for the rest. A thread that fails or dies is an error and never a wait without an end.
 */
import type { Module, Memory } from '../host.ts'
import { startThread } from './host.ts'
import type { Thread } from './host.ts'
import { FAILED, FIRST_KERNEL, GENERATION, REMAINING, STOPPED } from './worker.ts'

export interface PoolOptions {
  readonly module: Module
  readonly memory: Memory
  /** Kernels in the order of their numbers. */
  readonly names: readonly string[]
  /** With the caller. */
  readonly threads: number
  /** Takes bytes of the memory for good. */
  readonly reserve: (bytes: number) => number
  /** What each thread needs to work in. */
  readonly scratchBytes: number
  /** How long a thread may take to start, or to do its part, in milliseconds. */
  readonly patience: number
  /** For tests: what starts a thread. */
  readonly start?: () => Thread
}

export interface Pool {
  /** With the caller, who is thread 0. */
  readonly threads: number
  /** The arguments of each thread's next call. */
  readonly args: readonly Float64Array[]
  /** Hands a kernel out to threads 1 … `parts` − 1, whose arguments are there. */
  readonly begin: (kernel: number, parts: number) => void
  /** Waits until all have done their part. Throws an Error where one cannot. */
  readonly finish: () => void
  /** Ends the threads. */
  readonly close: () => void
}

/** Looks at the count between two looks at the clock. */
const LOOKS = 1 << 16

export async function pool(options: PoolOptions): Promise<Pool> {
  const { memory, threads, reserve, scratchBytes, patience, start = startThread, ...shared } = options
  const control = reserve(4 * (FIRST_KERNEL + threads))
  const state = new Int32Array(memory.buffer, control, FIRST_KERNEL + threads).fill(0)
  state[FAILED] = -1
  const addresses = Array.from({ length: threads }, () => reserve(16 * 8))
  const args = addresses.map((address) => new Float64Array(memory.buffer, address, 16))
  let broken: string | undefined
  const workers: Thread[] = []
  const close = (): void => {
    broken ??= 'it was closed'
    Atomics.store(state, STOPPED, 1)
    Atomics.add(state, GENERATION, 1)
    Atomics.notify(state, GENERATION)
    for (const worker of workers) worker.stop()
  }

  try {
    await Promise.all(
      Array.from({ length: threads - 1 }, async (_, index) => {
        const thread = index + 1
        const worker = start()
        workers.push(worker)
        const ready = worker.heard()
        const generation = state[GENERATION]
        worker.send({
          ...shared,
          memory,
          control,
          args: addresses[thread],
          thread,
          scratch: reserve(scratchBytes),
          generation,
        })
        await inTime(ready, patience)
        worker.onEnd((reason) => (broken ??= `thread ${thread} is gone: ${reason}`))
        worker.unref()
      }),
    )
  } catch (error) {
    close()
    throw new Error(
      `wasmThreads: expected ${threads - 1} threads to start but got one that does not: because ${String(error)}`,
      {
        cause: error,
      },
    )
  }

  const check = (): void => {
    if (broken !== undefined) throw new Error(`wasm: expected ${threads} threads but ${broken}`)
  }
  return {
    threads,
    args,
    begin(kernel, parts) {
      check()
      for (let thread = 1; thread < threads; thread++) state[FIRST_KERNEL + thread] = thread < parts ? kernel : -1
      Atomics.store(state, REMAINING, threads - 1)
      Atomics.add(state, GENERATION, 1)
      Atomics.notify(state, GENERATION)
    },
    finish() {
      let since = 0
      for (let looks = 1; Atomics.load(state, REMAINING) !== 0; looks++) {
        if (looks % LOOKS !== 0) continue
        since ||= Date.now()
        if (Date.now() - since > patience) broken = `one has not done its part after ${patience} ms`
        check()
      }
      if (state[FAILED] >= 0) broken = `thread ${state[FAILED]} could not do its part`
      check()
    },
    close,
  }
}

/** Rejects if the promise has not settled in so many milliseconds. */
async function inTime(promise: Promise<unknown>, milliseconds: number): Promise<unknown> {
  let timer: unknown
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it is not there after ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

declare function setTimeout(call: () => void, milliseconds: number): unknown
declare function clearTimeout(timer: unknown): void

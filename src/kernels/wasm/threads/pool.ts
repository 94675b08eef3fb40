/**
 * Threads that share one memory and wait to be called. The caller does the first part of a call, then whatever nobody
 * has begun, and waits for the rest. A thread that fails, dies or hangs is an error, and never a wait without an end.
 */
import { inTime } from '../../inTime.ts'
import type { Memory, Module } from '../host.ts'
import { startThread } from './host.ts'
import type { Thread } from './host.ts'
import { ASLEEP, BUSY, FAILED, IDLE, MOST_ARGUMENTS, POST_BYTES, WORD_BYTES } from './worker.ts'

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
  /** Whether it uses wide tiles. */
  readonly wide: boolean
  /** How long a thread may take to start, or for its part of a call once the caller is done, in milliseconds. */
  readonly patience: number
  /** What starts a thread. */
  readonly start?: () => Thread
}

export interface Pool {
  /** Where the arguments of the other threads' next call are put, that of thread 1 first. */
  readonly args: readonly Float64Array[]
  /** Does all parts of a call: the caller does part 0, and may do others, by `own`. Returns when nobody is at work. */
  readonly call: (kernel: number, parts: number, own: (part: number) => void) => void
  /** Ends the threads; calls throw from then on. */
  readonly release: () => void
}

/** Looks at a post before the caller sleeps or, where it may not, looks at the clock: some 150 microseconds. */
const LOOKS = 1 << 14

export async function pool(options: PoolOptions): Promise<Pool> {
  const { module, memory, names, threads, reserve, scratchBytes, wide, patience, start = startThread } = options
  const posts = Array.from({ length: threads - 1 }, () => reserve(POST_BYTES))
  const words = posts.map((post) => new Int32Array(memory.buffer, post, 1).fill(IDLE))
  const sleeps = words.length > 0 && maySleep(words[0])
  const workers: Thread[] = []
  let broken: string | undefined
  let failed = 0

  const end = (reason: string): void => {
    broken ??= reason
    for (const worker of workers) worker.stop()
  }
  function check(): void {
    if (broken !== undefined)
      throw new Error(`wasmThreads: expected ${threads} threads but got fewer: because ${broken}`)
  }

  /** Whether nobody has begun a thread's part; now nobody will. */
  const takeBack = (thread: number, kernel: number): boolean =>
    Atomics.compareExchange(words[thread - 1], 0, kernel, IDLE) === kernel

  /** Returns when a thread has done its part, well or not. */
  function waitFor(thread: number, kernel: number): void {
    const word = words[thread - 1]
    let since = 0
    for (let looks = 1; Atomics.load(word, 0) === BUSY; looks++) {
      if (looks % LOOKS !== 0) continue
      const late = sleeps
        ? Atomics.wait(word, 0, BUSY, patience) === 'timed-out'
        : Date.now() - (since ||= Date.now()) > patience
      if (late) end(`thread ${thread} has not done its part of ${names[kernel - 1]} ${patience} ms after the caller`)
      check()
    }
    if (Atomics.compareExchange(word, 0, FAILED, IDLE) === FAILED) failed = thread
  }

  try {
    await Promise.all(
      posts.map(async (post, index) => {
        const worker = start()
        workers.push(worker)
        const ready = worker.heard()
        worker.send({ module, memory, names, post, scratch: reserve(scratchBytes), wide })
        await inTime(ready, patience)
        worker.onEnd((reason) => end(`thread ${index + 1} is gone: ${reason}`))
        worker.unref()
      }),
    )
  } catch (error) {
    end('they did not all start')
    throw new Error(`wasmThreads: expected ${threads} threads but one does not start: because ${String(error)}`, {
      cause: error,
    })
  }

  return {
    args: posts.map((post) => new Float64Array(memory.buffer, post + WORD_BYTES, MOST_ARGUMENTS)),
    call(kernel, parts, own) {
      check()
      failed = 0
      for (let thread = 1; thread < parts; thread++)
        if (Atomics.exchange(words[thread - 1], 0, kernel) === ASLEEP) Atomics.notify(words[thread - 1], 0)
      try {
        own(0)
        for (let thread = 1; thread < parts; thread++) if (takeBack(thread, kernel)) own(thread)
      } finally {
        for (let thread = 1; thread < parts; thread++) if (!takeBack(thread, kernel)) waitFor(thread, kernel)
      }
      if (failed > 0)
        throw new Error(
          `${names[kernel - 1]}: expected thread ${failed} to do its part but it failed: because of a trap, as for an ` +
            'address outside the memory',
        )
    },
    release: () => end('they were released'),
  }
}

/** Whether this thread may wait for another without looking: the one of a browser's page may not. */
function maySleep(word: Int32Array): boolean {
  try {
    return Atomics.wait(word, 0, IDLE + 1, 0) === 'not-equal'
  } catch {
    return false
  }
}

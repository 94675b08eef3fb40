/**
 * What a thread runs, as text, because a thread is given its program as text and tools that rename would break it. It
 * looks at its post, and later sleeps there, until a kernel is called for; takes the call, unless it is taken back before
 * that; makes it and says how that went.
 */

/** What a post says, if no kernel is called for: those count from 1. */
export const IDLE = 0
export const ASLEEP = -1
export const BUSY = -2
export const FAILED = -3

/** Bytes of a post: one line of the cache for its word, so that nobody's looking slows another, then the arguments. */
export const WORD_BYTES = 64
export const MOST_ARGUMENTS = 16
export const POST_BYTES = WORD_BYTES + 8 * MOST_ARGUMENTS

/** Looks at an idle post before a thread goes to sleep: some 250 microseconds, which bridge what is between large calls. */
const LOOKS = 30000

/**
 * Where there is a parent's port, that is whom it listens to: Bun and Deno have some of a browser's globals beside it. Its
 * list is what a call can be given without making another.
 */
export const WORKER = `
const port = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort ?? self
port.onmessage = ({ data: { module, memory, names, post, scratch, wide } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  exports.setScratch(scratch, wide)
  const kernels = names.map((name) => exports[name])
  const word = new Int32Array(memory.buffer, post, 1)
  const args = new Float64Array(memory.buffer, post + ${WORD_BYTES}, ${MOST_ARGUMENTS})
  const list = Array.from({ length: ${MOST_ARGUMENTS} })
  port.postMessage(0)
  for (;;) {
    let kernel
    for (let looks = 0; (kernel = Atomics.load(word, 0)) <= 0; looks++)
      if (looks > ${LOOKS}) {
        Atomics.compareExchange(word, 0, ${IDLE}, ${ASLEEP})
        Atomics.wait(word, 0, ${ASLEEP})
        looks = 0
      }
    if (Atomics.compareExchange(word, 0, kernel, ${BUSY}) !== kernel) continue
    let outcome = ${IDLE}
    try {
      for (let index = 0; index < ${MOST_ARGUMENTS}; index++) list[index] = args[index]
      kernels[kernel - 1](...list)
    } catch {
      outcome = ${FAILED}
    }
    Atomics.store(word, 0, outcome)
    Atomics.notify(word, 0)
  }
}
`

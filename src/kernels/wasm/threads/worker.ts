/**
 * What a thread runs, as text, because a thread is given its program as text and tools that rename would break it. It
 * waits for a number to change, makes the call that stands beside it, and counts itself out.
 */

/** Places in the control block, in numbers of four bytes: behind them, for each thread, the kernel to call. */
export const GENERATION = 0
export const REMAINING = 1
export const FAILED = 2
export const STOPPED = 3
export const FIRST_KERNEL = 4

/** Looks at the generation before a thread goes to sleep: some tens of microseconds. */
const PATIENCE = 30000

export const WORKER = `
const serve = ({ module, memory, names, control, args, thread, scratch, generation }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  exports.setScratch(scratch)
  const kernels = names.map((name) => exports[name])
  const numbers = new Float64Array(memory.buffer, args, 16)
  const state = new Int32Array(memory.buffer, control)
  let seen = generation
  for (;;) {
    for (let looks = 0; Atomics.load(state, ${GENERATION}) === seen; looks++)
      if (looks > ${PATIENCE}) Atomics.wait(state, ${GENERATION}, seen)
    seen = (seen + 1) | 0
    if (Atomics.load(state, ${STOPPED}) !== 0) return
    try {
      const kernel = state[${FIRST_KERNEL} + thread]
      if (kernel >= 0) kernels[kernel](...numbers)
    } catch {
      Atomics.store(state, ${FAILED}, thread)
    }
    Atomics.sub(state, ${REMAINING}, 1)
  }
}
const start = (given) => {
  tell({ ready: true })
  serve(given)
}
`

/** How the text hears from whoever started it, in Node and in browsers. */
export const IN_NODE = `${WORKER}
const { parentPort } = require('node:worker_threads')
const tell = (message) => parentPort.postMessage(message)
parentPort.once('message', start)
`
export const IN_BROWSER = `${WORKER}
const tell = (message) => postMessage(message)
onmessage = ({ data }) => start(data)
`

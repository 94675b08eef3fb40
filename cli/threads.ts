/** Threads that a training computes on, where plegrad.json asks for some. */
import type { Model } from '../src/index.ts'
import { parameters } from '../src/index.ts'
import { wasmThreads } from '../src/threads.ts'

/** Bytes of WebAssembly memory beside what the model's numbers take, times what training keeps of them. */
const memoryFor = (model: Model): number =>
  Math.min(2 ** 32 - 65536, 2 ** 28 + 24 * Object.values(parameters(model)).reduce((sum, { size }) => sum + size, 0))

/** Release it when the training has ended. Undefined where one thread is enough. */
export const threadsFor = async (model: Model, threads = 1) =>
  threads > 1 ? wasmThreads({ threads, bytes: memoryFor(model) }) : undefined

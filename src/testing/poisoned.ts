/** Backends for tests: one whose fresh buffers are full of NaN, and one that refuses to run a kernel at all. */
import { cpu64 } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'

/** An id far out of range, though small enough for backends that keep ids in floats. */
const FAR = 2 ** 24 - 1

/** The same backend, but what it allocates holds NaN, and ids far out of range: who reads before writing is seen. */
export const poisoned = <B, I>(backend: Backend<B, I>): Backend<B, I> => ({
  ...backend,
  name: `poisoned ${backend.name}`,
  allocate: (length) => {
    const buffer = backend.allocate(length)
    backend.write(buffer, new Float64Array(length).fill(NaN))
    return buffer
  },
  allocateIds: (length) => {
    const buffer = backend.allocateIds(length)
    backend.writeIds(buffer, new Int32Array(length).fill(FAR))
    return buffer
  },
})

/** Holds numbers, but throws when a kernel runs: for what must be refused before. */
export const idle: Backend = {
  ...cpu64,
  name: 'idle',
  own:
    ({ verb }) =>
    () => {
      throw new Error(`idle: expected no kernel to run but got ${verb}`)
    },
}

/** The CPU backends: plain loops over typed arrays, in float32 and, as the oracle of all others, in float64. */
import type { Backend } from '../backend.ts'
import type { Floats } from '../buffer.ts'

type CpuBackend = Backend<Floats, Int32Array>

const memory = {
  // None but the plain loops, which every kernel has.
  kernels: {},
  allocateIds: (length: number) => new Int32Array(length),
  write: (buffer: Floats, values: ArrayLike<number>) => {
    buffer.set(values)
  },
  writeIds: (buffer: Int32Array, values: ArrayLike<number>) => {
    buffer.set(values)
  },
  read: (buffer: Floats) => Promise.resolve(buffer.slice()),
  view: (buffer: Floats) => buffer,
  viewIds: (buffer: Int32Array) => buffer,
}

/** Plain TypeScript in float32, on memory of the host's. What tensors are on unless something else is said. */
export const cpu: CpuBackend = {
  ...memory,
  name: 'cpu',
  dtype: 'float32',
  allocate: (length) => new Float32Array(length),
  adopt: (values) => (values instanceof Float32Array ? values : undefined),
}

/** The same in float64: what finite differences are taken on, and what other backends are held to. */
export const cpu64: CpuBackend = {
  ...memory,
  name: 'cpu64',
  dtype: 'float64',
  allocate: (length) => new Float64Array(length),
  adopt: (values) => (values instanceof Float64Array ? values : undefined),
}

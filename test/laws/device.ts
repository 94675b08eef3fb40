/** A backend whose memory is out of reach, like a GPU's: buffers are handles, and numbers come back only by `read`. */
import type { Backend } from '../../src/index.ts'
import type { Buffer, Floats } from '../../src/kernels/index.ts'

const memory = new WeakMap<Buffer, Floats | Int32Array>()

const handle = (numbers: Floats | Int32Array): Buffer => {
  const buffer = { length: numbers.length }
  memory.set(buffer, numbers)
  return buffer
}

const numbersOf = (buffer: Buffer): Floats | Int32Array => {
  const numbers = memory.get(buffer)
  if (!numbers) throw new Error('device: expected a buffer of its own')
  return numbers
}

/** What a kernel is given, with handles replaced by what they stand for. */
const unwrapped = (argument: unknown): unknown =>
  Array.isArray(argument) && typeof argument[0] === 'object'
    ? argument.map(unwrapped)
    : typeof argument === 'object' && !Array.isArray(argument)
      ? numbersOf(argument as Buffer)
      : argument

type Kernel = (...args: unknown[]) => unknown

export const device: Backend = {
  name: 'device',
  dtype: 'float32',
  kernels: {},
  own:
    ({ reference }) =>
    (...args: unknown[]) =>
      (reference as Kernel)(...args.map(unwrapped)),
  allocate: (length) => handle(new Float32Array(length)),
  allocateIds: (length) => handle(new Int32Array(length)),
  write: (buffer, values) => {
    numbersOf(buffer).set(values)
  },
  writeIds: (buffer, values) => {
    numbersOf(buffer).set(values)
  },
  read: async (buffer) => Float32Array.from(numbersOf(buffer)),
  view: () => undefined,
  viewIds: () => undefined,
  adopt: () => undefined,
}

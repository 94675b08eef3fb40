/**
 * A backend that writes kernel calls down instead of doing them. Its buffers are slots; it has no numbers, and refuses
 * whoever asks for some.
 */
import type { Backend, Buffer, Recorder } from '../kernels/index.ts'
import { Ids, Tensor, claimMemory, isParameter, memoryOf, sizeOf } from '../tensor/index.ts'
import type { Shape } from '../tensor/index.ts'
import { HOST, Slot } from './slot.ts'
import type { Call } from './slot.ts'

export interface Recording {
  readonly recorder: Recorder
  readonly calls: readonly Call[]
}

const refuse = (): never => {
  throw new Error(
    'compile: expected a step made of ops but it asked for numbers: because there are none while it is recorded; ' +
      'leave them to the program by `eachRun`, or compute them outside of the step',
  )
}

/** A recorder in place of `host` and every other backend. */
export function record(host: Backend): Recording {
  const calls: Call[] = []
  const captured = new Map<Buffer, Slot>()
  let op = ''
  let shape: Shape | undefined
  // An op that is about to make its output may make a constant first, which has a shape of its own.
  const slot = (kind: Slot['kind'], length: number): Slot =>
    new Slot(kind, shape && sizeOf(shape) === length ? shape : [length], length)
  const know = (buffer: Buffer, values: ArrayLike<number>): void => {
    if (!(buffer instanceof Slot)) throw new TypeError('compile: expected a slot of this recording but got a buffer')
    buffer.place = { at: 'constant', values: Array.from(values) }
  }
  const recorder: Recorder = {
    name: `a recording for ${host.name}`,
    dtype: host.dtype,
    kernels: {},
    own:
      (kernel) =>
      (...args) => {
        calls.push({ kernel, args, op })
      },
    allocate: (length) => slot('floats', length),
    allocateIds: (length) => slot('ids', length),
    write: know,
    writeIds: know,
    read: refuse,
    view: refuse,
    viewIds: refuse,
    adopt: () => undefined,
    capture(held) {
      const { buffer } = held
      if (buffer instanceof Slot) return buffer
      const known = captured.get(buffer)
      // A parameter goes before a plain tensor that shares its memory: it is the one that may move.
      if (known && !isParameter(held)) return known
      const place = { at: 'captured', held } as const
      if (known) known.place = place
      const made = held instanceof Tensor || held instanceof Ids ? held.shape : [buffer.length]
      const found = known ?? new Slot(held instanceof Ids ? 'ids' : 'floats', made, buffer.length, place)
      captured.set(buffer, found)
      const memory = memoryOf(buffer)
      if (memory) claimMemory(found, memory)
      return found
    },
    eachRun: (run, looked, filled) => calls.push({ kernel: HOST, args: [run, looked, filled], op: 'host' }),
    below: (buffer, extent, least) => {
      if (!(buffer instanceof Slot)) return
      buffer.below = Math.min(buffer.below, extent)
      buffer.least = Math.max(buffer.least, least)
    },
    within: (name, made) => {
      op = name
      shape = made
    },
  }
  return { recorder, calls }
}

/**
 * Memory whose numbers change in place, of parameters and of programs: when they last did, so that what was computed
 * before is known to have read others. It refuses to see who writes to the `values` of a tensor.
 */
import { undoneAfterRecording } from '../kernels/index.ts'
import type { Buffer } from '../kernels/index.ts'

/** Counts births of tensors and changes of memory: the only clock there is, and all that one needs. */
let moments = 0

export const nextMoment = (): number => moments++

export interface Memory {
  /** The moment of its last change. What was born before has read other numbers. */
  changed: number
}

const memories = new WeakMap<Buffer, Memory>()

/** Says which memory a buffer is of, whoever else has that buffer too. */
export const claimMemory = (buffer: Buffer, memory: Memory): unknown => memories.set(buffer, memory)

/** The memory that a buffer is of, if it changes in place. */
export const memoryOf = (buffer: Buffer): Memory | undefined => memories.get(buffer)

/** Notes a change. */
export const noteChange = (memory: Memory): void => {
  memory.changed = nextMoment()
}

/** Notes a change; one that is only recorded is none once the recording ends. */
export function changing(memory: Memory): void {
  const { changed } = memory
  undoneAfterRecording(() => {
    memory.changed = changed
  })
  noteChange(memory)
}

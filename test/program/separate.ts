/** A CPU backend that reaches its own memory alone, as WebAssembly does, and knows what of it is in use. */
import { cpu, cpuKernels } from '../../src/kernels/index.ts'
import type { Backend, Floats } from '../../src/kernels/index.ts'

export interface Separate extends Backend<Floats, Int32Array> {
  /** Buffers that were allocated and not released, empty ones apart. */
  readonly inUse: () => number
}

/** `room` is how many elements may be allocated in all. */
export function separate({ name = 'separate', room = Infinity } = {}): Separate {
  const own = new Set<ArrayBufferLike>()
  let left = room
  const take = <T extends Floats | Int32Array>(buffer: T): T => {
    left -= buffer.length
    if (left < 0)
      throw new RangeError(`${name}: expected room for ${buffer.length} more but got ${left + buffer.length}`)
    if (buffer.length > 0) own.add(buffer.buffer)
    return buffer
  }
  const owns = (buffer: Floats | Int32Array): boolean => buffer.length === 0 || own.has(buffer.buffer)
  const guarded = Object.entries(cpuKernels).map(([verb, kernel]) => [
    verb,
    (...args: readonly unknown[]) => {
      const foreign = args.flat().find((each) => ArrayBuffer.isView(each) && !owns(each as Floats))
      if (foreign) throw new Error(`${name}.${verb}: expected buffers of its own but got another`)
      ;(kernel as (...args: readonly unknown[]) => void)(...args)
    },
  ])
  return {
    ...cpu,
    name,
    kernels: Object.fromEntries(guarded) as typeof cpuKernels,
    allocate: (length) => take(cpu.allocate(length)),
    allocateIds: (length) => take(cpu.allocateIds(length)),
    adopt: () => undefined,
    owns,
    releaseBuffer: (buffer) => {
      if (buffer.length > 0 && !own.delete(buffer.buffer)) throw new Error(`${name}: released twice`)
    },
    inUse: () => own.size,
  }
}

/**
 * One WebAssembly memory and who has what of it. It is reserved whole and never grows, because growing would detach every
 * buffer there is. Buffers are views; a view that nobody reaches any more gives its bytes back, whenever the host finds
 * out, which takes a turn of its event loop.
 */
import { show } from '../../checks/index.ts'
import type { Floats } from '../buffer.ts'
import { heap, roundUp } from './heap.ts'
import { host } from './host.ts'
import type { Memory } from './host.ts'

const PAGE = 65536
/** All that 32-bit addresses reach. */
const MOST = 2 ** 32

export interface Room {
  readonly memory: Memory
  readonly floats: (length: number) => Float32Array
  readonly ints: (length: number) => Int32Array
  /** Bytes that stay taken for good. */
  readonly reserve: (bytes: number) => number
  /** Whether this is a whole buffer of this memory, and not released. */
  readonly has: (view: Floats | Int32Array) => boolean
  /** Gives a buffer back at once; nobody may use it, or a part of it, any more. Another's, or a part, is left alone. */
  readonly release: (view: Floats | Int32Array) => void
  readonly freeBytes: () => number
}

/** Room of so many bytes, rounded up to pages of 65536. */
export function room(bytes: number, shared: boolean): Room {
  if (!(typeof bytes === 'number' && bytes >= PAGE && bytes <= MOST))
    throw new RangeError(
      `wasm: expected from ${PAGE} to ${MOST} bytes but got ${show(bytes)}: because addresses have 32 bits`,
    )
  const pages = Math.ceil(bytes / PAGE)
  const memory = reserved(pages, shared)
  // Address 0 says "none", so nothing lies there; nor at the end, because kernels read whole vectors.
  const blocks = heap(roundUp(1), pages * PAGE - roundUp(1))
  const issued = new WeakSet()
  const registry = new FinalizationRegistry<readonly [start: number, bytes: number]>(([start, size]) => {
    blocks.release(start, size)
  })

  const take = (size: number): number => {
    const start = blocks.allocate(size)
    if (start === undefined)
      throw new RangeError(
        `wasm: expected room for ${size} bytes but only ${blocks.free()} of ${pages * PAGE} are free: because tensors ` +
          'that are still in use, or were until the event loop last turned, have the rest. Ask for more by ' +
          'wasm({ bytes }), compile() what repeats, or await something in between',
      )
    return start
  }

  function view<T extends Float32Array | Int32Array>(
    type: new (buffer: ArrayBuffer, start: number, length: number) => T,
    length: number,
  ): T {
    const size = 4 * length
    const start = size === 0 ? 0 : take(size)
    const made = new type(memory.buffer, start, length)
    issued.add(made)
    if (size > 0) registry.register(made, [start, size], made)
    return made
  }

  return {
    memory,
    floats: (length) => view(Float32Array, length),
    ints: (length) => view(Int32Array, length),
    reserve: take,
    has: (made) => issued.has(made),
    release: (made) => {
      if (!issued.delete(made) || made.length === 0) return
      registry.unregister(made)
      blocks.release(made.byteOffset, made.byteLength)
    },
    freeBytes: () => blocks.free(),
  }
}

function reserved(pages: number, shared: boolean): Memory {
  if (!host) throw new Error('wasm: expected a host with WebAssembly but got none')
  try {
    return new host.Memory({ initial: pages, maximum: pages, shared })
  } catch (error) {
    throw new RangeError(
      `wasm: expected ${pages * PAGE} bytes of memory but the host has none to give: because ${String(error)}; ask for ` +
        'less by wasm({ bytes })',
      { cause: error },
    )
  }
}

/**
 * A buffer of this backend: a box for an array or a handle, which is never written to but replaced, because a kernel of
 * GPU.js makes its output anew. It refuses to lose a handle: what is replaced is given back, and so is what nobody can
 * reach any more.
 */
import type { Kernels } from '../backend.ts'
import type { Buffer } from '../buffer.ts'
import { checkPresent, reasonOf } from './library.ts'
import type { Gpu, Handle, Value } from './library.ts'

export const isHandle = (value: Value | undefined): value is Handle =>
  value !== undefined && !(value instanceof Float32Array)

/** How many handles of a device are alive. */
export interface Census {
  handles: number
}

interface Content {
  value: Value | undefined
  /** Whether someone else gives the value back. */
  lent: boolean
}

function giveBack(value: Value | undefined, census: Census): void {
  if (!isHandle(value)) return
  value.delete()
  census.handles--
}

/** Contents of boxes that were dropped, as eager code does with every tensor. */
const dropped = new FinalizationRegistry<readonly [Content, Census]>(([{ value, lent }, census]) => {
  if (!lent) giveBack(value, census)
})

/** Numbers on a device of GPU.js, as long as somebody can reach them. */
export class GpuBuffer implements Buffer {
  readonly length: number
  /** Why the kernel that should have filled it did not. */
  failure: unknown
  readonly #content: Content = { value: undefined, lent: false }
  readonly #census: Census

  constructor(length: number, census: Census) {
    this.length = length
    this.#census = census
    dropped.register(this, [this.#content, census])
  }

  get value(): Value | undefined {
    return this.#content.value
  }

  #replace(value: Value | undefined, lent: boolean): void {
    const { value: before, lent: kept } = this.#content
    if (!kept) giveBack(before, this.#census)
    this.#content.value = value
    this.#content.lent = lent
    this.failure = undefined
  }

  /** Replaces the content by what a kernel made, or the host gives. */
  put(value: Value | undefined): void {
    this.#replace(value, false)
    if (isHandle(value)) this.#census.handles++
  }

  /** Shows what belongs to another. */
  borrow(value: Value): void {
    this.#replace(value, true)
  }

  /** Says that there is no content, and why. */
  fail(error: unknown): void {
    this.#replace(undefined, false)
    this.failure = error
  }

  /** Keeps the content through what replaces it, to be brought back or given back. */
  keep(): { readonly restore: () => void; readonly drop: () => void } {
    const { value, lent } = this.#content
    this.#content.lent = true
    return {
      restore: () => {
        if (this.value !== value) this.#replace(value, lent)
        else this.#content.lent = lent
      },
      drop: () => {
        if (this.value === value) this.#content.lent = lent
        else if (!lent) giveBack(value, this.#census)
      },
    }
  }
}

/** Stands for an empty array, which GPU.js does not take. */
const NOTHING = new Float32Array(1)

/** What a kernel is given for a buffer. Throws where there is nothing, and why. */
export function valueIn({ value, failure, length }: GpuBuffer): Value {
  if (failure !== undefined) throw failure as Error
  if (length === 0) return NOTHING
  if (value === undefined) throw new Error('gpujs: expected numbers but got a buffer that nobody has written to')
  return value
}

/** A copy of the numbers, by promise where the device answers so. */
export function numbersIn(buffer: GpuBuffer, gpu: Gpu): Float32Array | Promise<Float32Array> {
  const value = valueIn(buffer)
  const { length } = buffer
  if (length === 0) return new Float32Array()
  if (!isHandle(value)) return value.slice()
  const unread = (error: unknown): never => {
    throw new Error(
      `gpujs: expected to read ${length} numbers in mode ${gpu.mode} but got none: because ${reasonOf(error)}`,
      { cause: error },
    )
  }
  try {
    const copy = value.toArray()
    checkPresent(gpu)
    return copy instanceof Promise ? copy.catch(unread) : copy
  } catch (error) {
    return unread(error)
  }
}

export type GpuKernels = Omit<Kernels<GpuBuffer, GpuBuffer>, 'denseRounded' | 'gatherRounded'>

/** The kernels that a file of the reference has, on this memory. */
export type KernelsOf<Reference> = Pick<GpuKernels, keyof Reference & keyof GpuKernels>

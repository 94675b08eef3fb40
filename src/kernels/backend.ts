/** What runs kernels and owns their buffers; it refuses to decide when to run what. */
import type { Buffer, Dtype, Floats } from './buffer.ts'
import type { AnyKernel } from './kernel.ts'
import type { Loop } from './kernel-types.ts'
import type * as table from './table/index.ts'

type Table = typeof table
interface Plain {
  readonly reference: object
}
type LoopOf<K extends AnyKernel, B, I> = Loop<K['text'], B, I>

/** Every kernel of the table that has a plain loop, as a function on buffers `B` and, of ids, `I`. */
export type Kernels<B = Buffer, I = Buffer> = {
  readonly [V in keyof Table as Table[V] extends Plain ? V : never]: LoopOf<Table[V], B, I>
}

/** Those that are several calls in one. */
export type FusedKernels<B = Buffer, I = Buffer> = {
  readonly [V in keyof Table as Table[V] extends Plain ? never : V]: LoopOf<Table[V], B, I>
}

/** A place for numbers, and the kernels that work on them there. `B` is a buffer of numbers, `I` one of ids. */
export interface Backend<B = Buffer, I = Buffer> {
  readonly name: string
  readonly dtype: Dtype
  /** Kernels of its own, by verb. Where memory is at hand the plain loops do the others. */
  readonly kernels: Partial<Kernels<B, I> & FusedKernels<B, I>>
  /** A kernel of its own that is made when it is asked for, if there is one. */
  readonly own?: (kernel: AnyKernel) => ((...args: never[]) => void) | undefined
  /** Whether its buffers have a length and nothing else, so that a model's shapes are known before it takes memory. */
  readonly shapesOnly?: boolean
  /** Contents are unspecified: every kernel writes all of its `out`. */
  allocate(length: number): B
  allocateIds(length: number): I
  write(buffer: B, values: ArrayLike<number>): void
  writeIds(buffer: I, values: ArrayLike<number>): void
  read(buffer: B): Promise<Floats>
  /** The numbers themselves where memory is at hand, shared and not copied; undefined on a device. */
  view(buffer: B): Floats | undefined
  viewIds(buffer: I): Int32Array | undefined
  /** A buffer over numbers that the caller already holds, shared if the backend can, undefined if it cannot. */
  adopt(values: Floats): B | undefined
  /** Whether the kernels can reach a buffer that the CPU sees. Default: yes. */
  owns?(buffer: B | I): boolean
  /** Gives memory back before anyone notices that it is unused, where a backend manages its own. */
  releaseBuffer?(buffer: B | I): void
}

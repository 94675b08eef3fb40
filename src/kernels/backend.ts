/** What runs kernels and owns their buffers; it refuses to decide when to run what. */
import type { FusedKernels } from './fused.ts'
import type { Buffer, Kernels } from './kernels.ts'

/** The precision that a backend computes in. */
export type Dtype = 'float32' | 'float64'

/** Numbers as the CPU holds them. */
export type Floats = Float32Array | Float64Array

/** A place for numbers, and the kernels that work on them there. `B` is a buffer of numbers, `I` one of ids. */
export interface Backend<B = Buffer, I = Buffer> {
  readonly name: string
  readonly dtype: Dtype
  readonly kernels: Kernels<B, I> & Partial<FusedKernels<B, I>>
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

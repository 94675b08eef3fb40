/** All kernels of a backend by verb, for whoever compares or measures them; nothing that runs models needs them all. */
import type { Backend, FusedKernels, Kernels } from './backend.ts'
import type { Floats } from './buffer.ts'
import { cpu } from './cpu/index.ts'
import type { Kernel } from './kernel.ts'
import { kernelOn, ownKernel } from './run.ts'
import * as table from './table/index.ts'

/** Every kernel that is declared, by its verb: what an op of one's own may call. */
export const kernels = table

/** What a backend runs for each verb: its own kernels, and the plain loops of the others. */
export const kernelsOf = <B, I>(backend: Backend<B, I>): Kernels<B, I> & Partial<FusedKernels<B, I>> =>
  Object.fromEntries(
    Object.values(table)
      .filter((kernel) => kernel.reference ?? ownKernel(backend as unknown as Backend, kernel))
      .map((kernel) => [kernel.verb, kernelOn(backend as unknown as Backend, kernel as Kernel)]),
  ) as unknown as Kernels<B, I> & Partial<FusedKernels<B, I>>

/** The plain loops: the reference that every other backend is held to. */
export const cpuKernels: Kernels<Floats, Int32Array> = kernelsOf(cpu)

/** plegrad/kernels, contents: what a kernel and a backend of one's own are made of. */
export { cpuKernels, kernel, kernels, kernelsOf } from './kernels/index.ts'
export type { AnyKernel, Buffer, Floats, FusedKernels, Kernel, KernelDraw, Kernels } from './kernels/index.ts'
export type { ArgumentsOf, Loop, NumberOrGetter, PlainKernel } from './kernels/index.ts'
export type { AdagradUpdate, AdamUpdate, FtrlUpdate, SgdUpdate } from './kernels/index.ts'
export type { FusedLaunch, Launches, LaunchingBackend } from './kernels/index.ts'

/** plegrad/kernels, contents: what a backend of one's own is made of. */
export { cpuKernels } from './kernels/index.ts'
export type { Buffer, Floats, FusedKernels, Kernels, NumberOrGetter } from './kernels/index.ts'
export type { MatmulKernels, MixKernels, DenseKernels, SoftmaxKernels } from './kernels/index.ts'
export type { UnaryKernels, BinaryKernels, ShapeKernels, ReduceKernels } from './kernels/index.ts'
export type { RowKernels, LossKernels, RandomKernels, UpdateKernels } from './kernels/index.ts'
export type { AdagradUpdate, AdamUpdate, FtrlUpdate, SgdUpdate } from './kernels/index.ts'
export type { FusedLaunch, Launches, LaunchingBackend } from './kernels/index.ts'

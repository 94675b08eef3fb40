/** plegrad: tensors with gradients, kernels that run them, and the multi-task models CGC and PLE. No dependency. */
export * from './kernels/index.ts'
export * from './tensor/index.ts'
export * from './autograd/index.ts'
export * from './program/index.ts'
export * from './data/index.ts'
export * from './models/index.ts'
export * from './training/index.ts'

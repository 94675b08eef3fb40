/** plegrad/gpujs, contents: the GPU.js backend. Needs the peer gpu.js. */
export { gpujs, MODES } from './kernels/gpujs/index.ts'
export type { GpuBuffer, GpujsBackend, GpujsOptions, Library, Mode } from './kernels/gpujs/index.ts'

/** The kernel floor: what a backend is, and the CPU reference that every other one is held to. */
export type * from './kernels.ts'
export type * from './updates.ts'
export type { FusedKernels } from './fused.ts'
export type { Backend, Dtype, Floats } from './backend.ts'
export type { FusedLaunch, Launches, LaunchingBackend } from './launching.ts'
export { inTime } from './inTime.ts'
export { prepare } from './prepared.ts'
export { randomBits, randomUniform } from './random.ts'
export {
  bufferOn,
  derived,
  eachRun,
  now,
  recordBelow,
  recordOn,
  recordWithin,
  standIn,
  undoneAfterRecording,
  watching,
} from './recording.ts'
export type { EachRun, Held, Recorder } from './recording.ts'
export { cpu, cpu64, cpuKernels } from './cpu/index.ts'
export { defaultWasm, wasm } from './wasm/index.ts'
export { wasmThreads } from './wasm/threads/index.ts'
export type { ThreadOptions, ThreadedBackend } from './wasm/threads/index.ts'
export type { WasmBackend, WasmOptions } from './wasm/index.ts'

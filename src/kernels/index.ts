/** The kernel floor: what a kernel and a backend are, and the CPU reference that every other one is held to. */
export type { Buffer, Dtype, Floats } from './buffer.ts'
export type { Backend, FusedKernels, Kernels } from './backend.ts'
export type * from './updates.ts'
export { derived, now } from './numberOrGetter.ts'
export type { NumberOrGetter } from './numberOrGetter.ts'
export { formOf, fused, kernel, named, placed } from './kernel.ts'
export type { AnyKernel, BufferForm, Form, Kernel, KernelDraw, PlainKernel } from './kernel.ts'
export type { ArgumentsOf, Loop, NamedArguments, Structs } from './kernel-types.ts'
export { kernelOn, ownKernel, prepare, run } from './run.ts'
export type { Room } from './run.ts'
export { cpuKernels, kernels, kernelsOf } from './every.ts'
export type { FusedLaunch, Launches, LaunchingBackend } from './launching.ts'
export { inTime } from './inTime.ts'
export { randomBits, randomUniform } from './random.ts'
export { roundTable, roundWeight, wordsFor, wordsOf } from './rounded.ts'
export {
  bufferOn,
  eachRun,
  recordBelow,
  recordOn,
  recordWithin,
  standIn,
  undoneAfterRecording,
  watching,
} from './recording.ts'
export type { EachRun, Held, Recorder } from './recording.ts'
export { cpu, cpu64 } from './cpu/index.ts'
export { servingCpu } from './cpu/serving.ts'
export { FORWARD } from './forward.ts'
export { defaultWasm, wasm } from './wasm/index.ts'
export { defaultServingWasm, servingWasm } from './wasm/serving.ts'
export type { ServingBackend, ServingOptions } from './wasm/serving.ts'
export { wasmThreads } from './wasm/threads/index.ts'
export type { ThreadOptions, ThreadedBackend } from './wasm/threads/index.ts'
export type { WasmBackend, WasmOptions } from './wasm/index.ts'
export { enableVectors } from './wasm/flags.ts'
export type { Vectors } from './wasm/flags.ts'

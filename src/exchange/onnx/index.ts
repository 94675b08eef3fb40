/** Models and functions of tensors as ONNX, contents. */
export { toONNX } from './toONNX.ts'
export type { ToONNXOptions } from './toONNX.ts'
export { functionToONNX } from './functionToONNX.ts'
export type { Examples, Exported, FunctionToONNXOptions } from './functionToONNX.ts'

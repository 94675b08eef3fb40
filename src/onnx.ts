/** plegrad/onnx, contents: models, and functions of tensors, as ONNX files. */
export { functionToONNX, toONNX } from './exchange/onnx/index.ts'
export type { Examples, Exported, FunctionToONNXOptions, ToONNXOptions } from './exchange/onnx/index.ts'

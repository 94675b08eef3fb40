/** Weights of DeepCTR and DeepCTR-Torch, contents: the same models there and here, so that both predict the same. */
export { fromDeepCTRTorch, toDeepCTRTorch } from './torch.ts'
export type { DeepCTRTorchModel } from './torch.ts'
export { fromDeepCTR, toDeepCTR } from './keras.ts'
export type { DeepCTRModel } from './keras.ts'
export type { DeepCTRTensor, DeepCTRTensors, WrittenTensors } from './counterparts.ts'

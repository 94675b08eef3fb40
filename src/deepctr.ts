/** plegrad/deepctr, contents: weights of DeepCTR and DeepCTR-Torch, to and from models. */
export { fromDeepCTRTorch, toDeepCTRTorch } from './exchange/deepctr/index.ts'
export type { DeepCTRTorchModel } from './exchange/deepctr/index.ts'
export { fromDeepCTR, toDeepCTR } from './exchange/deepctr/index.ts'
export type { DeepCTRModel } from './exchange/deepctr/index.ts'
export type { DeepCTRTensor, DeepCTRTensors, WrittenTensors } from './exchange/deepctr/index.ts'

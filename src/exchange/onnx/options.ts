/** What every export takes, and the range of what ONNX it can be. */
import { whole } from '../../checks/index.ts'

/** The least opset, in which ScatterND may add, and the last that is tested. */
export const LEAST = 17
export const MOST = 21

export const OPSET = whole(LEAST, MOST)

/** Three sizes of batch: two tell how an axis follows from it, and the third whether it does. */
export const BATCHES = [5, 7, 11] as const

/** The version of `ai.onnx.ml` that goes with all of these opsets. */
export const ML_OPSET = 3

/** Losses from logits. */
import type { Floats } from '../backend.ts'
import type { LossKernels } from '../kernels.ts'
import type { Exports } from './exports.ts'
import { three } from './wrap.ts'

export const losses = (e: Exports): LossKernels<Floats> => ({ binaryCrossEntropy: three(e.binaryCrossEntropy) })

/** Probabilities of each row, and their gradient. */
import type { Floats } from '../backend.ts'
import type { SoftmaxKernels } from '../kernels.ts'
import type { Exports } from './exports.ts'
import { three, two } from './wrap.ts'

export const softmax = (e: Exports): SoftmaxKernels<Floats> => ({
  softmax: two(e.softmax),
  logSoftmax: two(e.logSoftmax),
  softmaxGradient: three(e.softmaxGradient),
})

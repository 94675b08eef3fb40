/** Many numbers to one. Not here: what is rare, which the reference does on the same memory. */
import type { Floats } from '../backend.ts'
import type { ReduceKernels } from '../kernels.ts'
import type { Exports } from './exports.ts'
import { two } from './wrap.ts'

export const reduce = (e: Exports): Pick<ReduceKernels<Floats, Int32Array>, 'sum' | 'max'> => ({
  sum: two(e.sum),
  max: two(e.max),
})

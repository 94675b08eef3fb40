/** Two numbers in, one out. */
import type { Floats } from '../backend.ts'
import type { BinaryKernels } from '../kernels.ts'
import type { Exports } from './exports.ts'
import { three } from './wrap.ts'

/** Two comparisons serve four verbs: a > b is b < a. */
const exchanged =
  (kernel: Exports['add']): BinaryKernels<Floats>['add'] =>
  (a, b, out, n) => {
    kernel(b.byteOffset, a.byteOffset, out.byteOffset, n)
  }

export const binary = (e: Exports): BinaryKernels<Floats> => ({
  add: three(e.add),
  sub: three(e.sub),
  mul: three(e.mul),
  div: three(e.div),
  maximum: three(e.maximum),
  minimum: three(e.minimum),
  equal: three(e.equal),
  greater: exchanged(e.less),
  greaterEqual: exchanged(e.lessEqual),
  less: three(e.less),
  lessEqual: three(e.lessEqual),
  where: (condition, a, b, out, n) => {
    e.where(condition.byteOffset, a.byteOffset, b.byteOffset, out.byteOffset, n)
  },
  reluGradient: three(e.reluGradient),
})

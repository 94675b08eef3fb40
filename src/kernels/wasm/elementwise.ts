/** One or two numbers in, one out. Not here: what is rare, which the reference does on the same memory. */
import type { Floats } from '../backend.ts'
import type { BinaryKernels, LossKernels, RandomKernels, UnaryKernels } from '../kernels.ts'
import { now } from '../recording.ts'
import type { Exports } from './exports.ts'
import { three, two } from './wrap.ts'

type UnaryName =
  | ('neg' | 'abs' | 'sqrt' | 'square' | 'reciprocal' | 'relu' | 'exp' | 'log' | 'sigmoid' | 'softplus' | 'tanh')
  | ('leakyRelu' | 'clip' | 'scaleShift')
type Elementwise = Pick<UnaryKernels<Floats>, UnaryName> & BinaryKernels<Floats> & LossKernels<Floats>

/** Two comparisons serve four verbs: a > b is b < a. */
const exchanged =
  (kernel: Exports['add']): BinaryKernels<Floats>['add'] =>
  (a, b, out, n) => {
    kernel(b.byteOffset, a.byteOffset, out.byteOffset, n)
  }

export const elementwise = (e: Exports): Elementwise => ({
  neg: two(e.neg),
  abs: two(e.abs),
  sqrt: two(e.sqrt),
  square: two(e.square),
  reciprocal: two(e.reciprocal),
  relu: two(e.relu),
  exp: two(e.exp),
  log: two(e.log),
  sigmoid: two(e.sigmoid),
  softplus: two(e.softplus),
  tanh: two(e.tanh),
  leakyRelu: two(e.leakyRelu),
  clip: two(e.clip),
  scaleShift: two(e.scaleShift),

  add: three(e.add),
  sub: three(e.sub),
  mul: three(e.mul),
  div: three(e.div),
  maximum: three(e.maximum),
  minimum: three(e.minimum),
  equal: three(e.equal),
  less: three(e.less),
  lessEqual: three(e.lessEqual),
  greater: exchanged(e.less),
  greaterEqual: exchanged(e.lessEqual),
  reluGradient: three(e.reluGradient),
  where: (condition, a, b, out, n) => {
    e.where(condition.byteOffset, a.byteOffset, b.byteOffset, out.byteOffset, n)
  },
  binaryCrossEntropy: three(e.binaryCrossEntropy),
})

export const tossing = (e: Exports): RandomKernels<Floats> => ({
  dropout: (x, out, n, rate, key, counter) => {
    // (bits + 1/2) / 2³² ≥ rate, asked of the bits themselves.
    const threshold = Math.max(Math.ceil(rate * 2 ** 32 - 0.5), 0)
    if (threshold < 2 ** 32) e.dropout(x.byteOffset, out.byteOffset, n, threshold, 1 / (1 - rate), now(key), counter)
    else e.fill(0, out.byteOffset, n)
  },
})

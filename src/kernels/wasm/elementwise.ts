/** One or two numbers in, one out. Not here: what is rare, which the reference does on the same memory. */
import type { Floats } from '../backend.ts'
import type { BinaryKernels, LossKernels, RandomKernels, UnaryKernels } from '../kernels.ts'
import { now } from '../recording.ts'
import type { Exports } from './exports.ts'

type UnaryName =
  | ('neg' | 'abs' | 'sqrt' | 'square' | 'reciprocal' | 'relu' | 'exp' | 'log' | 'sigmoid' | 'softplus' | 'tanh')
  | ('leakyRelu' | 'clip' | 'affine')
type Elementwise = Pick<UnaryKernels<Floats>, UnaryName> &
  BinaryKernels<Floats> &
  LossKernels<Floats> &
  RandomKernels<Floats>

const unary =
  (kernel: Exports['neg']): UnaryKernels<Floats>['neg'] =>
  (x, out, n) => {
    kernel(x.byteOffset, out.byteOffset, n)
  }

const binary =
  (kernel: Exports['add']): BinaryKernels<Floats>['add'] =>
  (a, b, out, n) => {
    kernel(a.byteOffset, b.byteOffset, out.byteOffset, n)
  }

/** Two comparisons serve four verbs: a > b is b < a. */
const exchanged =
  (kernel: Exports['add']): BinaryKernels<Floats>['add'] =>
  (a, b, out, n) => {
    kernel(b.byteOffset, a.byteOffset, out.byteOffset, n)
  }

export const elementwise = (e: Exports): Elementwise => ({
  neg: unary(e.neg),
  abs: unary(e.abs),
  sqrt: unary(e.sqrt),
  square: unary(e.square),
  reciprocal: unary(e.reciprocal),
  relu: unary(e.relu),
  exp: unary(e.exp),
  log: unary(e.log),
  sigmoid: unary(e.sigmoid),
  softplus: unary(e.softplus),
  tanh: unary(e.tanh),
  leakyRelu: (x, out, n, slope) => {
    e.leakyRelu(x.byteOffset, out.byteOffset, n, slope)
  },
  clip: (x, out, n, min, max) => {
    e.clip(x.byteOffset, out.byteOffset, n, min, max)
  },
  affine: (x, out, n, factor, shift) => {
    e.affine(x.byteOffset, out.byteOffset, n, factor, shift)
  },

  add: binary(e.add),
  sub: binary(e.sub),
  mul: binary(e.mul),
  div: binary(e.div),
  maximum: binary(e.maximum),
  minimum: binary(e.minimum),
  equal: binary(e.equal),
  less: binary(e.less),
  lessEqual: binary(e.lessEqual),
  greater: exchanged(e.less),
  greaterEqual: exchanged(e.lessEqual),
  reluGradient: binary(e.reluGradient),
  where: (condition, a, b, out, n) => {
    e.where(condition.byteOffset, a.byteOffset, b.byteOffset, out.byteOffset, n)
  },

  binaryCrossEntropy: binary(e.binaryCrossEntropy),
  dropout: (x, out, n, rate, key, counter) => {
    // (bits + 1/2) / 2³² ≥ rate, asked of the bits themselves.
    const threshold = Math.max(Math.ceil(rate * 2 ** 32 - 0.5), 0)
    if (threshold < 2 ** 32) e.dropout(x.byteOffset, out.byteOffset, n, threshold, 1 / (1 - rate), now(key), counter)
    else out.fill(0, 0, n)
  },
})

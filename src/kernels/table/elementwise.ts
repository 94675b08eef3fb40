/** Kernels that make one number of one or two. Output j may lie where inputs j do, but of what a backend may go over twice. */
import * as binary from '../cpu/binary.ts'
import * as losses from '../cpu/losses.ts'
import * as random from '../cpu/random.ts'
import * as unary from '../cpu/unary.ts'
import { kernel } from '../kernel.ts'

const IN_PLACE = { inPlace: true }
const COSTLY = { costly: true }
const BOTH = { ...IN_PLACE, ...COSTLY }
const UNARY = 'x:n -> out:n | n'
const BINARY = 'a:n, b:n -> out:n | n'

// One number in, one number out.

export const neg = kernel('neg', UNARY, unary.neg, IN_PLACE)
export const abs = kernel('abs', UNARY, unary.abs, IN_PLACE)
export const sign = kernel('sign', UNARY, unary.sign, IN_PLACE)
export const exp = kernel('exp', UNARY, unary.exp, COSTLY)
export const expm1 = kernel('expm1', UNARY, unary.expm1, COSTLY)
export const log = kernel('log', UNARY, unary.log, COSTLY)
export const log1p = kernel('log1p', UNARY, unary.log1p, COSTLY)
export const sqrt = kernel('sqrt', UNARY, unary.sqrt, BOTH)
export const square = kernel('square', UNARY, unary.square, IN_PLACE)
export const reciprocal = kernel('reciprocal', UNARY, unary.reciprocal, BOTH)
export const sin = kernel('sin', UNARY, unary.sin, COSTLY)
export const cos = kernel('cos', UNARY, unary.cos, COSTLY)
export const tanh = kernel('tanh', UNARY, unary.tanh, COSTLY)
export const erf = kernel('erf', UNARY, unary.erf, COSTLY)
export const sigmoid = kernel('sigmoid', UNARY, unary.sigmoid, COSTLY)
export const softplus = kernel('softplus', UNARY, unary.softplus, COSTLY)
export const relu = kernel('relu', UNARY, unary.relu, IN_PLACE)
export const leakyRelu = kernel('leakyRelu', 'x:n -> out:n | n slope', unary.leakyRelu, IN_PLACE)
export const elu = kernel('elu', 'x:n -> out:n | n alpha', unary.elu, COSTLY)
export const pow = kernel('pow', 'x:n -> out:n | n exponent', unary.pow, COSTLY)
export const clip = kernel('clip', 'x:n -> out:n | n min max', unary.clip, {
  inPlace: true,
  draw: ({ real }) => ({ min: real(-2, 0), max: real(0, 2) }),
})
/** out = factor·x + shift */
export const scaleShift = kernel('scaleShift', 'x:n -> out:n | n factor shift', unary.scaleShift, {
  inPlace: true,
  flops: '2 n',
})

// Two numbers in, one out; where and the comparisons count 0 as false and give 1 for true.

export const add = kernel('add', BINARY, binary.add, IN_PLACE)
export const sub = kernel('sub', BINARY, binary.sub, IN_PLACE)
export const mul = kernel('mul', BINARY, binary.mul, IN_PLACE)
export const div = kernel('div', BINARY, binary.div, BOTH)
export const maximum = kernel('maximum', BINARY, binary.maximum, IN_PLACE)
export const minimum = kernel('minimum', BINARY, binary.minimum, IN_PLACE)
export const equal = kernel('equal', BINARY, binary.equal, IN_PLACE)
export const greater = kernel('greater', BINARY, binary.greater, IN_PLACE)
export const greaterEqual = kernel('greaterEqual', BINARY, binary.greaterEqual, IN_PLACE)
export const less = kernel('less', BINARY, binary.less, IN_PLACE)
export const lessEqual = kernel('lessEqual', BINARY, binary.lessEqual, IN_PLACE)
export const where = kernel('where', 'condition:n, a:n, b:n -> out:n | n', binary.where, IN_PLACE)
/** out = 0 where y ≤ 0, else g: the gradient of relu from its own output */
export const reluGradient = kernel('reluGradient', 'g:n, y:n -> out:n | n', binary.reluGradient, IN_PLACE)
/** softplus(logit) − label·logit: −log-likelihood of a Bernoulli label */
export const binaryCrossEntropy = kernel(
  'binaryCrossEntropy',
  'logits:n, labels:n -> out:n | n',
  losses.binaryCrossEntropy,
  { costly: true, flops: '6 n' },
)
/** Keeps each number with probability 1 − rate, scaled by 1 / (1 − rate); the coin of element j is (key, counter + j) */
export const dropout = kernel('dropout', 'x:n -> out:n | n rate key() counter', random.dropout, {
  inPlace: true,
  costly: true,
  draw: ({ whole, real }) => ({ rate: real(0, 1), key: whole(0, 2 ** 32 - 1), counter: whole(0, 2 ** 32 - 9) }),
})

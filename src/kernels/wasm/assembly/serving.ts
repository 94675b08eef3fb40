/** What the host can call of a binary that scores and never learns. See index.ts for all that there is. */
export { add, div, equal, less, lessEqual, maximum, minimum, mul, sub, where } from './binary.ts'
export { gemm, scratchBytes, setScratch } from './gemm.ts'
export { mix, mixDot } from './mix.ts'
export { largest as max, sum } from './reduce.ts'
export { gather, gatherEach, nonzeroMask } from './rows.ts'
export { denseRounded, gatherRounded } from './rounded.ts'
export { copyRows, fill, repeat, swap } from './shape.ts'
export { logSoftmax, softmax } from './softmax.ts'
export {
  abs,
  scaleShift,
  clip,
  exp,
  leakyRelu,
  log,
  neg,
  reciprocal,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  tanh,
} from './unary.ts'

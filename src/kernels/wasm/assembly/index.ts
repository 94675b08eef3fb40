/** Everything that the host can call. Addresses are in bytes and of 4-byte numbers; sizes are in numbers. */
export { add, div, equal, less, lessEqual, maximum, minimum, mul, reluGradient, sub, where } from './binary.ts'
export { gemm, scratchBytes, setScratch } from './gemm.ts'
export { binaryCrossEntropy } from './losses.ts'
export { mix, mixDot } from './mix.ts'
export { dropout } from './random.ts'
export { largest as max, sum } from './reduce.ts'
export { gather, gatherEach, mergeRows, nonzeroMask, scatterAdd } from './rows.ts'
export { denseRounded, gatherRounded } from './rounded.ts'
export { copyRows, fill, repeat, swap } from './shape.ts'
export { logSoftmax, softmax, softmaxGradient } from './softmax.ts'
export { adagrad, adam, ftrl, movingAverage, sgd } from './steps.ts'
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

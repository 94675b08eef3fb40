/** The op table: every op by family. What is listed here is law-tested by its signature alone. */
export * from './activations.ts'
export {
  add,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  reluGradient,
  sub,
  where,
} from './binary.ts'
export * from './dense.ts'
export { neg, repeat, reshapeTo, sumMiddle, swap } from './linear.ts'
export * from './losses.ts'
export * from './matmul.ts'
export * from './mix.ts'
export * from './norm.ts'
export * from './normalize.ts'
export * from './parts.ts'
export * from './random.ts'
export { argmax, logSumExp, logSumExpMiddle, max, maxMiddle, mean, min, minMiddle, moments, sum } from './reduce.ts'
export type { ReduceOptions } from './reduce.ts'
export {
  alignRows,
  distinctRows,
  gather,
  gatherPresent,
  nonzeroMask,
  presentIds,
  scatterAdd,
  segmentMax,
  segmentMean,
  segmentSum,
} from './rows.ts'
export { broadcastTo, permute, reshape, transpose } from './shape.ts'
export * from './softmax.ts'
export { toDense } from './toDense.ts'
export * from './unary.ts'

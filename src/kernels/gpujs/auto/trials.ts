/**
 * A small, a middling and a large call of each verb, to be timed. It refuses to have one for verbs that are loops like
 * another's: those are taken to cost the same per operation, and `timedAs` says so.
 */
import {
  ADAM,
  LINES,
  MIDDLES,
  MIXES,
  TABLES,
  adding,
  batchMultiply,
  cells,
  elementwise,
  layer,
  multiply,
  ofExperts,
  overMiddle,
  overRows,
  product,
  updating,
} from './trial.ts'
import type { Trial } from './trial.ts'

const all = (verbs: string, trial: Trial): Readonly<Record<string, Trial>> =>
  Object.fromEntries(verbs.split(' ').map((verb) => [verb, trial]))

/** Sends numbers, has them copied there and brings them back: what a step costs beside its kernels. */
export const TRANSFER = 'transfer'

export const TRIALS: Readonly<Record<string, Trial>> = {
  [TRANSFER]: { ...elementwise(1), ladder: [[1], [2 ** 12], [2 ** 17]] },
  ...all('matmul matmulNT matmulTN', multiply),
  ...all('batchMatmul batchMatmulNT batchMatmulTN', batchMultiply),
  dense: layer(1),
  denseRelu: layer(2),
  mix: ofExperts(cells(0, 2), [0, 1]),
  mixDot: ofExperts(cells(0, 1), [0, 2]),
  mixScale: {
    ladder: MIXES,
    operations: cells(0, 2),
    floats: ([b, e, d]) => [b * e, b * d],
    out: cells(0, 2),
    options: [1],
  },
  ...all('softmax logSoftmax', overRows(5)),
  softmaxGradient: overRows(4, 2),
  ...all('neg abs sign exp expm1 log log1p sqrt square reciprocal sin cos tanh erf', elementwise(1)),
  ...all('sigmoid softplus relu', elementwise(1)),
  leakyRelu: elementwise(1, 1, [0.1]),
  elu: elementwise(1, 1, [1]),
  pow: elementwise(1, 1, [2]),
  clip: elementwise(1, 1, [0.3, 0.6]),
  scaleShift: elementwise(1, 2, [2, 1]),
  ...all('add sub mul div maximum minimum reluGradient', elementwise(2)),
  ...all('equal greater greaterEqual less lessEqual', elementwise(2)),
  where: elementwise(3),
  binaryCrossEntropy: elementwise(2, 6),
  dropout: elementwise(1, 1, [0.5, 1, 0]),
  repeat: { ladder: MIDDLES, operations: product, floats: ([o, , i]) => [o * i], out: product },
  swap: {
    ladder: [4, 11, 32].map((side) => [side, side, side, side]),
    operations: product,
    floats: (sizes) => [product(sizes)],
    out: product,
  },
  slice: {
    ladder: [4, 32, 128].map((side) => [side, 2 * side, side, side / 4]),
    operations: cells(0, 2, 3),
    floats: ([o, p, , i]) => [o * p * i],
    out: cells(0, 2, 3),
    options: [1],
  },
  pad: {
    ladder: [4, 32, 128].map((side) => [side, side, 2 * side, side / 4]),
    operations: cells(0, 2, 3),
    floats: ([o, q, , i]) => [o * q * i],
    out: cells(0, 2, 3),
    options: [1],
  },
  ...all('sum max min', overMiddle(1)),
  logSumExp: overMiddle(4),
  argmax: { ...overMiddle(1), idsOut: true },
  gather: {
    ladder: TABLES,
    operations: product,
    floats: (sizes) => [product(sizes)],
    ids: ([b]) => [b],
    out: product,
  },
  ...all('scatterAdd segmentMax', adding),
  nonzeroMask: { ladder: LINES, operations: cells(0), floats: () => [], ids: ([n]) => [n], out: cells(0) },
  sgd: updating(4, 1, { learningRate: 0.1, momentum: 0.9, nesterov: false }),
  adam: updating(18, 2, ADAM),
}

/** Loops that are like another's, fused ones among them. */
const LIKE: Readonly<Record<string, string>> = {
  denseEach: 'denseRelu',
  matmulNTSum: 'matmulNT',
  mixScaleSum: 'mixScale',
  gatherEach: 'gather',
  concat: 'slice',
  mergeRows: 'scatterAdd',
  joinIds: 'nonzeroMask',
  presentIds: 'nonzeroMask',
  adagrad: 'adam',
  ftrl: 'adam',
  movingAverage: 'sgd',
}

/** The verb whose calls are timed for `verb`; undefined for one that there is not. */
export const timedAs = (verb: string): string | undefined =>
  Object.hasOwn(TRIALS, verb) ? verb : Object.hasOwn(LIKE, verb) ? LIKE[verb] : undefined

/**
 * The kernels that programs are served with: those of a forward pass. It refuses what only training calls, and what a
 * function of the host's does.
 */
import type { AnyKernel } from '../kernels/index.ts'
import * as kernels from '../kernels/table/index.ts'
import { denseEach, gatherEach } from './fused.ts'

export const SERVED: Readonly<Record<string, AnyKernel>> = Object.fromEntries(
  [
    ...[kernels.neg, kernels.abs, kernels.sign, kernels.exp, kernels.expm1, kernels.log, kernels.log1p, kernels.sqrt],
    ...[kernels.square, kernels.reciprocal, kernels.sin, kernels.cos, kernels.tanh, kernels.erf, kernels.sigmoid],
    ...[kernels.softplus, kernels.relu, kernels.leakyRelu, kernels.elu, kernels.pow, kernels.clip, kernels.scaleShift],
    ...[kernels.add, kernels.sub, kernels.mul, kernels.div, kernels.maximum, kernels.minimum, kernels.where],
    ...[kernels.equal, kernels.greater, kernels.greaterEqual, kernels.less, kernels.lessEqual],
    ...[kernels.matmul, kernels.matmulNT, kernels.matmulTN, kernels.batchMatmul, kernels.dense, kernels.denseRelu],
    ...[kernels.mix, kernels.mixDot, kernels.softmax, kernels.logSoftmax],
    ...[kernels.repeat, kernels.swap, kernels.slice, kernels.pad, kernels.concat],
    ...[kernels.sum, kernels.max, kernels.min, kernels.logSumExp],
    ...[kernels.gather, kernels.nonzeroMask, kernels.presentIds],
    // Programs are saved with these, of which the CPU has none of its own.
    { ...kernels.denseEach, reference: denseEach },
    { ...kernels.gatherEach, reference: gatherEach },
  ].map((kernel: AnyKernel) => [kernel.verb, kernel]),
)

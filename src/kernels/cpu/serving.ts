/** The CPU for whoever scores and never learns: with the loops of a forward pass, and those of joined kernels, and no others. */
import type { Backend } from '../backend.ts'
import type { Floats } from '../buffer.ts'
import * as binary from './binary.ts'
import { dense, denseRelu } from './dense.ts'
import { cpu } from './index.ts'
import { denseEach, gatherEach } from './joined.ts'
import { batchMatmul, matmul, matmulNT, matmulTN } from './matmul.ts'
import { mix, mixDot } from './mix.ts'
import { max, sum } from './reduce.ts'
import { gather, nonzeroMask } from './rows.ts'
import { concat, pad, repeat, slice, swap } from './shape.ts'
import { logSoftmax, softmax } from './softmax.ts'
import * as unary from './unary.ts'

/** Plain TypeScript in float32, on memory of the host's. */
export const servingCpu: Backend<Floats, Int32Array> = {
  ...cpu,
  kernels: {
    ...{ neg: unary.neg, abs: unary.abs, exp: unary.exp, log: unary.log, sqrt: unary.sqrt, square: unary.square },
    ...{ reciprocal: unary.reciprocal, tanh: unary.tanh, sigmoid: unary.sigmoid, softplus: unary.softplus },
    ...{ relu: unary.relu, leakyRelu: unary.leakyRelu, clip: unary.clip, scaleShift: unary.scaleShift },
    ...{ add: binary.add, sub: binary.sub, mul: binary.mul, div: binary.div, where: binary.where },
    ...{ maximum: binary.maximum, minimum: binary.minimum, equal: binary.equal, greater: binary.greater },
    ...{ greaterEqual: binary.greaterEqual, less: binary.less, lessEqual: binary.lessEqual },
    ...{ matmul, matmulNT, matmulTN, batchMatmul, dense, denseRelu, denseEach, mix, mixDot, softmax, logSoftmax },
    ...{ repeat, swap, slice, pad, concat, sum, max, gather, gatherEach, nonzeroMask },
  },
}

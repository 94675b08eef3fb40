/** Steps of parameters: what the options say is worked out in float64 here, and handed on as factors. */
import type { Floats } from '../backend.ts'
import type { UpdateKernels } from '../updates.ts'
import type { Exports } from './exports.ts'

const rowsAt = (rows: Int32Array | null): number => (rows === null ? 0 : rows.byteOffset)

export const updating = (e: Exports): UpdateKernels<Floats, Int32Array> => ({
  sgd: (p, g, velocity, rows, count, d, l2, { learningRate, momentum, nesterov }) => {
    const v = velocity.byteOffset
    e.sgd(p.byteOffset, g.byteOffset, v, rowsAt(rows), count, d, 2 * l2, learningRate, momentum, nesterov)
  },
  adagrad: (p, g, sum, rows, count, d, l2, { learningRate, epsilon }) => {
    const s = sum.byteOffset
    e.adagrad(p.byteOffset, g.byteOffset, s, rowsAt(rows), count, d, 2 * l2, learningRate, epsilon)
  },
  adam: (p, g, m, v, rows, count, d, l2, { learningRate, beta1, beta2, epsilon, correction1, correction2, decay }) => {
    e.adam(
      p.byteOffset,
      g.byteOffset,
      m.byteOffset,
      v.byteOffset,
      rowsAt(rows),
      count,
      d,
      2 * l2,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      learningRate / correction1,
      1 / Math.sqrt(correction2),
      epsilon,
      learningRate * decay,
    )
  },
  movingAverage: (average, value, n, momentum) => {
    e.movingAverage(average.byteOffset, value.byteOffset, n, 1 - momentum, momentum)
  },
})

/** Steps of parameters: what the options say is worked out in float64 here, and handed on as factors. */
import { ftrl } from '../cpu/update.ts'
import type { Exports, Own } from './exports.ts'

const rowsAt = (rows: Int32Array | null): number => (rows === null ? 0 : rows.byteOffset)

export const update = (e: Exports): Pick<Own, 'sgd' | 'adagrad' | 'adam' | 'ftrl' | 'movingAverage'> => ({
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
  ftrl: (p, g, z, n, rows, count, d, l2, options) => {
    // Of other powers of n the binary knows nothing.
    if (options.learningRatePower !== -0.5) ftrl(p, g, z, n, rows, count, d, l2, options)
    else
      e.ftrl(
        p.byteOffset,
        g.byteOffset,
        z.byteOffset,
        n.byteOffset,
        rowsAt(rows),
        count,
        d,
        2 * l2,
        1 / options.learningRate,
        2 * options.l2Shrinkage,
        options.l1,
        options.beta / options.learningRate + 2 * options.l2,
      )
  },
  movingAverage: (average, value, n, momentum) => {
    e.movingAverage(average.byteOffset, value.byteOffset, n, 1 - momentum, momentum)
  },
})

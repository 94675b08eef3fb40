/**
 * Steps of parameters: what the options say is worked out in float64 here, and noted as factors in the memory of the binary,
 * so that a call has whole numbers only.
 */
import { ftrl } from '../cpu/update.ts'
import type { Exports, Own } from './exports.ts'

const rowsAt = (rows: Int32Array | null): number => (rows === null ? 0 : rows.byteOffset)

/** `list` lies in the memory of the binary. */
export function update(e: Exports, list: Int32Array): Pick<Own, 'sgd' | 'adagrad' | 'adam' | 'ftrl'> {
  const at = list.byteOffset
  const numbers = new Float32Array(list.buffer, at, 9)
  return {
    sgd: (p, g, velocity, rows, count, d, l2, { learningRate, momentum, nesterov }) => {
      numbers[0] = 2 * l2
      numbers[1] = learningRate
      numbers[2] = momentum
      numbers[3] = nesterov ? 1 : 0
      e.sgd(p.byteOffset, g.byteOffset, velocity.byteOffset, rowsAt(rows), count, d, at)
    },
    adagrad: (p, g, sum, rows, count, d, l2, { learningRate, epsilon }) => {
      numbers[0] = 2 * l2
      numbers[1] = learningRate
      numbers[2] = epsilon
      e.adagrad(p.byteOffset, g.byteOffset, sum.byteOffset, rowsAt(rows), count, d, at)
    },
    adam: (
      p,
      g,
      m,
      v,
      rows,
      count,
      d,
      l2,
      { learningRate, beta1, beta2, epsilon, correction1, correction2, decay },
    ) => {
      numbers[0] = 2 * l2
      numbers[1] = beta1
      numbers[2] = 1 - beta1
      numbers[3] = beta2
      numbers[4] = 1 - beta2
      numbers[5] = learningRate / correction1
      numbers[6] = 1 / Math.sqrt(correction2)
      numbers[7] = epsilon
      numbers[8] = learningRate * decay
      e.adam(p.byteOffset, g.byteOffset, m.byteOffset, v.byteOffset, rowsAt(rows), count, d, at)
    },
    ftrl: (p, g, z, n, rows, count, d, l2, options) => {
      // Of other powers of n the binary knows nothing.
      if (options.learningRatePower !== -0.5) {
        ftrl(p, g, z, n, rows, count, d, l2, options)
        return
      }
      numbers[0] = 2 * l2
      numbers[1] = 1 / options.learningRate
      numbers[2] = 2 * options.l2Shrinkage
      numbers[3] = options.l1
      numbers[4] = options.beta / options.learningRate + 2 * options.l2
      e.ftrl(p.byteOffset, g.byteOffset, z.byteOffset, n.byteOffset, rowsAt(rows), count, d, at)
    },
  }
}

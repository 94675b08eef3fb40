/** Dropout, whose coins are those of the reference. */
import { now } from '../numberOrGetter.ts'
import type { Exports, Own } from './exports.ts'

export function random(e: Exports): Pick<Own, 'dropout'> {
  // As bits, because a host may make an object of a fraction that is passed.
  const scale = new Float32Array(1)
  const bits = new Int32Array(scale.buffer)
  return {
    dropout: (x, out, n, rate, key, counter) => {
      // (bits + 1/2) / 2³² ≥ rate, asked of the bits themselves.
      const threshold = Math.max(Math.ceil(rate * 2 ** 32 - 0.5), 0)
      scale[0] = 1 / (1 - rate)
      if (threshold < 2 ** 32)
        e.dropout(x.byteOffset, out.byteOffset, n, threshold | 0, bits[0], now(key) | 0, counter | 0)
      else e.fill(0, out.byteOffset, n)
    },
  }
}

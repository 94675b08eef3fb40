/** Dropout, whose coins are those of the reference. */
import { now } from '../numberOrGetter.ts'
import type { Exports, Own } from './exports.ts'

export const random = (e: Exports): Pick<Own, 'dropout'> => ({
  dropout: (x, out, n, rate, key, counter) => {
    // (bits + 1/2) / 2³² ≥ rate, asked of the bits themselves.
    const threshold = Math.max(Math.ceil(rate * 2 ** 32 - 0.5), 0)
    if (threshold < 2 ** 32) e.dropout(x.byteOffset, out.byteOffset, n, threshold, 1 / (1 - rate), now(key), counter)
    else e.fill(0, out.byteOffset, n)
  },
})

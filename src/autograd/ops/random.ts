/** Dropout (Srivastava et al. 2014), inverted: its mask is a function of key and counter, so none is stored. */
import { integer } from '../../checks/index.ts'
import type { NumberOrGetter } from '../../kernels/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'

const SETTINGS: { readonly rate: number; readonly key: NumberOrGetter; readonly counter: number } = {
  rate: 0.5,
  // A function, for that is what tells that it may be one.
  key: () => 0,
  counter: 0,
}

/** Keeps each value with probability 1 − rate and scales it by 1/(1 − rate): the same mask on g */
export const dropout = op('dropout', '...n -> ...n', {
  attributes: SETTINGS,
  refuse: ({ rate, key, counter }) =>
    !(rate >= 0 && rate < 1)
      ? `expected a rate in [0, 1) but got ${rate}`
      : integer.fits(counter) && (typeof key === 'function' || integer.fits(key))
        ? undefined
        : `expected integers for key and counter but got ${typeof key === 'function' ? 'a function' : key} and ${counter}`,
  draw: ({ real, integer }) => ({ rate: real(0, 0.9), key: integer(0, 1e6), counter: integer(0, 1e6) }),
  forward: (call, [x], y, { n, rate, key, counter }) => call(kernels.dropout, x, y, n, rate, key, counter),
  vjp: (g, _, __, { rate, key, counter }) => [() => dropout(g, { rate, key, counter })],
})

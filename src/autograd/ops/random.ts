/** Dropout (Srivastava et al. 2014), inverted: its mask is a function of key and counter, so none is stored. */
import type { Changing } from '../../kernels/index.ts'
import { op } from '../op.ts'

const SETTINGS: { readonly rate: number; readonly key: Changing; readonly counter: number } = {
  rate: 0.5,
  key: 0,
  counter: 0,
}

/** Keeps each value with probability 1 − rate and scales it by 1/(1 − rate): the same mask on g */
export const dropout = op('dropout', '...n -> ...n', {
  attributes: SETTINGS,
  refuse: ({ rate }) => (rate >= 0 && rate < 1 ? undefined : `expected a rate in [0, 1) but got ${rate}`),
  draw: ({ real, integer }) => ({ rate: real(0, 0.9), key: integer(0, 1e6), counter: integer(0, 1e6) }),
  forward: (kernels, [x], y, { n, rate, key, counter }) => kernels.dropout(x, y, n, rate, key, counter),
  vjp: (g, _, __, { rate, key, counter }) => [() => dropout(g, { rate, key, counter })],
})

/** Two comparisons of the binary serve four verbs: a > b is b < a. */
import type { Exports, Own } from './exports.ts'

const exchanged =
  (kernel: Exports['less']): Own['less'] =>
  (a, b, out, n) => {
    kernel(b.byteOffset, a.byteOffset, out.byteOffset, n)
  }

export const binary = (e: Exports): Pick<Own, 'greater' | 'greaterEqual'> => ({
  greater: exchanged(e.less),
  greaterEqual: exchanged(e.lessEqual),
})

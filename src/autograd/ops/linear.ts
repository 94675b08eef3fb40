/** The linear ops whose gradients are made of themselves: they need nothing but `op`, and all others may use them. */
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'

/** a + b, of one shape: (g, g) */
export const addAlike = op('add', '...n, ...n -> ...n', {
  forward: (call, [a, b], y, { n }) => call(kernels.add, a, b, y, n),
  vjp: (g) => [() => g, () => g],
})

/** −x: −g */
export const neg = op('neg', '...n -> ...n', {
  forward: (call, [x], y, { n }) => call(kernels.neg, x, y, n),
  vjp: (g) => [() => neg(g)],
})

/** The same values under another shape, sharing memory: g under the old one */
export const reshapeTo = op('reshape', '...n -> ...m', {
  refuse: ({ n, m }) => (n === m ? undefined : `expected a shape of ${n} values but got one of ${m}`),
  draw: (_, { n }) => ({ m: [n, 1] }),
  vjp: (g, [x]) => [() => reshapeTo(g, { m: x.shape })],
})

/** (o i) → (o m i), m times the same: Σ over m */
export const repeat = op('repeat', 'o i -> o m i', {
  forward: (call, [x], y, { o, m, i }) => call(kernels.repeat, x, y, o, m, i),
  vjp: (g) => [() => sumMiddle(g)],
})

/** Σ over m: g for every element */
export const sumMiddle = op('sum', 'o m i -> o i', {
  forward: (call, [x], y, { o, m, i }) => call(kernels.sum, x, y, o, m, i),
  vjp: (g, _, __, { m }) => [() => repeat(g, { m })],
})

/** (o p q i) → (o q p i): swapped back */
export const swap = op('swap', 'o p q i -> o q p i', {
  forward: (call, [x], y, { o, p, q, i }) => call(kernels.swap, x, y, o, p, q, i),
  vjp: (g) => [() => swap(g)],
})

/**
 * A gate's mixture of experts (Tang et al. 2020, Eq. 1–3), closed under differentiation with its two partners.
 * W (b e) are the gate's weights, each expert Xₑ is (b d).
 */
import { isWhole } from '../../checks/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { op } from '../op.ts'
import { pad } from './parts.ts'

/** Y = Σₑ W[:,e]·Xₑ: (⟨G, Xₑ⟩ for every e, W[:,e]·G for every e) */
export const mix = op('mix', 'b e, [b d]e -> b d', {
  forward: (call, [weights, experts], y, { b, e, d }) => call(kernels.mix, weights, experts, y, b, e, d),
  vjp: (g, [weights, experts]) => [
    () => mixDot(g, experts),
    experts.map((_, index) => () => mixScale(weights, g, { index })),
  ],
})

/** Y[:,e] = ⟨X, Xₑ⟩ row by row: (Σₑ G[:,e]·Xₑ, G[:,e]·X for every e) */
export const mixDot = op('mixDot', 'b d, [b d]e -> b e', {
  forward: (call, [x, experts], y, { b, e, d }) => call(kernels.mixDot, x, experts, y, b, e, d),
  vjp: (g, [x, experts]) => [() => mix(g, experts), experts.map((_, index) => () => mixScale(g, x, { index }))],
})

/** Y = W[:,index]·X row by row: (⟨G, X⟩ in column `index` and 0 elsewhere, W[:,index]·G) */
export const mixScale = op('mixScale', 'b e, b d -> b d', {
  attributes: { index: 0 },
  refuse: ({ index, e }) =>
    isWhole(index, 0, e - 1) ? undefined : `expected an expert below ${e} but got index ${index}`,
  draw: ({ integer }, { e }) => ({ index: integer(0, e - 1) }),
  forward: (call, [weights, x], y, { b, e, d, index }) => call(kernels.mixScale, weights, x, y, b, e, d, index),
  vjp: (g, [weights, x], _, { e, index }) => [
    () => pad(mixDot(g, [x]), { axis: 1, start: index, extent: e }),
    () => mixScale(weights, g, { index }),
  ],
})

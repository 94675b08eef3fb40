/** Ops with one fault each in their gradient rule or in what they promise. */
import {
  dense,
  detach,
  div,
  dropout,
  exp,
  matmul,
  matmulNT,
  matmulTN,
  mul,
  neg,
  op,
  pad,
  sub,
  sum,
  tanh,
  where,
} from '../../../src/index.ts'
import { mixDot, mixScale, reluGradient } from '../../../src/autograd/index.ts'
import * as kernels from '../../../src/kernels/table/index.ts'
import { FIRST, FUSED, LARGE, SECOND, floats } from './mutant.ts'
import type { Mutant } from './mutant.ts'

export const ruleMutants: readonly Mutant[] = [
  {
    fault: 'square without the factor 2 in its gradient',
    law: FIRST,
    op: op('square', '...n -> ...n', {
      forward: (call, [x], y, { n }) => call(kernels.square, x, y, n),
      vjp: (g, [x]) => [() => mul(g, x)],
    }),
  },
  {
    fault: 'a quotient whose gradient is not divided again',
    law: FIRST,
    op: op('div', '...n, ...n -> ...n', {
      domain: div.definition.domain ?? [],
      forward: (call, [a, b], y, { n }) => call(kernels.div, a, b, y, n),
      vjp: (g, [, b], y) => [() => div(g, b), () => neg(mul(g, y))],
    }),
  },
  {
    fault: 'a product that forgets its second factor’s gradient',
    law: FIRST,
    op: op('mul', '...n, ...n -> ...n', {
      forward: (call, [a, b], y, { n }) => call(kernels.mul, a, b, y, n),
      vjp: (g, [, b]) => [() => mul(g, b), null],
    }),
  },
  {
    fault: 'where with its branches exchanged on the way back',
    law: FIRST,
    op: op('where', '...n, ...n, ...n -> ...n', {
      domain: where.definition.domain ?? [],
      forward: (call, [condition, a, b], y, { n }) => call(kernels.where, condition, a, b, y, n),
      vjp: (g, [condition]) => [null, () => where(condition, 0, g), () => where(condition, g, 0)],
    }),
  },
  {
    fault: 'denseRelu with an unmasked bias gradient',
    law: FIRST,
    op: op('denseRelu', 'b i, i o, o -> b o', {
      forward: (call, [x, w, c], y, { b, i, o }) => call(kernels.denseRelu, x, w, c, y, b, i, o),
      vjp: (g, [x, w], y) => [
        () => matmulNT(reluGradient(g, y), w),
        () => matmulTN(x, reluGradient(g, y)),
        () => sum(g, { axis: 0 }),
      ],
    }),
  },
  {
    fault: 'matmulTN with swapped operands in its rule',
    law: FIRST,
    op: op('matmulTN', 'k m, k n -> m n', {
      forward: (call, [a, b], y, { m, k, n }) => call(kernels.matmulTN, a, b, y, m, k, n),
      vjp: (g, [a, b]) => [() => matmulNT(g, b), () => matmul(a, g)],
    }),
  },
  {
    fault: 'softmax whose gradient lacks the subtraction',
    law: FIRST,
    op: op('softmax', '...b n -> ...b n', {
      forward: (call, [x], y, { b, n }) => call(kernels.softmax, x, y, b, n),
      vjp: (g, _, y) => [() => mul(g, y)],
    }),
  },
  {
    fault: 'mix that weighs every expert’s gradient by the first weight',
    law: FIRST,
    op: op('mix', 'b e, [b d]e -> b d', {
      forward: (call, [weights, experts], y, { b, e, d }) => call(kernels.mix, weights, experts, y, b, e, d),
      vjp: (g, [weights, experts]) => [
        () => mixDot(g, experts),
        experts.map(() => () => mixScale(weights, g, { index: 0 })),
      ],
    }),
  },
  {
    fault: 'mixScale that reads the next expert’s weight',
    law: FIRST,
    op: op('mixScale', 'b e, b d -> b d', {
      attributes: { index: 0 },
      refuse: mixScale.definition.refuse ?? (() => undefined),
      draw: ({ integer }, { e }) => ({ index: integer(0, e - 1) }),
      forward: (call, [w, x], y, { b, e, d, index }) => call(kernels.mixScale, w, x, y, b, e, d, (index + 1) % e),
      vjp: (g, [w, x], _, { e, index }) => [
        () => pad(mixDot(g, [x]), { axis: 1, start: index, extent: e }),
        () => mixScale(w, g, { index }),
      ],
    }),
  },
  {
    fault: 'dropout that tosses other coins on the way back',
    law: FIRST,
    op: op('dropout', '...n -> ...n', {
      attributes: { rate: 0.5, key: 0, counter: 0 },
      draw: ({ real, integer }) => ({ rate: real(0.2, 0.8), key: integer(0, 1e6), counter: integer(0, 1e6) }),
      forward: (call, [x], y, { n, rate, key, counter }) => call(kernels.dropout, x, y, n, rate, key, counter),
      vjp: (g, _, __, { rate, key, counter, n }) => [() => dropout(g, { rate, key, counter: counter + n })],
    }),
  },
  {
    fault: 'exp whose gradient is right but has no gradient',
    law: SECOND,
    op: op('exp', '...n -> ...n', {
      forward: (call, [x], y, { n }) => call(kernels.exp, x, y, n),
      vjp: (g, _, y) => [() => mul(g, detach(y))],
    }),
  },
  {
    fault: 'tanh whose gradient forgets that g may vary',
    law: SECOND,
    op: op('tanh', '...n -> ...n', {
      forward: (call, [x], y, { n }) => call(kernels.tanh, x, y, n),
      vjp: (g, [x], y) => [() => mul(detach(g), sub(1, mul(y, tanh(x))))],
    }),
  },
  {
    fault: 'softplus whose gradient overflows where its value does not',
    law: LARGE,
    op: op('softplus', '...n -> ...n', {
      forward: (call, [x], y, { n }) => call(kernels.softplus, x, y, n),
      vjp: (g, [x]) => [() => mul(g, div(exp(x), sub(exp(x), -1)))],
    }),
  },
  {
    fault: 'a fused layer that adds its bias twice, forth and back',
    law: FUSED,
    op: op('dense', 'b i, i o, o -> b o', {
      means: dense.definition.means ?? ((x) => x),
      forward: (call, [x, w, c], y, { b, i, o }) => {
        call(kernels.dense, x, w, c, y, b, i, o)
        for (let j = 0; j < b * o; j++) floats(y)[j] += floats(c)[j % o]
      },
      vjp: (g, [x, w]) => [() => matmulNT(g, w), () => matmulTN(x, g), () => sum(mul(g, 2), { axis: 0 })],
    }),
  },
]

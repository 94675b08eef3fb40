/** Ops and backends with one fault each in a kernel. */
import {
  binaryCrossEntropy,
  cpu,
  gather,
  matmul,
  matmulNT,
  matmulTN,
  op,
  relu,
  scatterAdd,
  zeros,
} from '../../../src/index.ts'
import { reluGradient, repeat, softmaxGradient, sumMiddle } from '../../../src/autograd/index.ts'
import { kernelsOf } from '../../../src/kernels/index.ts'
import * as kernels from '../../../src/kernels/table/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { AGREE, FIRST, LARGE, REFUSED, WRITTEN, floats } from './mutant.ts'
import type { Mutant } from './mutant.ts'

export const kernelMutants: readonly Mutant[] = [
  {
    fault: 'matmul that strides through b by k',
    law: FIRST,
    op: op('matmul', 'm k, k n -> m n', {
      forward: (_, [a, b], y, { m, k, n }) => {
        for (let row = 0; row < m; row++)
          for (let column = 0; column < n; column++) {
            let total = 0
            for (let p = 0; p < k; p++) total += floats(a)[row * k + p] * floats(b)[(p * k + column) % (k * n)]
            floats(y)[row * n + column] = total
          }
      },
      vjp: (g, [a, b]) => [() => matmulNT(g, b), () => matmulTN(a, g)],
    }),
  },
  {
    fault: 'softmax without the shift by its largest value',
    law: LARGE,
    op: op('softmax', '...b n -> ...b n', {
      forward: (_, [x], y, { b, n }) => {
        for (let row = 0; row < b; row++) {
          let total = 0
          for (let j = row * n; j < (row + 1) * n; j++) total += Math.exp(floats(x)[j])
          for (let j = row * n; j < (row + 1) * n; j++) floats(y)[j] = Math.exp(floats(x)[j]) / total
        }
      },
      vjp: (g, _, y) => [() => softmaxGradient(g, y)],
    }),
  },
  {
    fault: 'scatterAdd that overwrites instead of adding',
    law: FIRST,
    op: op('scatterAdd', '...b d, ...b<v -> v d', {
      forward: (_, [rows, ids], y, { b, v, d }) => {
        floats(y).fill(0, 0, v * d)
        for (let row = 0; row < b; row++)
          for (let j = 0; j < d; j++) floats(y)[(ids as Int32Array)[row] * d + j] = floats(rows)[row * d + j]
      },
      vjp: (g, [, ids]) => [() => gather(g, ids), null],
    }),
  },
  {
    fault: 'a sum that forgets the last element of an odd axis',
    law: FIRST,
    op: op('sum', 'o m i -> o i', {
      forward: (call, [x], y, { o, m, i }) => {
        call(kernels.sum, x, y, o, m, i)
        if (m % 2 === 1)
          for (let j = 0; j < o * i; j++) floats(y)[j] -= floats(x)[Math.floor(j / i) * m * i + (m - 1) * i + (j % i)]
      },
      vjp: (g, _, __, { m }) => [() => repeat(g, { m })],
    }),
  },
  {
    fault: 'a matmul that adds to whatever its output held',
    law: WRITTEN,
    op: op('matmul', 'm k, k n -> m n', {
      forward: (_, [a, b], y, { m, k, n }) => {
        for (let row = 0; row < m; row++)
          for (let p = 0; p < k; p++)
            for (let column = 0; column < n; column++)
              floats(y)[row * n + column] += floats(a)[row * k + p] * floats(b)[p * n + column]
      },
      vjp: (g, [a, b]) => [() => matmulNT(g, b), () => matmulTN(a, g)],
    }),
  },
  {
    fault: 'a relu that works in place',
    law: WRITTEN,
    op: op('relu', '...n -> ...n', {
      domain: [{ min: -2, max: 2, away: [0] }],
      forward: (call, [x], y, { n }) => {
        call(kernels.relu, x, y, n)
        call(kernels.relu, x, x, n)
      },
      vjp: (g, _, y) => [() => reluGradient(g, y)],
    }),
  },
  {
    fault: 'gather that is off by one row',
    law: FIRST,
    op: op('gather', 'v d, ...b<v -> ...b d', {
      forward: (call, [table, ids], y, { v, b, d }) =>
        call(
          kernels.gather,
          table,
          (ids as Int32Array).map((id) => (id + 1) % v),
          y,
          b,
          d,
        ),
      vjp: (g, [, ids], _, { v }) => [() => scatterAdd(g, ids, { v }), null],
    }),
  },
  {
    fault: 'a matmul that takes what does not fit',
    law: REFUSED,
    op: Object.assign(
      (a: Tensor, b: Tensor): Tensor =>
        a.shape[1] === b.shape[0] ? matmul(a, b) : zeros([a.shape[0], b.shape[1]], a.backend),
      { op: 'matmul', signature: matmul.signature, definition: matmul.definition },
    ),
  },
  {
    fault: 'a backend whose sum drops the tail beyond a multiple of four',
    law: AGREE,
    op: sumMiddle,
    backend: {
      ...cpu,
      name: 'tailless',
      kernels: {
        sum: (x, y, o, m, i) => {
          const whole = cpu.allocate(o * (m - (m % 4)) * i)
          kernelsOf(cpu).slice(floats(x), whole, o, m, m - (m % 4), i, 0)
          kernelsOf(cpu).sum(whole, floats(y), o, m - (m % 4), i)
        },
      },
    },
  },
  {
    fault: 'a backend whose relu makes 0 of NaN',
    law: AGREE,
    op: relu,
    backend: {
      ...cpu,
      name: 'hiding',
      kernels: {
        relu: (x, y, n) => {
          for (let j = 0; j < n; j++) floats(y)[j] = floats(x)[j] > 0 ? floats(x)[j] : 0
        },
      },
    },
  },
  {
    fault: 'a backend whose relu of −0 is −0',
    law: AGREE,
    op: relu,
    backend: {
      ...cpu,
      name: 'signing',
      kernels: {
        relu: (x, y, n) => {
          for (let j = 0; j < n; j++) floats(y)[j] = floats(x)[j] < 0 ? 0 : floats(x)[j]
        },
      },
    },
  },
  {
    fault: 'a backend whose cross entropy works from rounded probabilities',
    law: AGREE,
    op: binaryCrossEntropy,
    backend: {
      ...cpu,
      name: 'rounding',
      kernels: {
        binaryCrossEntropy: (z, t, y, n) => {
          for (let j = 0; j < n; j++) {
            const p = Math.min(Math.max(1 / (1 + Math.exp(-floats(z)[j])), 1e-3), 1 - 1e-4)
            floats(y)[j] = -floats(t)[j] * Math.log(p) - (1 - floats(t)[j]) * Math.log(1 - Math.fround(p))
          }
        },
      },
    },
  },
]

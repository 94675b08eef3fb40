/**
 * A call of every verb that the binary has a kernel of its own for, at sizes that a law draws: what it is given, what it
 * writes, and the plain calls that it must equal. A verb without an entry fails the test of the coverage table.
 */
import type { Floats, FusedKernels, Kernels } from '../../../src/kernels/index.ts'

export type Verbs = Kernels<Floats, Int32Array> & FusedKernels<Floats, Int32Array>
export type Plain = Kernels<Floats, Int32Array>
export type Verb = keyof Verbs

/** Memory that a call works on. */
export interface Given {
  readonly floats: readonly Floats[]
  readonly ids: readonly Int32Array[]
  /** Outputs, and what an update changes. */
  readonly outs: readonly Floats[]
  readonly idOuts: readonly Int32Array[]
  /** Room to work in, about which nothing is promised. */
  readonly spare: readonly Int32Array[]
}

export interface Call {
  /** Lengths of inputs, of ids and what they lie below (from −1 where an id may name no row), and of outputs. */
  readonly floats?: readonly number[]
  readonly ids?: readonly (readonly [length: number, below: number, from?: number])[]
  readonly outs?: readonly number[]
  readonly idOuts?: readonly number[]
  readonly spare?: readonly number[]
  /** How many outputs have had numbers before, none of them negative. */
  readonly updated?: boolean
  readonly run: (kernels: Verbs, given: Given) => void
  /** The same by verbs of the reference; `run` itself where it is one. */
  readonly means?: (kernels: Plain, given: Given) => void
}

/** Sizes a to d from 0 to 33, of which c and d are never 0; and a scalar. */
export type Sizes = Readonly<Record<'a' | 'b' | 'c' | 'd', number>> & { readonly scalar: number }
type Entry = (sizes: Sizes) => Call

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
/** The least power of 2 with room for twice as many. */
const room = (rows: number): number => 2 ** Math.ceil(Math.log2(Math.max(2 * rows, 2)))

const unary =
  (
    verb: 'neg' | 'abs' | 'sqrt' | 'square' | 'reciprocal' | 'relu' | 'exp' | 'log' | 'sigmoid' | 'softplus' | 'tanh',
  ): Entry =>
  ({ a, b }) => ({
    floats: [a * b],
    outs: [a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k[verb](x, y, a * b)
    },
  })

const binary =
  (
    verb:
      | ('add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'equal' | 'greater' | 'greaterEqual' | 'less')
      | ('lessEqual' | 'reluGradient' | 'binaryCrossEntropy'),
  ): Entry =>
  ({ a, b }) => ({
    floats: [a * b, a * b],
    outs: [a * b],
    run: (k, { floats: [x, y], outs: [z] }) => {
      k[verb](x, y, z, a * b)
    },
  })

const product =
  (verb: 'matmul' | 'matmulNT' | 'matmulTN'): Entry =>
  ({ a, b, c }) => ({
    floats: [a * b, b * c],
    outs: [a * c],
    run: (k, { floats: [x, y], outs: [z] }) => {
      k[verb](x, y, z, a, b, c)
    },
  })

const batch =
  (verb: 'batchMatmul' | 'batchMatmulNT' | 'batchMatmulTN'): Entry =>
  ({ a, b, c }) => ({
    floats: [3 * a * b, 3 * b * c],
    outs: [3 * a * c],
    run: (k, { floats: [x, y], outs: [z] }) => {
      k[verb](x, y, z, 3, a, b, c)
    },
  })

const layer =
  (verb: 'dense' | 'denseRelu'): Entry =>
  ({ a, b, c }) => ({
    floats: [a * b, b * c, c],
    outs: [a * c],
    run: (k, { floats: [x, w, bias], outs: [y] }) => {
      k[verb](x, w, bias, y, a, b, c)
    },
  })

const rows =
  (verb: 'softmax' | 'logSoftmax'): Entry =>
  ({ a, b }) => ({
    floats: [a * b],
    outs: [a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k[verb](x, y, a, b)
    },
  })

const reduction =
  (verb: 'sum' | 'max'): Entry =>
  ({ a, b, c }) => ({
    floats: [c * a * b],
    outs: [c * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k[verb](x, y, c, a, b)
    },
  })

/** Whole parameters, or rows of them, some of which belong to nobody. */
const update =
  (memories: number, step: (kernels: Plain, given: Given, count: number, d: number, sizes: Sizes) => void): Entry =>
  (sizes) => {
    const { a, b, d } = sizes
    const whole = sizes.scalar < 0
    const [count, v] = whole ? [a, a] : [Math.min(a, d), d]
    return {
      floats: [count * b],
      ids: whole ? [] : [[count, v, -1]],
      outs: Array.from({ length: 1 + memories }, () => v * b),
      updated: true,
      run: (k, given) => {
        step(k, given, count, b, sizes)
      },
    }
  }

const momentum = ({ scalar }: Sizes): number => (Math.abs(scalar) < 1 ? 0 : 0.9)
const l2 = ({ scalar }: Sizes): number => (scalar > 0.5 ? 0.01 : 0)

export const CALLS: Readonly<Partial<Record<Verb, Entry>>> = {
  matmul: product('matmul'),
  matmulNT: product('matmulNT'),
  matmulTN: product('matmulTN'),
  batchMatmul: batch('batchMatmul'),
  batchMatmulNT: batch('batchMatmulNT'),
  batchMatmulTN: batch('batchMatmulTN'),
  dense: layer('dense'),
  denseRelu: layer('denseRelu'),
  denseEach: ({ a, b, c, d }) => ({
    floats: [a * b, b * c, b * d, b * c, c, d],
    outs: [a * c, a * d, a * c],
    run: (k, { floats: [x, w0, w1, w2, c0, c1], outs }) => {
      k.denseEach(x, [w0, w1, w2], [c0, c1, null], outs, a, b, [c, d, c], [false, true, false])
    },
    means: (k, { floats: [x, w0, w1, w2, c0, c1], outs }) => {
      k.dense(x, w0, c0, outs[0], a, b, c)
      k.denseRelu(x, w1, c1, outs[1], a, b, d)
      k.matmul(x, w2, outs[2], a, b, c)
    },
  }),
  matmulNTSum: ({ a, b, c, d }) => ({
    floats: [a * b, a * d, c * b, c * d],
    outs: [a * c],
    run: (k, { floats: [x, y, z, w], outs: [out] }) => {
      k.matmulNTSum([x, y], [z, w], out, a, [b, d], c)
    },
    means: (k, { floats: [x, y, z, w], outs: [out] }) => {
      const second = out.slice()
      k.matmulNT(x, z, out, a, b, c)
      k.matmulNT(y, w, second, a, d, c)
      k.add(out, second, out, a * c)
    },
  }),

  mix: ({ a, b, d }) => ({
    floats: [a * 3, a * b * d, a * b * d, a * b * d],
    outs: [a * b * d],
    run: (k, { floats: [w, ...experts], outs: [out] }) => {
      k.mix(w, experts, out, a, 3, b * d)
    },
  }),
  mixDot: ({ a, b, d }) => ({
    floats: [a * b * d, a * b * d, a * b * d],
    outs: [a * 2],
    run: (k, { floats: [x, ...experts], outs: [out] }) => {
      k.mixDot(x, experts, out, a, 2, b * d)
    },
  }),
  mixScale: ({ a, b, d }) => ({
    floats: [a * 3, a * b * d],
    outs: [a * b * d],
    run: (k, { floats: [w, x], outs: [out] }) => {
      k.mixScale(w, x, out, a, 3, b * d, 2)
    },
  }),
  mixScaleSum: ({ a, b, scalar }) => ({
    floats: [a * 3, a * 2, a * b, a * b, a * b],
    outs: [a * b],
    run: (k, { floats: [v, w, x, y, z], outs: [out] }) => {
      k.mixScaleSum([v, w], [x, y], scalar < 0 ? null : z, out, a, [3, 2], b, [1, 0])
    },
    means: (k, { floats: [v, w, x, y, z], outs: [out] }) => {
      const second = out.slice()
      k.mixScale(v, x, out, a, 3, b, 1)
      k.mixScale(w, y, second, a, 2, b, 0)
      k.add(out, second, out, a * b)
      if (scalar >= 0) k.reluGradient(out, z, out, a * b)
    },
  }),

  softmax: rows('softmax'),
  logSoftmax: rows('logSoftmax'),
  softmaxGradient: ({ a, b }) => ({
    floats: [a * b, a * b],
    outs: [a * b],
    run: (k, { floats: [g, y], outs: [out] }) => {
      k.softmaxGradient(g, y, out, a, b)
    },
  }),

  neg: unary('neg'),
  abs: unary('abs'),
  sqrt: unary('sqrt'),
  square: unary('square'),
  reciprocal: unary('reciprocal'),
  relu: unary('relu'),
  exp: unary('exp'),
  log: unary('log'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  tanh: unary('tanh'),
  leakyRelu: ({ a, b, scalar }) => ({
    floats: [a * b],
    outs: [a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k.leakyRelu(x, y, a * b, scalar)
    },
  }),
  clip: ({ a, b, scalar }) => ({
    floats: [a * b],
    outs: [a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k.clip(x, y, a * b, -Math.abs(scalar), Math.abs(scalar))
    },
  }),
  scaleShift: ({ a, b, scalar }) => ({
    floats: [a * b],
    outs: [a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k.scaleShift(x, y, a * b, scalar, 1 - scalar)
    },
  }),

  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  equal: binary('equal'),
  greater: binary('greater'),
  greaterEqual: binary('greaterEqual'),
  less: binary('less'),
  lessEqual: binary('lessEqual'),
  reluGradient: binary('reluGradient'),
  binaryCrossEntropy: binary('binaryCrossEntropy'),
  where: ({ a, b }) => ({
    floats: [a * b, a * b, a * b],
    outs: [a * b],
    run: (k, { floats: [x, y, z], outs: [out] }) => {
      k.where(x, y, z, out, a * b)
    },
  }),
  dropout: ({ a, b, c, scalar }) => ({
    floats: [a * b],
    outs: [a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k.dropout(x, y, a * b, c === 1 ? 1 : Math.abs(scalar) / 3, 0x9e3779b1 + c, 2 ** 32 - 9)
    },
  }),

  repeat: ({ a, b, c }) => ({
    floats: [c * b],
    outs: [c * a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k.repeat(x, y, c, a, b)
    },
  }),
  swap: ({ a, b, c }) => ({
    floats: [2 * a * b * c],
    outs: [2 * a * b * c],
    run: (k, { floats: [x], outs: [y] }) => {
      k.swap(x, y, 2, a, b, c)
    },
  }),
  slice: ({ a, b, c }) => ({
    floats: [c * (a + 3) * b],
    outs: [c * a * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k.slice(x, y, c, a + 3, a, b, 2)
    },
  }),
  pad: ({ a, b, c }) => ({
    floats: [c * a * b],
    outs: [c * (a + 3) * b],
    run: (k, { floats: [x], outs: [y] }) => {
      k.pad(x, y, c, a, a + 3, b, 2)
    },
  }),
  concat: ({ a, b, c, d }) => ({
    floats: [c * a * d, c * d, c * b * d],
    outs: [c * sum([a, 1, b]) * d],
    run: (k, { floats, outs: [y] }) => {
      k.concat(floats, y, c, [a, 1, b], d)
    },
  }),
  sum: reduction('sum'),
  max: reduction('max'),

  gather: ({ a, b, d }) => ({
    floats: [d * b],
    ids: [[a, d, -1]],
    outs: [a * b],
    run: (k, { floats: [table], ids: [ids], outs: [out] }) => {
      k.gather(table, ids, out, a, b)
    },
  }),
  gatherEach: ({ a, b, c, d }) => ({
    floats: [d * b, a * 2, d * c],
    ids: [
      [a, d],
      [a, d, -1],
    ],
    outs: [a * sum([b, 2, c])],
    run: (k, { floats, ids: [first, third], outs: [out] }) => {
      k.gatherEach(floats, [first, null, third], out, a, [b, 2, c])
    },
    means: (k, { floats: [x, y, z], ids: [first, third], outs: [out] }) => {
      const [left, right] = [new Float64Array(a * b), new Float64Array(a * c)]
      k.gather(x, first, left, a, b)
      k.gather(z, third, right, a, c)
      k.concat([left, y, right], out, a, [b, 2, c], 1)
    },
  }),
  scatterAdd: ({ a, b, d }) => ({
    floats: [a * b],
    ids: [[a, d, -1]],
    outs: [d * b],
    run: (k, { floats: [x], ids: [ids], outs: [out] }) => {
      k.scatterAdd(x, ids, out, a, d, b)
    },
  }),
  mergeRows: ({ a, b, d }) => ({
    floats: [a * (b + 3)],
    ids: [[a, d * d, -1]],
    outs: [a * b],
    idOuts: [a],
    spare: [room(a)],
    run: (k, { floats: [x], ids: [ids], outs: [merged], idOuts: [leaders], spare: [table] }) => {
      k.mergeRows(x, ids, merged, leaders, table, a, b, b + 3, 2, room(a))
    },
  }),
  nonzeroMask: ({ a, b }) => ({
    ids: [[a * b, 2]],
    outs: [a * b],
    run: (k, { ids: [ids], outs: [out] }) => {
      k.nonzeroMask(ids, out, a * b)
    },
  }),
  joinIds: ({ a, b }) => ({
    ids: [
      [a, 99],
      [b, 99],
    ],
    idOuts: [a + b],
    run: (k, { ids: [x, y], idOuts: [out] }) => {
      k.joinIds(x, y, out, a, b)
    },
  }),

  sgd: update(1, (k, { floats: [g], ids: [rows], outs: [p, v] }, count, d, sizes) => {
    const options = { learningRate: 0.1, momentum: momentum(sizes), nesterov: sizes.scalar > 2 }
    k.sgd(p, g, v, rows ?? null, count, d, l2(sizes), options)
  }),
  adagrad: update(1, (k, { floats: [g], ids: [rows], outs: [p, s] }, count, d, sizes) => {
    k.adagrad(p, g, s, rows ?? null, count, d, l2(sizes), { learningRate: 0.1, epsilon: 1e-8 })
  }),
  adam: update(2, (k, { floats: [g], ids: [rows], outs: [p, m, v] }, count, d, sizes) => {
    const corrections = { correction1: 1 - 0.9 ** 2, correction2: 1 - 0.999 ** 2 }
    const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: l2(sizes), ...corrections }
    k.adam(p, g, m, v, rows ?? null, count, d, l2(sizes), options)
  }),
  ftrl: update(2, (k, { floats: [g], ids: [rows], outs: [p, z, n] }, count, d, sizes) => {
    const options = { learningRate: 0.5, l1: momentum(sizes), l2: l2(sizes), l2Shrinkage: 0.1, beta: 1 }
    const learningRatePower = sizes.scalar === 0.25 ? -0.3 : -0.5
    k.ftrl(p, g, z, n, rows ?? null, count, d, l2(sizes), { ...options, learningRatePower })
  }),
  movingAverage: ({ a, b, scalar }) => ({
    floats: [a * b],
    outs: [a * b],
    updated: true,
    run: (k, { floats: [value], outs: [average] }) => {
      k.movingAverage(average, value, a * b, Math.abs(scalar) / 3)
    },
  }),
}

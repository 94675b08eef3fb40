/** Functions of each number, or of two and three at the same place. What ONNX has no node for is put together exactly. */
import type { Graph } from '../graph.ts'
import type { Value } from '../file.ts'
import { unrepeated } from '../graph.ts'
import { elementwise, isTrue, number, single, truthAsNumber, unary } from './mapping.ts'
import type { Mapping } from './mapping.ts'

const comparison = (op: string): Mapping => ({
  nodes: `${op}, Cast`,
  draw: (graph, call) =>
    truthAsNumber(
      graph,
      graph.node(op, unrepeated(graph, single(call), call.shape), { type: 'bool', shape: call.shape }),
    ),
})

const of = (graph: Graph, op: string, ...operands: readonly (Value | number)[]): Value =>
  graph.node(
    op,
    operands.map((operand) => (typeof operand === 'number' ? number(graph, operand) : operand)),
  )

const truth = (graph: Graph, op: string, a: Value, b: number): Value =>
  graph.node(op, [a, number(graph, b)], { type: 'bool', shape: a.shape })

export const ELEMENTWISE: Readonly<Record<string, Mapping>> = {
  neg: unary('Neg'),
  abs: unary('Abs'),
  sign: unary('Sign'),
  exp: unary('Exp'),
  /** tanh(x/2)·(eˣ + 1), in which nothing cancels near 0. */
  expm1: {
    nodes: 'Mul, Tanh, Exp, Add, Mul',
    draw: (graph, call) => {
      const [x] = single(call)
      return of(graph, 'Mul', of(graph, 'Tanh', of(graph, 'Mul', x, 0.5)), of(graph, 'Add', of(graph, 'Exp', x), 1))
    },
  },
  log: unary('Log'),
  /** 2·artanh(x/(2 + x)) where |x| < ½, in which nothing cancels near 0, and ln(1 + x) beyond. */
  log1p: {
    nodes: 'Add, Div, Atanh, Mul, Add, Log, Abs, Less, Where',
    draw: (graph, call) => {
      const [x] = single(call)
      const near = of(graph, 'Mul', of(graph, 'Atanh', of(graph, 'Div', x, of(graph, 'Add', x, 2))), 2)
      const far = of(graph, 'Log', of(graph, 'Add', x, 1))
      return of(graph, 'Where', truth(graph, 'Less', of(graph, 'Abs', x), 0.5), near, far)
    },
  },
  sqrt: unary('Sqrt'),
  square: {
    nodes: 'Mul',
    draw: (graph, call) => {
      const [x] = single(call)
      return of(graph, 'Mul', x, x)
    },
  },
  reciprocal: unary('Reciprocal'),
  pow: {
    nodes: 'Pow',
    draw: (graph, call) => of(graph, 'Pow', single(call)[0], call.setting('exponent') as number),
  },
  sin: unary('Sin'),
  cos: unary('Cos'),
  tanh: unary('Tanh'),
  erf: unary('Erf'),
  sigmoid: unary('Sigmoid'),
  softplus: unary('Softplus'),
  relu: unary('Relu'),
  leakyRelu: unary('LeakyRelu', ({ setting }) => ({ alpha: { float: setting('slope') as number } })),
  elu: unary('Elu', ({ setting }) => ({ alpha: { float: setting('alpha') as number } })),
  clip: {
    nodes: 'Clip',
    draw: (graph, call) => {
      const [x] = single(call)
      const bounds = ['min', 'max'].map((name) => {
        const bound = call.setting(name) as number
        return Number.isFinite(bound) ? number(graph, bound) : undefined
      })
      return graph.node('Clip', [x, ...bounds], { shape: call.shape })
    },
  },
  scaleShift: {
    nodes: 'Mul, Add',
    draw: (graph, call) => {
      const [factor, shift] = ['factor', 'shift'].map((name) => call.setting(name) as number)
      const [x] = single(call)
      const scaled = factor === 1 ? x : of(graph, 'Mul', x, factor)
      return shift === 0 && factor !== 1 ? scaled : of(graph, 'Add', scaled, shift)
    },
  },

  add: elementwise('Add'),
  sub: elementwise('Sub'),
  mul: elementwise('Mul'),
  div: elementwise('Div'),
  maximum: elementwise('Max'),
  minimum: elementwise('Min'),
  equal: comparison('Equal'),
  greater: comparison('Greater'),
  greaterEqual: comparison('GreaterOrEqual'),
  less: comparison('Less'),
  lessEqual: comparison('LessOrEqual'),
  where: {
    nodes: 'Cast, Where',
    draw: (graph, call) => {
      const [condition, a, b] = unrepeated(graph, single(call), call.shape)
      return graph.node('Where', [isTrue(graph, condition), a, b], { shape: call.shape })
    },
  },
  reluGradient: {
    nodes: 'LessOrEqual, Where',
    draw: (graph, call) => {
      const [g, y] = single(call)
      return of(graph, 'Where', truth(graph, 'LessOrEqual', y, 0), 0, g)
    },
  },
  /** softplus(z) − z·t */
  binaryCrossEntropy: {
    nodes: 'Softplus, Mul, Sub',
    draw: (graph, call) => {
      const [z, t] = single(call)
      return of(graph, 'Sub', of(graph, 'Softplus', z), of(graph, 'Mul', z, t))
    },
  },
}

/** Products, layers, mixtures of experts and softmax. */
import { fixed } from '../extent.ts'
import type { Extent } from '../extent.ts'
import type { Graph } from '../graph.ts'
import type { Attribute, Value } from '../file.ts'
import { single, unsqueezed } from './mapping.ts'
import type { Call, Mapping } from './mapping.ts'

type Attributes = Readonly<Record<string, Attribute>>

const gemm = (attributes: Attributes = {}): Mapping => ({
  nodes: 'Gemm',
  draw: (graph, call) => graph.node('Gemm', single(call), { shape: call.shape, attributes }),
})

const matMul = (graph: Graph, a: Value, b: Value, shape: readonly Extent[]): Value =>
  graph.node('MatMul', [a, b], { shape })

/** The last two axes exchanged. */
function transposed(graph: Graph, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis)
  const order = [...axes.slice(0, -2), ...axes.slice(-2).reverse()]
  return graph.node('Transpose', [x], {
    shape: order.map((axis) => x.shape[axis]),
    attributes: { perm: { ints: order } },
  })
}

const last: Attributes = { axis: { int: -1 } }

const overLast = (op: string): Mapping => ({
  nodes: op,
  draw: (graph, call) => graph.node(op, single(call), { shape: call.shape, attributes: last }),
})

/** Tensors (b d) one behind the other (b e d). */
function stacked(graph: Graph, parts: readonly Value[]): Value {
  const wide = parts.map((part) => unsqueezed(graph, part, 1))
  if (wide.length === 1) return wide[0]
  const [b, d] = parts[0].shape
  return graph.node('Concat', wide, { shape: [b, fixed(parts.length), d], attributes: { axis: { int: 1 } } })
}

const axis = (graph: Graph, at: number): Value => graph.constant('int64', [at], [1])

const summed = (graph: Graph, x: Value, at: number, shape: readonly Extent[], keep: 0 | 1): Value =>
  graph.node('ReduceSum', [x, axis(graph, at)], { shape, attributes: { keepdims: { int: keep } } })

const listed = ({ inputs }: Call): [Value, readonly Value[]] => inputs as [Value, readonly Value[]]

export const PRODUCTS: Readonly<Record<string, Mapping>> = {
  dense: gemm(),
  denseRelu: {
    nodes: 'Gemm, Relu',
    draw: (graph, call) => graph.node('Relu', [graph.node('Gemm', single(call), { shape: call.shape })]),
  },
  matmul: { nodes: 'MatMul', draw: (graph, call) => graph.node('MatMul', single(call), { shape: call.shape }) },
  matmulNT: gemm({ transB: { int: 1 } }),
  matmulTN: gemm({ transA: { int: 1 } }),
  batchMatmul: {
    nodes: 'MatMul',
    draw: (graph, call) => {
      const [a, b] = single(call)
      return matMul(graph, a, b, call.shape)
    },
  },
  batchMatmulNT: {
    nodes: 'Transpose, MatMul',
    draw: (graph, call) => {
      const [a, b] = single(call)
      return matMul(graph, a, transposed(graph, b), call.shape)
    },
  },
  batchMatmulTN: {
    nodes: 'Transpose, MatMul',
    draw: (graph, call) => {
      const [a, b] = single(call)
      return matMul(graph, transposed(graph, a), b, call.shape)
    },
  },
  /** The weights of each row as a matrix of one row, by its experts as one of as many. */
  mix: {
    nodes: 'Unsqueeze, Concat, MatMul, Squeeze',
    draw: (graph, call) => {
      const [weights, experts] = listed(call)
      const [b, d] = call.shape
      const mixed = matMul(graph, unsqueezed(graph, weights, 1), stacked(graph, experts), [b, fixed(1), d])
      return graph.node('Squeeze', [mixed, axis(graph, 1)], { shape: call.shape })
    },
  },
  mixDot: {
    nodes: 'Unsqueeze, Concat, Mul, ReduceSum',
    draw: (graph, call) => {
      const [x, experts] = listed(call)
      const products = graph.node('Mul', [unsqueezed(graph, x, 1), stacked(graph, experts)])
      return summed(graph, products, 2, call.shape, 0)
    },
  },
  mixScale: {
    nodes: 'Slice, Mul',
    draw: (graph, call) => {
      const [weights, x] = single(call)
      const index = call.setting('index') as number
      const column = graph.node('Slice', [weights, axis(graph, index), axis(graph, index + 1), axis(graph, 1)], {
        shape: [weights.shape[0], fixed(1)],
      })
      return graph.node('Mul', [column, x], { shape: call.shape })
    },
  },
  softmax: overLast('Softmax'),
  logSoftmax: overLast('LogSoftmax'),
  /** y·(g − ⟨g, y⟩) */
  softmaxGradient: {
    nodes: 'Mul, ReduceSum, Sub, Mul',
    draw: (graph, call) => {
      const [g, y] = single(call)
      const kept = [...call.shape.slice(0, -1), fixed(1)]
      const inner = summed(graph, graph.node('Mul', [g, y]), call.shape.length - 1, kept, 1)
      return graph.node('Mul', [y, graph.node('Sub', [g, inner])])
    },
  },
}

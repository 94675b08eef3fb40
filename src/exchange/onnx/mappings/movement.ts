/** Numbers under another shape, parts of an axis and axes that go: ONNX's nodes on the axes that were meant. */
import { fixed } from '../extent.ts'
import type { Extent } from '../extent.ts'
import type { Graph } from '../graph.ts'
import type { Value } from '../file.ts'
import { expanded, reshaped, single, unsqueezed } from './mapping.ts'
import type { Call, Mapping } from './mapping.ts'

const MIDDLE = 1

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** From the last opset on in which the axes of most reductions are an attribute, they are an input. */
const AXES_ARE_INPUT = 18

function reduced(graph: Graph, op: string, x: Value, axes: readonly number[], keep: boolean, call: Call): Value {
  const { shape } = call
  if (axes.length === 0) return graph.node('Identity', [x], { shape })
  const keepdims = { keepdims: { int: keep ? 1 : 0 } }
  if (op === 'ReduceSum' || graph.opset >= AXES_ARE_INPUT)
    return graph.node(op, [x, graph.constant('int64', axes, [axes.length])], { shape, attributes: keepdims })
  return graph.node(op, [x], { shape, attributes: { axes: { ints: axes }, ...keepdims } })
}

/** Of the op, whose middle axis goes. */
const reduction = (op: string): Mapping => ({
  nodes: op,
  draw: (graph, call) => reduced(graph, op, single(call)[0], [MIDDLE], false, call),
})

/** Of the function that is made of it. */
const reductionOver = (op: string): Mapping => ({
  nodes: op,
  draw: (graph, call) => {
    const [x] = single(call)
    const given = call.setting('axis') as number | readonly number[] | undefined
    const rank = x.shape.length
    const axes = given === undefined ? x.shape.map((_, axis) => axis) : [given].flat()
    const resolved = axes.map((axis) => positive(axis, rank)).sort((a, b) => a - b)
    return reduced(graph, op, x, resolved, call.setting('keepDims') === true, call)
  },
})

const concatenated = (graph: Graph, parts: readonly Value[], axis: number, call: Call): Value =>
  graph.node('Concat', parts, { type: parts[0].type, shape: call.shape, attributes: { axis: { int: axis } } })

const sliced = (graph: Graph, x: Value, axis: number, [start, end]: readonly Extent[], call: Call): Value =>
  graph.node('Slice', [x, graph.integers([start]), graph.integers([end]), graph.constant('int64', [axis], [1])], {
    shape: call.shape,
  })

const padded = (graph: Graph, x: Value, axis: number, start: Extent, call: Call): Value => {
  const [whole, part] = [call.shape[axis], x.shape[axis]]
  const behind = { times: whole.times - start.times - part.times, plus: whole.plus - start.plus - part.plus }
  const around = (extent: Extent): Extent[] => x.shape.map((_, index) => (index === axis ? extent : fixed(0)))
  return graph.node('Pad', [x, graph.integers([...around(start), ...around(behind)])], { shape: call.shape })
}

const shifted = (position: Extent, by: Extent): Extent => ({
  times: position.times + by.times,
  plus: position.plus + by.plus,
})

export const MOVEMENT: Readonly<Record<string, Mapping>> = {
  reshape: { nodes: 'Reshape', draw: (graph, call) => reshaped(graph, single(call)[0], call.shape) },
  repeat: {
    nodes: 'Unsqueeze, Expand',
    draw: (graph, call) => expanded(graph, unsqueezed(graph, single(call)[0], MIDDLE), call.shape),
  },
  swap: {
    nodes: 'Transpose',
    draw: (graph, call) =>
      graph.node('Transpose', single(call), { shape: call.shape, attributes: { perm: { ints: [0, 2, 1, 3] } } }),
  },
  sum: reduction('ReduceSum'),
  max: reduction('ReduceMax'),
  min: reduction('ReduceMin'),
  logSumExp: reduction('ReduceLogSumExp'),
  concat: {
    nodes: 'Concat',
    draw: (graph, call) => concatenated(graph, call.inputs[0] as readonly Value[], MIDDLE, call),
  },
  slice: {
    nodes: 'Slice',
    draw: (graph, call) => {
      const start = call.extent('start') ?? fixed(0)
      return sliced(graph, single(call)[0], MIDDLE, [start, shifted(start, call.shape[MIDDLE])], call)
    },
  },
  pad: {
    nodes: 'Pad',
    draw: (graph, call) => padded(graph, single(call)[0], MIDDLE, call.extent('start') ?? fixed(0), call),
  },
}

/** Functions of ops that one node says, where the ops would be several. */
export const FUNCTIONS_THAT_MOVE: Readonly<Record<string, Mapping>> = {
  broadcastTo: { nodes: 'Expand', draw: (graph, call) => expanded(graph, single(call)[0], call.shape) },
  permute: {
    nodes: 'Transpose',
    draw: (graph, call) => {
      const [x] = single(call)
      const order = call.setting('list') as readonly number[]
      const perm = { ints: order.map((axis) => positive(axis, x.shape.length)) }
      return graph.node('Transpose', [x], { shape: call.shape, attributes: { perm } })
    },
  },
  sum: reductionOver('ReduceSum'),
  max: reductionOver('ReduceMax'),
  min: reductionOver('ReduceMin'),
  mean: reductionOver('ReduceMean'),
  logSumExp: reductionOver('ReduceLogSumExp'),
  concat: {
    nodes: 'Concat',
    draw: (graph, call) => {
      const axis = positive(call.setting('axis') as number, call.shape.length)
      return concatenated(graph, call.inputs[0] as readonly Value[], axis, call)
    },
  },
  slice: {
    nodes: 'Slice',
    draw: (graph, call) => {
      const [x] = single(call)
      const axis = positive(call.setting('axis') as number, call.shape.length)
      const found = call.extent('start') ?? fixed(0)
      const start = found.times === 0 && found.plus < 0 ? shifted(found, x.shape[axis]) : found
      return sliced(graph, x, axis, [start, shifted(start, call.shape[axis])], call)
    },
  },
  pad: {
    nodes: 'Pad',
    draw: (graph, call) => {
      const axis = positive(call.setting('axis') as number, call.shape.length)
      return padded(graph, single(call)[0], axis, call.extent('start') ?? fixed(0), call)
    },
  },
  argmax: {
    nodes: 'ArgMax',
    draw: (graph, call) => {
      const [x] = single(call)
      const axis = positive((call.setting('axis') as number | undefined) ?? -1, x.shape.length)
      const attributes = { axis: { int: axis }, keepdims: { int: 0 } }
      return graph.node('ArgMax', [x], { type: 'int64', shape: call.shape, attributes })
    },
  },
}

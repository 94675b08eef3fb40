/** What one call of a trace becomes in ONNX. A mapping draws nodes and refuses what its call has that they cannot say. */
import { fixed, isFixed } from '../extent.ts'
import type { Extent } from '../extent.ts'
import { unrepeated } from '../graph.ts'
import type { Graph } from '../graph.ts'
import type { Attribute, Value } from '../file.ts'

/** A call as all traces agree on it. */
export interface Call {
  readonly name: string
  /** Tensors and ids in their order; a list where one is given. */
  readonly inputs: readonly (Value | readonly Value[])[]
  /** Of the result. */
  readonly shape: readonly Extent[]
  /** A setting that may not depend on the batch. Throws where it does. */
  readonly setting: (name: string) => unknown
  /** A setting that is a position or a length, and may follow from the batch; undefined where it was not given. */
  readonly extent: (name: string) => Extent | undefined
}

export interface Mapping {
  /** The nodes that it draws, for people: `Gemm, Relu`. */
  readonly nodes: string
  readonly draw: (graph: Graph, call: Call) => Value
}

/** The inputs that are no lists. */
export const single = ({ inputs }: Call): readonly Value[] => inputs as readonly Value[]

/** One node that keeps the shape of its one input. */
export const unary = (
  op: string,
  attributes: (call: Call) => Readonly<Record<string, Attribute>> = () => ({}),
): Mapping => ({
  nodes: op,
  draw: (graph, call) => graph.node(op, single(call), { shape: call.shape, attributes: attributes(call) }),
})

/** One node of operands that broadcast. */
export const elementwise = (op: string): Mapping => ({
  nodes: op,
  draw: (graph, call) => graph.node(op, unrepeated(graph, single(call), call.shape), { shape: call.shape }),
})

export const number = (graph: Graph, value: number): Value => graph.constant('float', [value])

/** The number 1 where something is true, else 0. */
export function truthAsNumber(graph: Graph, truth: Value): Value {
  const made = graph.node('Cast', [truth], { shape: truth.shape, attributes: { to: { int: 1 } } })
  graph.truths.set(made, truth)
  return made
}

/** Whether a number is not 0. */
export const isTrue = (graph: Graph, x: Value): Value =>
  graph.truths.get(x) ?? graph.node('Cast', [x], { type: 'bool', attributes: { to: { int: 9 } } })

/** The same numbers under another shape. */
export function reshaped(graph: Graph, x: Value, shape: readonly Extent[]): Value {
  const open = shape.filter((extent) => !isFixed(extent))
  const nothing = shape.some((extent) => isFixed(extent) && extent.plus === 0)
  // One axis that follows from the others needs no arithmetic; where others are 0 it does not follow.
  const target = open.length === 1 && !nothing ? shape.map((extent) => (isFixed(extent) ? extent : fixed(-1))) : shape
  const attributes: Readonly<Record<string, Attribute>> = nothing || open.length > 1 ? { allowzero: { int: 1 } } : {}
  return graph.node('Reshape', [x, graph.integers(target)], { type: x.type, shape, attributes })
}

/** An axis of extent 1 put in. */
export function unsqueezed(graph: Graph, x: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), fixed(1), ...x.shape.slice(axis)]
  return graph.node('Unsqueeze', [x, graph.constant('int64', [axis], [1])], { type: x.type, shape })
}

/** x repeated up to a shape, which element-wise nodes do by themselves. */
export function expanded(graph: Graph, x: Value, shape: readonly Extent[]): Value {
  const made = graph.node('Expand', [x, graph.integers(shape)], { type: x.type, shape })
  graph.repeated.set(made, graph.repeated.get(x) ?? x)
  return made
}

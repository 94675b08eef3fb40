/**
 * An ONNX graph as it is drawn: nodes one by one, each with one output, and the numbers that they read. What no output
 * needs is left out in the end. It refuses to know what the nodes mean.
 */
import type { Floats } from '../../kernels/index.ts'
import { BATCH, alikeShapes, broadcast, fixed, isFixed } from './extent.ts'
import type { Extent } from './extent.ts'
import type { Attribute, FileContents, Initializer, Node, Port, Type, Value } from './file.ts'

/** Settings of a node, and what it makes where that is no float of the shape that its inputs broadcast to. */
export interface NodeOptions {
  readonly type?: Type
  readonly shape?: readonly Extent[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly domain?: string
}

export interface Graph {
  readonly opset: number
  /** What nodes to come are named after. */
  within: string
  /** A node of that ONNX operator, and what it makes. */
  node(op: string, inputs: readonly (Value | undefined)[], options?: NodeOptions): Value
  /** Numbers of a shape, once for all who name the same ones. */
  constant(type: 'float' | 'int64' | 'double', values: ArrayLike<number>, shape?: readonly number[]): Value
  /** The numbers of a parameter, once. */
  weight(path: string, values: Floats, shape: readonly number[]): Value
  /** Whole numbers (n), of which some may follow from the batch. */
  integers(extents: readonly Extent[]): Value
  input(name: string, type: Type, shape: readonly Extent[], about: string): Value
  output(name: string, value: Value, about: string): void
  /** The truth of a number that is 1 or 0, where it was made of one. */
  readonly truths: Map<Value, Value>
  /** The ids of which these are, with −1 in the place of 0. */
  readonly padded: Map<Value, Value>
  /** What a value repeats, where it only repeats. */
  readonly repeated: Map<Value, Value>
  /** All that outputs need. */
  contents(): Pick<FileContents, 'nodes' | 'initializers' | 'inputs' | 'outputs'>
}

/** Bytes of a constant that is looked for among those that there are. */
const SHORT = 64

const bytesOf = (type: 'float' | 'int64' | 'double', values: ArrayLike<number>): Uint8Array => {
  // What is there already is not copied before all of the file is.
  if (type === 'float' && values instanceof Float32Array)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const numbers =
    type === 'float'
      ? Float32Array.from(values)
      : type === 'double'
        ? Float64Array.from(values)
        : BigInt64Array.from(Array.from(values, BigInt))
  return new Uint8Array(numbers.buffer)
}

/** An empty graph, whose nodes and numbers will have none of the names that are reserved for inputs and outputs. */
export function graphOf(opset: number, reserved: readonly string[]): Graph {
  const taken = new Set(reserved)
  const nodes: Node[] = []
  const initializers = new Map<string, Initializer>()
  const inputs: Port[] = []
  const outputs: Port[] = []
  const makers = new Map<Value, Node>()
  let size: Value | undefined

  const unique = (name: string): string => {
    let own = name
    for (let count = 2; taken.has(own); count++) own = `${name}_${count}`
    taken.add(own)
    return own
  }
  const initializer = (key: string, name: string, type: Type, bytes: Uint8Array, shape: readonly number[]): Value => {
    const known = initializers.get(key)
    if (known) return known.value
    const value: Value = { name: unique(name), type, shape: shape.map(fixed) }
    initializers.set(key, { value, bytes })
    return value
  }

  const graph: Graph = {
    opset,
    within: '',
    truths: new Map(),
    padded: new Map(),
    repeated: new Map(),
    node(op, given, options = {}) {
      const { type = 'float', attributes = {}, domain = '' } = options
      const shapes = given.flatMap((input) => (input ? [input.shape] : []))
      const shape = options.shape ?? broadcast(shapes) ?? []
      const name = unique(`${graph.within}/${op}`)
      const output: Value = { name: `${name}:0`, type, shape }
      const node: Node = { name, op, inputs: given, output, attributes, domain }
      nodes.push(node)
      makers.set(output, node)
      return output
    },
    constant(type, values, shape = []) {
      const bytes = bytesOf(type, values)
      const what = bytes.length <= SHORT ? bytes.join() : `number ${initializers.size}`
      return initializer(`${type} ${shape.join('x')} ${what}`, 'constant', type, bytes, shape)
    },
    weight: (path, values, shape) => initializer(`weight ${path}`, path, 'float', bytesOf('float', values), shape),
    integers(extents) {
      if (extents.every(isFixed))
        return graph.constant(
          'int64',
          extents.map(({ plus }) => plus),
          [extents.length],
        )
      const one = { type: 'int64', shape: [fixed(1)] } as const
      const batched = inputs.find(({ value }) => value.shape.some((extent) => extent === BATCH))
      if (!batched) throw new Error('graphOf: expected an input that has the batch')
      const { within } = graph
      graph.within = 'batch'
      const { value } = batched
      size ??= graph.node(
        'Gather',
        [
          graph.node('Shape', [value], { type: 'int64', shape: [fixed(value.shape.length)] }),
          graph.constant('int64', [value.shape.indexOf(BATCH)], [1]),
        ],
        one,
      )
      const batch = size
      graph.within = within
      const whole = (count: number): Value => graph.constant('int64', [count], [1])
      const parts = extents.map(({ times, plus }) => {
        if (times === 0) return whole(plus)
        const scaled = times === 1 ? batch : graph.node('Mul', [batch, whole(times)], one)
        return plus === 0 ? scaled : graph.node('Add', [scaled, whole(plus)], one)
      })
      if (parts.length === 1) return parts[0]
      return graph.node('Concat', parts, {
        type: 'int64',
        shape: [fixed(parts.length)],
        attributes: { axis: { int: 0 } },
      })
    },
    input(name, type, shape, about) {
      const value: Value = { name, type, shape }
      inputs.push({ value, about })
      return value
    },
    output(name, value, about) {
      const free = makers.has(value) && !outputs.some((port) => port.value === value)
      const own = free ? value : graph.node('Identity', [value], { type: value.type, shape: value.shape })
      own.name = name
      outputs.push({ value: own, about })
    },
    contents() {
      const needed = new Set<Value>(outputs.map(({ value }) => value))
      const kept = [...nodes].reverse().filter(({ output, inputs }) => {
        if (!needed.has(output)) return false
        for (const input of inputs) if (input) needed.add(input)
        return true
      })
      return {
        nodes: kept.reverse(),
        initializers: [...initializers.values()].filter(({ value }) => needed.has(value)),
        inputs,
        outputs,
      }
    },
  }
  return graph
}

/**
 * Operands of an element-wise node without what ONNX repeats by itself, where it comes to the same shape.
 */
export function unrepeated(graph: Graph, operands: readonly Value[], shape: readonly Extent[]): readonly Value[] {
  const short = operands.map((operand) => graph.repeated.get(operand) ?? operand)
  const reached = broadcast(short.map((operand) => operand.shape))
  return reached && alikeShapes(reached, shape) ? short : operands
}

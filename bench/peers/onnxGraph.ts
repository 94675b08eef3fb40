/** A PLE of ours as an ONNX graph with the same weights: ids in, probabilities out. It exports no other model. */
import { parameters } from '../../src/index.ts'
import { SHARED } from '../../src/layers.ts'
import { audible } from '../../src/models/index.ts'
import type { PLE } from '../../src/index.ts'
import { constant, node, onnxModel } from './onnxBytes.ts'

/**
 * How the 16 tables are read: 'each' by a gather per feature, as PyTorch's exporter writes it; 'one' by a single gather
 * in all tables laid one after the other, as someone would rewrite it for speed.
 */
export type Reading = 'each' | 'one'

export function pleGraph(model: PLE, reading: Reading): Uint8Array {
  const nodes: Uint8Array[] = []
  const constants: Uint8Array[] = []
  const own = parameters(model)
  const keep = (name: string, shape: readonly number[], values: Float32Array | Int32Array | BigInt64Array): string => {
    constants.push(constant(name, shape, values))
    return name
  }
  const parameter = (path: string): string => keep(path, own[path].shape, Float32Array.from(own[path].values))
  const apply = (op: string, inputs: readonly string[], attributes?: Parameters<typeof node>[3]): string => {
    const output = `${op}${nodes.length}`
    nodes.push(node(op, inputs, output, attributes))
    return output
  }
  const whole = (...values: number[]): string =>
    keep(`whole${constants.length}`, [values.length], BigInt64Array.from(values, BigInt))
  const dense = (x: string, path: string): string =>
    apply('Relu', [apply('Gemm', [x, parameter(`${path}.layers.0.weight`), parameter(`${path}.layers.0.bias`)])])

  const tables = Object.entries(model.embedding.tables)
  const width = model.embedding.width
  const embedded = (): string => {
    if (reading === 'each')
      return apply(
        'Concat',
        tables.map(([name], at) => {
          const ids = apply('Gather', ['ids', keep(`at${at}`, [], Int32Array.of(at))], { axis: 1 })
          return apply('Gather', [parameter(`embedding.tables.${name}`), ids], { axis: 0 })
        }),
        { axis: 1 },
      )
    const [vocabulary, dimension] = tables[0][1].shape
    const all = Float32Array.from(tables.flatMap(([, table]) => [...table.values]))
    const starts = Int32Array.from(tables, (_, at) => at * vocabulary)
    const ids = apply('Add', ['ids', keep('starts', [tables.length], starts)])
    const rows = apply('Gather', [keep('tables', [tables.length * vocabulary, dimension], all), ids], { axis: 0 })
    return apply('Reshape', [rows, whole(-1, width)])
  }

  const x = embedded()
  const tasks = Object.keys(model.tasks)
  const groups = [...tasks, SHARED]
  let signals: Record<string, string> = Object.fromEntries(groups.map((group) => [group, x]))
  model.levels.forEach(({ gates }, level) => {
    const experts = Object.fromEntries(
      groups.map((group) => [group, dense(signals[group], `levels.${level}.experts.${group}.0`)]),
    )
    signals = Object.fromEntries(
      Object.keys(gates).map((listener) => {
        const scores = apply('MatMul', [
          signals[listener],
          parameter(`levels.${level}.gates.${listener}.output.weight`),
        ])
        const weights = apply('Unsqueeze', [apply('Softmax', [scores], { axis: 1 }), whole(1)])
        const stacked = apply(
          'Concat',
          audible(listener, groups).map((group) => apply('Unsqueeze', [experts[group], whole(1)])),
          { axis: 1 },
        )
        return [listener, apply('Squeeze', [apply('MatMul', [weights, stacked]), whole(1)])]
      }),
    )
  })
  const logits = tasks.map((task) => {
    const product = apply('MatMul', [dense(signals[task], `towers.${task}`), parameter(`towers.${task}.output.weight`)])
    return apply('Add', [product, parameter(`towers.${task}.bias`)])
  })
  nodes.push(node('Sigmoid', [apply('Concat', logits, { axis: 1 })], 'probabilities'))
  return onnxModel({
    nodes,
    constants,
    inputs: [{ name: 'ids', type: 'int32', shape: ['rows', tables.length] }],
    outputs: [{ name: 'probabilities', type: 'float', shape: ['rows', tasks.length] }],
  })
}

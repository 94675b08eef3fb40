/** Numbers of dense features as ONNX has them: as a model reads them, or to be scaled by nodes in float64. It refuses nothing. */
import type { DenseFeature, Scaling } from '../../data/index.ts'
import { BATCH, fixed } from './extent.ts'
import type { Type, Value } from './file.ts'
import type { Graph } from './graph.ts'

/** What numbers of a feature are, for whoever has to make them. */
export function aboutNumbers({ transform, scaling }: DenseFeature): string {
  if (transform) return 'numbers that were transformed: ONNX holds no function of yours'
  if (!scaling) return ''
  return `numbers that were scaled${scaling.indicator ? ', and behind them 1 for each that was missing' : ''}: with encode, the file scales them`
}

/** sign(x)·log(1 + |x|) of numbers in float64, with all their digits where they are small: log(u)·x/(u − 1), u = 1 + x. */
function logarithm(graph: Graph, x: Value): Value {
  const node = (op: string, inputs: readonly Value[], type: Type = 'double'): Value =>
    graph.node(op, inputs, { type, shape: x.shape })
  const one = graph.constant('double', [1])
  const far = node('Abs', [x])
  const beyond = node('Add', [far, one])
  const log = node('Div', [node('Mul', [node('Log', [beyond]), far]), node('Sub', [beyond, one])])
  return node('Mul', [node('Sign', [x]), node('Where', [node('Equal', [beyond, one], 'bool'), far, log])])
}

/** What a model reads of a feature, made of numbers as they come, step by step as `scaled` of data has it. */
export function scaledInput(graph: Graph, { name, dimension }: DenseFeature, scaling: Scaling): Value {
  const { missing, indicator, least, most, log, mean, deviation } = scaling
  const shape = [BATCH, fixed(dimension)]
  const given = graph.input(name, 'double', shape, `numbers${missing ? ', NaN where missing' : ''}`)
  const numbers = (values: readonly number[]): Value => graph.constant('double', values, [dimension])
  const node = (op: string, inputs: readonly Value[], type: Type = 'double', to?: number): Value =>
    graph.node(op, inputs, { type, shape, ...(to !== undefined && { attributes: { to: { int: to } } }) })
  const lost = node('IsNaN', [given], 'bool')
  let x = missing ? node('Where', [lost, numbers(missing), given]) : given
  if (least) x = node('Max', [x, numbers(least)])
  if (most) x = node('Min', [x, numbers(most)])
  if (log) x = logarithm(graph, x)
  if (mean) x = node('Sub', [x, numbers(mean)])
  if (deviation) x = node('Div', [x, numbers(deviation)])
  const narrow = node('Cast', [x], 'float', 1)
  if (!indicator) return narrow
  return graph.node('Concat', [narrow, node('Cast', [lost], 'float', 1)], {
    shape: [BATCH, fixed(2 * dimension)],
    attributes: { axis: { int: 1 } },
  })
}

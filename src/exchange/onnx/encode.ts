/**
 * The inputs of a model as ONNX has them: ids and numbers, or, where encoding is inside, the values that vocabularies make
 * ids of. What ONNX cannot encode takes ids, and its input says so; it refuses numbers that float32 does not tell apart.
 */
import { MISSING_ID, UNKNOWN_ID, widthOf } from '../../data/index.ts'
import type { Feature, SparseFeature, VarLenFeature } from '../../data/index.ts'
import { aboutNumbers, scaledInput } from './scaled.ts'
import { BATCH, fixed } from './extent.ts'
import type { Extent } from './extent.ts'
import type { Graph } from './graph.ts'
import type { Attribute, Value } from './file.ts'

/** The domain of nodes that encode. */
export const ML = 'ai.onnx.ml'

/** A whole number that stands for a missing one, where keys are whole: the least that int64 has. */
export const MISSING_INTEGER = -(2n ** 63n)

/** The edges of bins by feature: see `binOf`. */
export type Bins = Readonly<Record<string, readonly number[]>>

type Embedded = SparseFeature | VarLenFeature

/** What ids of a feature are, for whoever has to make them. */
function aboutIds(feature: Embedded): string {
  const { vocabularySize, vocabulary, hashBuckets, edges } = feature
  const range = `ids from 0 to ${vocabularySize - 1}`
  const padding = feature.kind === 'varLen' ? `, 0 behind the last of at most ${feature.maxLength}` : ''
  if (feature.kind === 'sparse' && feature.crosses)
    return `${range}: hashTuple of plegrad/encoding of ${feature.crosses.join(', ')} into ${hashBuckets} buckets, for ONNX has no such hash`
  if (hashBuckets !== undefined)
    return `${range}: hashBucket of plegrad/encoding into ${hashBuckets} buckets, for ONNX has no such hash${padding}`
  if (vocabulary)
    return `${range}: ${MISSING_ID} is missing, ${UNKNOWN_ID} unknown, the value at position i of the vocabulary i + 2${padding}`
  if (edges)
    return `${range}: ${MISSING_ID} is missing, and others 1 and how many of ${edges.length} edges lie below${padding}`
  return range + padding
}

const labelEncoder = (graph: Graph, x: Value, keys: Attribute, ids: readonly number[], of: string): Value =>
  graph.node('LabelEncoder', [x], {
    type: 'int64',
    shape: x.shape,
    domain: ML,
    attributes: { [`keys_${of}`]: keys, values_int64s: { ints: ids }, default_int64: { int: UNKNOWN_ID } },
  })

/** The ids of numbers that are not all whole. */
function encodedFloats(who: string, graph: Graph, { name, vocabulary }: Embedded, shape: readonly Extent[]): Value {
  const keys = vocabulary!.values as readonly number[]
  const narrow = new Map<number, number>()
  for (const key of keys) {
    const twin = narrow.get(Math.fround(key))
    if (twin !== undefined || !Number.isFinite(Math.fround(key)))
      throw new RangeError(
        `${who}: expected values of '${name}' that float32 tells apart but got ${twin === undefined ? key : `${twin} and ${key}`}: because ONNX looks numbers up in float32; export without encode, and make ids by its vocabulary`,
      )
    narrow.set(Math.fround(key), key)
  }
  const x = graph.input(name, 'float', shape, 'values, NaN where missing')
  const ids = keys.map((_, at) => at + 2)
  const found = labelEncoder(graph, x, { floats: [...narrow.keys()] }, ids, 'floats')
  const missing = graph.node('IsNaN', [x], { type: 'bool', shape })
  return graph.node('Where', [missing, graph.constant('int64', [MISSING_ID]), found], { type: 'int64', shape })
}

/** The ids of a feature's values, as its vocabulary has them. */
function encoded(who: string, graph: Graph, feature: Embedded, shape: readonly Extent[]): Value {
  const { name } = feature
  const keys = feature.vocabulary!.values
  const ids = [MISSING_ID, ...keys.map((_, at) => at + 2)]
  const padding = feature.kind === 'varLen' ? ' and behind the last' : ''
  if (typeof (keys[0] ?? '') === 'string') {
    const x = graph.input(name, 'string', shape, `values, '' where missing${padding}`)
    return labelEncoder(graph, x, { strings: ['', ...(keys as readonly string[])] }, ids, 'strings')
  }
  if (!keys.every(Number.isInteger)) return encodedFloats(who, graph, feature, shape)
  const x = graph.input(name, 'int64', shape, `values, ${MISSING_INTEGER} where missing${padding}`)
  return labelEncoder(graph, x, { ints: [MISSING_INTEGER, ...(keys as readonly number[]).map(BigInt)] }, ids, 'int64s')
}

/** The bin of numbers: how many edges lie below. In float64, as `binOf` compares them. */
function binned(graph: Graph, x: Value, edges: readonly number[]): Value {
  const { shape } = x
  const last = graph.constant('int64', [-1], [1])
  const wide = graph.node('Unsqueeze', [x, last], { type: 'double', shape: [...shape, fixed(1)] })
  const all = [...shape, fixed(edges.length)]
  const below = graph.node('Less', [graph.constant('double', edges, [edges.length]), wide], {
    type: 'bool',
    shape: all,
  })
  const counted = graph.node('Cast', [below], { type: 'int64', shape: all, attributes: { to: { int: 7 } } })
  return graph.node('ReduceSum', [counted, last], { type: 'int64', shape, attributes: { keepdims: { int: 0 } } })
}

/** The ids of numbers that lie between a feature's own edges. */
function between(graph: Graph, name: string, edges: readonly number[], shape: readonly Extent[]): Value {
  const x = graph.input(name, 'double', shape, `numbers between ${edges.length} edges, NaN where missing`)
  const ids = graph.node('Add', [binned(graph, x, edges), graph.constant('int64', [1])], { type: 'int64', shape })
  const missing = graph.node('IsNaN', [x], { type: 'bool', shape })
  return graph.node('Where', [missing, graph.constant('int64', [MISSING_ID]), ids], { type: 'int64', shape })
}

/** The inputs of a model's features, and what of them its ops read: by the name of a feature or of a column of weights. */
export function inputsOf(
  who: string,
  graph: Graph,
  features: readonly Feature[],
  encode: boolean,
  bins: Bins,
): ReadonlyMap<string, Value> {
  const read = new Map<string, Value>()
  for (const feature of features) {
    const { name } = feature
    graph.within = name
    if (feature.kind === 'dense') {
      read.set(
        name,
        encode && feature.scaling
          ? scaledInput(graph, feature, feature.scaling)
          : graph.input(name, 'float', [BATCH, fixed(widthOf(feature))], aboutNumbers(feature)),
      )
      continue
    }
    const shape = feature.kind === 'sparse' ? [BATCH] : [BATCH, fixed(feature.maxLength)]
    read.set(
      name,
      Object.hasOwn(bins, name)
        ? binned(
            graph,
            graph.input(name, 'double', shape, `numbers, for bins between ${bins[name].length} edges`),
            bins[name],
          )
        : encode && feature.edges
          ? between(graph, name, feature.edges, shape)
          : encode && feature.vocabulary
            ? encoded(who, graph, feature, shape)
            : graph.input(name, 'int64', shape, aboutIds(feature)),
    )
    if (feature.kind === 'varLen' && feature.weights !== undefined && !read.has(feature.weights))
      read.set(
        feature.weights,
        graph.input(feature.weights, 'float', shape, `a weight for each of '${name}', 0 behind the last`),
      )
  }
  return read
}

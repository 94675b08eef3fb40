/**
 * Several runs of one function as one graph: a node or several for each call that outputs need, and numbers for what no call
 * made. It refuses numbers that come of inputs by other ways than ops.
 */
import type { Floats } from '../../kernels/index.ts'
import { Ids, showShape } from '../../tensor/index.ts'
import { agreementOf } from './agreement.ts'
import type { Runs } from './agreement.ts'
import { alikeShapes, isFixed } from './extent.ts'
import type { Graph } from './graph.ts'
import type { Value } from './file.ts'
import { mappingOf } from './mappings/index.ts'
import type { Call } from './mappings/index.ts'
import { expanded, reshaped } from './mappings/mapping.ts'
import { isLeaf } from './trace.ts'
import type { Leaf, Traced } from './trace.ts'

/** What there is to know beside the runs. */
export interface Known {
  /** What an input of each run is in the graph. */
  readonly inputs: readonly ReadonlyMap<Leaf, Value>[]
  /** The path of memory that a parameter has. */
  readonly paths: ReadonlyMap<unknown, string>
}

/** The numbers of a leaf that is at hand. */
function numbersOf(who: string, leaf: Leaf): Floats | Int32Array {
  const { backend, buffer } = leaf
  const numbers = leaf instanceof Ids ? backend.viewIds(buffer) : backend.view(buffer)
  if (!numbers) throw new Error(`${who}: expected numbers at hand but they are on ${backend.name}`)
  return numbers
}

const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  for (let at = 0; at < a.length; at++) if (!Object.is(a[at], b[at])) return false
  return a.length === b.length
}

/** Parameters that their layer may be called after. */
const OWN_NAME = /\.(?:weight|bias|alpha|scale|shift|running\w+)$/

/** The values of a graph for what outputs of runs are. */
export function translate(given: Runs, { inputs, paths }: Known, graph: Graph): readonly Value[] {
  const { who, runs } = given
  const agreement = agreementOf(given)
  const values = new Map<Leaf, Value>()
  const made = new Map<number, Value>()
  const weights = new Set<Value>()

  /** The same in each run, if it is an input. */
  const inputOf = (leaves: readonly Leaf[]): Value | undefined => {
    const input = inputs[0].get(leaves[0])
    agreement.refuseOthers((run) => inputs[run].get(leaves[run]) !== input)
    return input
  }

  /** What had the memory of leaves that nobody made, before they were: an input, or what a call made. */
  const originalsOf = (leaves: readonly Leaf[]): readonly Leaf[] | undefined => {
    const originals = leaves.map((leaf, run) => runs[run].first.get(leaf.buffer))
    return originals.every(isLeaf) && originals[0] !== leaves[0] ? originals : undefined
  }

  const constantOf = (leaves: readonly Leaf[]): Value => {
    const numbers = leaves.map((leaf) => numbersOf(who, leaf))
    const shape = agreement.shapeOf(leaves)
    const [leaf] = leaves
    const type = leaf instanceof Ids ? 'int64' : 'float'
    if (shape.every(isFixed) && numbers.every((each) => sameNumbers(each, numbers[0]))) {
      const path = paths.get(leaf.buffer)
      if (path === undefined) return graph.constant(type, numbers[0], leaf.shape)
      const weight = graph.weight(path, numbers[0] as Floats, leaf.shape)
      weights.add(weight)
      return weight
    }
    const [value = 0] = numbers[0]
    if (numbers.every((each) => (each as Floats).every((other) => Object.is(other, value))))
      return expanded(graph, graph.constant(type, [value]), shape)
    throw new RangeError(
      `${who}: expected numbers that come of inputs by ops but got ${showShape(leaf.shape)} that do not: because they differ from run to run, as those of onHost do, and those that are read from values`,
    )
  }

  const valueOf = (leaves: readonly Leaf[]): Value => {
    const known = values.get(leaves[0])
    if (known) return known
    const found = inputOf(leaves) ?? madeOf(leaves)
    values.set(leaves[0], found)
    return found
  }
  const madeOf = (leaves: readonly Leaf[]): Value => {
    const maker = agreement.makerOf(leaves)
    if (maker) return made.get(maker.call)!
    const originals = originalsOf(leaves)
    if (!originals) return constantOf(leaves)
    const [original, shape] = [valueOf(originals), agreement.shapeOf(leaves)]
    return alikeShapes(original.shape, shape) ? original : reshaped(graph, original, shape)
  }

  const callOf = (calls: readonly Traced[], results: readonly Leaf[]): Call => ({
    name: calls[0].name,
    inputs: calls[0].inputs.map((input, at) =>
      isLeaf(input)
        ? valueOf(calls.map((call) => call.inputs[at] as Leaf))
        : input.map((_, place) => valueOf(calls.map((call) => (call.inputs[at] as readonly Leaf[])[place]))),
    ),
    shape: agreement.shapeOf(results),
    setting: (setting) => agreement.settingOf(calls, setting),
    extent: (setting) => agreement.positionOf(calls, setting),
  })

  const outputs = runs[0].outputs.map((_, at) => runs.map((run) => run.outputs[at]))
  /** By call, what it returned in each run. */
  const needed = new Map<number, readonly Leaf[]>()
  const waiting: (readonly Leaf[])[] = [...outputs]
  const seen = new Set<Leaf>()
  for (let leaves = waiting.pop(); leaves; leaves = waiting.pop()) {
    if (seen.has(leaves[0]) || inputOf(leaves)) continue
    seen.add(leaves[0])
    const maker = agreement.makerOf(leaves)
    const originals = originalsOf(leaves)
    if (maker) {
      needed.set(maker.call, leaves)
      const calls = agreement.callsOf(maker.call).map((call) => call.inputs.flat())
      for (const place of calls[0].keys()) waiting.push(calls.map((call) => call[place]))
    } else if (originals) waiting.push(originals)
  }

  let count = 0
  for (const [at, results] of [...needed].sort(([a], [b]) => a - b)) {
    const calls = agreement.callsOf(at)
    const [{ name, definition }] = calls
    graph.within = `${name}_${count++}`
    const call = callOf(calls, results)
    const read = call.inputs.flat().map((input) => graph.repeated.get(input) ?? input)
    const weight = read.find((input) => weights.has(input))
    if (weight) graph.within = weight.name.replace(OWN_NAME, '')
    made.set(at, mappingOf(name, definition)!.draw(graph, call))
  }
  return outputs.map(valueOf)
}

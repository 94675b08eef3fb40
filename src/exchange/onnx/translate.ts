/**
 * Several runs of one function, each with another size of batch, as one graph: what is the same in all of them is fixed, and
 * an axis that differs follows from the batch. It refuses functions that do other things at other sizes, ops that ONNX has
 * not, and numbers that come of inputs by other ways than ops.
 */
import { show } from '../../checks/index.ts'
import type { Floats } from '../../kernels/index.ts'
import { Ids, showShape } from '../../tensor/index.ts'
import { extentOf, isFixed } from './extent.ts'
import type { Extent } from './extent.ts'
import type { Graph } from './graph.ts'
import type { Value } from './file.ts'
import { NO_EQUAL, mappingOf } from './mappings/index.ts'
import type { Call } from './mappings/index.ts'
import { expanded, reshaped } from './mappings/mapping.ts'
import { isLeaf } from './trace.ts'
import type { Leaf, Maker, Run, Traced } from './trace.ts'

/** What there is to know beside the runs. */
export interface Runs {
  readonly who: string
  readonly runs: readonly Run[]
  /** The size of the batch in each run. */
  readonly batches: readonly number[]
  /** What an input of the runs is in the graph. */
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

/** A setting of one run and of another: a number, a flag or a list of them. */
const isSame = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.join() === b.join() : Object.is(a, b)

/** Parameters that their layer may be called after. */
const OWN_NAME = /\.(?:weight|bias|alpha|scale|shift|running\w+)$/

/** The values of a graph for what outputs of runs are. */
export function translate({ who, runs, batches, inputs, paths }: Runs, graph: Graph): readonly Value[] {
  const others = (count: number): never => {
    throw new RangeError(
      `${who}: expected the same ops for every size of batch but got others for ${batches[count]} rows than for ${batches[0]}`,
    )
  }
  const shapeOf = (leaves: readonly Leaf[]): readonly Extent[] => {
    const shapes = leaves.map(({ shape }) => shape)
    const rank = shapes[0].length
    const odd = shapes.findIndex(({ length }) => length !== rank)
    if (odd > 0) others(odd)
    return shapes[0].map((_, axis) => {
      const lengths = shapes.map((shape) => shape[axis])
      return extentOf(lengths, batches) ?? refuseLengths(lengths)
    })
  }
  const refuseLengths = (lengths: readonly unknown[]): never => {
    throw new RangeError(
      `${who}: expected what follows from the batch to be a multiple of it and a constant but got ${lengths.map(show).join(', ')} for ${batches.join(', ')} rows`,
    )
  }

  const values = new Map<Leaf, Value>()
  const made = new Map<number, Value>()
  const weights = new Set<Value>()

  /** The call that a leaf comes of: the outermost that ONNX has, at the same place in every run. */
  const makerOf = (leaves: readonly Leaf[]): Maker | undefined => {
    const all = leaves.map((leaf, run) => runs[run].makers.get(leaf) ?? [])
    const [first] = all
    if (first.length === 0) return undefined
    const found = [...first].reverse().find(({ call }) => {
      const { name, definition } = runs[0].calls[call]
      return mappingOf(name, definition)
    })
    if (!found) {
      const { name, definition } = runs[0].calls[first[0].call]
      const because = definition ? 'no op of ONNX does what it does' : 'it is not made of ops that have a history'
      throw new RangeError(
        `${who}: expected ops that ONNX has but got ${name}: because ${Object.hasOwn(NO_EQUAL, name) ? NO_EQUAL[name] : because}`,
      )
    }
    const odd = all.findIndex(
      (makers) => !makers.some(({ call, place }) => call === found.call && place === found.place),
    )
    if (odd > 0) others(odd)
    return found
  }

  const constantOf = (leaves: readonly Leaf[]): Value => {
    const numbers = leaves.map((leaf) => numbersOf(who, leaf))
    const shape = shapeOf(leaves)
    const type = leaves[0] instanceof Ids ? 'int64' : 'float'
    if (shape.every(isFixed) && numbers.every((each) => sameNumbers(each, numbers[0]))) {
      const path = paths.get(leaves[0].buffer)
      if (path === undefined) return graph.constant(type, numbers[0], leaves[0].shape)
      const weight = graph.weight(path, numbers[0] as Floats, leaves[0].shape)
      weights.add(weight)
      return weight
    }
    const [value] = numbers[0]
    if (numbers.every((each) => (each as Floats).every((other) => Object.is(other, value))))
      return expanded(graph, graph.constant(type, [value]), shape)
    throw new RangeError(
      `${who}: expected numbers that come of inputs by ops but got ${showShape(leaves[0].shape)} that do not: because they differ from run to run, as those of onHost do, and those that are read from values`,
    )
  }

  const valueOf = (leaves: readonly Leaf[]): Value => {
    const [leaf] = leaves
    const known = values.get(leaf)
    if (known) return known
    const value = inputs[0].get(leaf) ?? throughMemory(leaves) ?? constantOf(leaves)
    values.set(leaf, value)
    return value
  }
  /** What shares its memory with something that an op made, or an input. */
  const throughMemory = (leaves: readonly Leaf[]): Value | undefined => {
    const maker = makerOf(leaves)
    if (maker) return made.get(maker.call)
    const originals = leaves.map((leaf, run) => runs[run].first.get(leaf.buffer))
    if (!originals.every(isLeaf) || originals[0] === leaves[0]) return undefined
    const shape = shapeOf(leaves)
    return reshaped(graph, valueOf(originals), shape)
  }

  const callOf = (calls: readonly Traced[], results: readonly Leaf[]): Call => {
    const [{ name, inputs: given }] = calls
    const settings = (setting: string): readonly unknown[] => calls.map((call) => call.settings[setting])
    return {
      name,
      inputs: given.map((input, at) =>
        isLeaf(input)
          ? valueOf(calls.map((call) => call.inputs[at] as Leaf))
          : input.map((_, place) => valueOf(calls.map((call) => (call.inputs[at] as readonly Leaf[])[place]))),
      ),
      shape: shapeOf(results),
      setting: (setting) => {
        const all = settings(setting)
        if (!all.every((value) => isSame(value, all[0])))
          throw new RangeError(
            `${who}: expected ${setting} of ${name} to be the same for every batch but got ${all.map(show).join(', ')} for ${batches.join(', ')} rows`,
          )
        return all[0]
      },
      extent: (setting) => {
        const all = settings(setting)
        return all[0] === undefined ? undefined : (extentOf(all as number[], batches) ?? refuseLengths(all))
      },
    }
  }

  const outputs = runs[0].outputs.map((_, at) => runs.map((run) => run.outputs[at]))
  const needed = new Map<number, readonly Leaf[]>()
  const waiting = [...outputs]
  const seen = new Set<Leaf>()
  for (let leaves = waiting.pop(); leaves; leaves = waiting.pop()) {
    const [leaf] = leaves
    if (seen.has(leaf) || inputs[0].has(leaf)) continue
    seen.add(leaf)
    const maker = makerOf(leaves)
    if (!maker) {
      const originals = leaves.map((each, run) => runs[run].first.get(each.buffer))
      if (originals.every(isLeaf)) waiting.push(originals)
      continue
    }
    needed.set(maker.call, leaves)
    const calls = runs.map((run) => run.calls[maker.call])
    const odd = calls.findIndex(
      ({ name, inputs: given }) => name !== calls[0].name || given.flat().length !== calls[0].inputs.flat().length,
    )
    if (odd > 0) others(odd)
    calls[0].inputs.flat().forEach((_, place) => waiting.push(calls.map((call) => call.inputs.flat()[place])))
  }

  let count = 0
  for (const [at, results] of [...needed].sort(([a], [b]) => a - b)) {
    const calls = runs.map((run) => run.calls[at])
    const [{ name, definition }] = calls
    graph.within = `${name}_${count++}`
    const call = callOf(calls, results)
    const read = call.inputs.flat().map((input) => graph.repeated.get(input) ?? input)
    const weight = read.find((input) => weights.has(input))
    if (weight) graph.within = weight.name.replace(OWN_NAME, '')
    const value = mappingOf(name, definition)!.draw(graph, call)
    made.set(at, value)
  }
  return outputs.map(valueOf)
}

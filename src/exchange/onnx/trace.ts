/**
 * What a function of tensors does, call by call, as it is run once: who made which tensor, of what. It refuses to guess how
 * a tensor came to be that no op made; who compares several runs can tell whether its numbers are always the same.
 */
import { traced } from '../../autograd/index.ts'
import type { Buffer } from '../../kernels/index.ts'
import { Ids, Tensor, stream } from '../../tensor/index.ts'
import { mappingOf } from './mappings/index.ts'

/** A tensor or ids. */
export type Leaf = Tensor | Ids

export const isLeaf = (value: unknown): value is Leaf => value instanceof Tensor || value instanceof Ids

/** Overwrites an input: ids by any there are, numbers by any at all. */
export function fillAtRandom(leaf: Leaf, seed: number, name: string): void {
  const random = stream(seed).stream(name)
  const { backend, buffer, size } = leaf
  if (leaf instanceof Ids) {
    const ids = Int32Array.from({ length: size }, (_, at) => Math.floor(random.uniform(at) * leaf.bound))
    backend.writeIds(buffer, ids)
  } else
    backend.write(
      buffer,
      Float32Array.from({ length: size }, (_, at) => random.normal(at)),
    )
}

/** One call of an op, or of a function that is made of ops. */
export interface Traced {
  readonly name: string
  readonly definition: object | undefined
  /** Tensors and ids that were given, a list where they come in one. */
  readonly inputs: readonly (Leaf | readonly Leaf[])[]
  /** Its options: an op's attributes and sizes, a function's object, and a list under the name `list`. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** One of the tensors that a call returned. */
export interface Maker {
  readonly call: number
  readonly place: number
}

/** One run of a function. */
export interface Run {
  readonly calls: readonly Traced[]
  readonly outputs: readonly Leaf[]
  /** The calls that returned a tensor, from the innermost, which made it, to the outermost. */
  readonly makers: ReadonlyMap<Leaf, readonly Maker[]>
  /** By memory, the first that had it: `detach` and `reshape` share it. */
  readonly first: ReadonlyMap<Buffer, Leaf>
}

/** Tensors and ids in what a call returns: itself, in a list, in an object such as moments or rows with their ids. */
function leavesIn(value: unknown, depth = 2): readonly Leaf[] {
  if (isLeaf(value)) return [value]
  if (typeof value !== 'object' || value === null || depth === 0 || ArrayBuffer.isView(value)) return []
  return Object.values(value).flatMap((member: unknown) => leavesIn(member, depth - 1))
}

const isList = (value: unknown): value is readonly Leaf[] => Array.isArray(value) && value.every(isLeaf)

function settingsOf(given: readonly unknown[]): Readonly<Record<string, unknown>> {
  const rest = given.filter((value) => !isLeaf(value) && !(isList(value) && value.length > 0))
  return Object.assign({}, ...rest.map((value) => (Array.isArray(value) ? { list: value } : value))) as Readonly<
    Record<string, unknown>
  >
}

/** The plain expression that a fused op promises to equal, where ONNX has the op itself not. */
function meaningOf(
  name: string,
  definition: object | undefined,
): ((...args: readonly unknown[]) => unknown) | undefined {
  if (!definition || !('means' in definition) || mappingOf(name, definition)) return undefined
  return definition.means as (...args: readonly unknown[]) => unknown
}

/** Runs `f`, whose inputs are `known`, and whose outputs it returns. */
export function runOf(known: readonly Leaf[], f: () => readonly Leaf[]): Run {
  const calls: Traced[] = []
  const makers = new Map<Leaf, Maker[]>()
  const first = new Map<Buffer, Leaf>()
  const meet = (leaf: Leaf): void => {
    if (!first.has(leaf.buffer)) first.set(leaf.buffer, leaf)
  }
  known.forEach(meet)
  const outputs = traced((name, given, result, definition, settings) => {
    const inputs = given.filter((value) => isLeaf(value) || (isList(value) && value.length > 0)) as Traced['inputs']
    const call = calls.push({
      name,
      definition,
      inputs,
      settings: (settings ?? settingsOf(given)) as Traced['settings'],
    })
    const before = inputs.flat()
    before.forEach(meet)
    const plain = meaningOf(name, definition)?.(...given, settings)
    // Its ops are heard of while it is computed, and the last of them made what the op did.
    const own = isLeaf(plain) ? makers.get(plain) : undefined
    if (own && isLeaf(result)) {
      makers.set(result, [...own])
      meet(result)
      return
    }
    leavesIn(result).forEach((leaf, place) => {
      // What is given back as it came was not made here.
      if (before.includes(leaf) || known.includes(leaf)) return
      makers.set(leaf, [...(makers.get(leaf) ?? []), { call: call - 1, place }])
      meet(leaf)
    })
  }, f)
  return { calls, outputs, makers, first }
}

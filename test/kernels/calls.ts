/**
 * A call of every kernel, made from its declaration alone: what it is given, what it writes, and the plain calls that it
 * must equal. So a kernel that is declared is a kernel that is tested, on every backend.
 */
import { formOf } from '../../src/kernels/index.ts'
import type {
  AnyKernel,
  BufferForm,
  Floats,
  FusedKernels,
  KernelDraw,
  Kernels,
  Structs,
} from '../../src/kernels/index.ts'
import * as table from '../../src/kernels/table/index.ts'
import { fusedKernels } from '../program/fusedCpu.ts'
import { drawFrom } from './law.ts'
import type { Draw } from './law.ts'

export type Plain = Kernels<Floats, Int32Array>
export type Verbs = Plain & Partial<FusedKernels<Floats, Int32Array>>

/** Memory that a call works on. */
export interface Given {
  readonly floats: readonly Floats[]
  readonly ids: readonly Int32Array[]
  /** Outputs, and what an update changes. */
  readonly outs: readonly Floats[]
  readonly idOuts: readonly Int32Array[]
  /** Room to work in, about which nothing is promised. */
  readonly spare: readonly Int32Array[]
}

export interface Call {
  /** Lengths of inputs, of ids and what they lie below or −1 of words, of outputs, and of room to work in. */
  readonly floats: readonly number[]
  readonly ids: readonly (readonly [length: number, below: number])[]
  readonly outs: readonly number[]
  readonly idOuts: readonly number[]
  readonly spare: readonly number[]
  /** Whether outputs have had numbers before, none of them negative. */
  readonly updated: boolean
  readonly run: (kernels: Verbs, given: Given) => void
  /** The same by verbs of the reference; `run` itself where it is one. */
  readonly means?: (kernels: Plain, given: Given) => void
}

/** Sizes a to d from 0 to 33, of which c and d are never 0; and a scalar. */
export type Sizes = Readonly<Record<'a' | 'b' | 'c' | 'd', number>> & { readonly scalar: number }

/** Lists have as many members as this where nothing else says it. */
const MEMBERS = 3

/** The numbers of an update. */
const STRUCTS: { readonly [K in keyof Structs]: (draw: KernelDraw) => Structs[K] } = {
  sgd: ({ real, whole }) => ({ learningRate: 0.1, momentum: whole(0, 1) * 0.9, nesterov: real(0, 1) < 0.5 }),
  adagrad: () => ({ learningRate: 0.1, epsilon: 1e-8 }),
  adam: ({ real }) => ({
    ...{ learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: real(0, 0.01) },
    ...{ correction1: 1 - 0.9 ** 2, correction2: 1 - 0.999 ** 2 },
  }),
  ftrl: ({ real, whole }) => ({
    ...{ learningRate: 0.5, learningRatePower: whole(0, 3) === 0 ? -0.3 : -0.5, l1: whole(0, 1) * 0.9 },
    ...{ l2: real(0, 0.01), l2Shrinkage: 0.1, beta: 1 },
  }),
}

/** An id below so much, or −1, which is nobody's; or a word, whose halves are numbers as draws are, as all of it is. */
export function idFrom(draw: Draw, below: number): number {
  if (below >= 0) return draw.below(below + 1) - 1
  const [first, second] = new Uint32Array(Float32Array.of(draw.value(), draw.value()).buffer)
  return (first & 0xffff0000) | (second >>> 16)
}

type Kind = 'floats' | 'ids' | 'outs' | 'idOuts' | 'spare'
/** Where an argument is among what a call is given. */
type Place = readonly [Kind, number] | null

const kindOf = ({ role, below, scratch }: BufferForm): Kind => {
  if (scratch) return 'spare'
  if (role === 'read') return below === undefined ? 'floats' : 'ids'
  return below === undefined ? 'outs' : 'idOuts'
}

/** Extents of axes: those among the numbers in order, then those of which only memory tells. */
function extentsOf(kernel: AnyKernel, { a, b, c, d, scalar }: Sizes) {
  const { buffers, numbers } = formOf(kernel)
  const seed = drawFrom(a * 7919 + b * 131 + c * 17 + d + Math.round(scalar * 4096))
  const draw: KernelDraw = {
    whole: (min, max) => min + seed.below(max - min + 1),
    real: (min, max) => min + ((seed.value() + 3) / 6) * (max - min),
  }
  const updated = buffers.some(({ role }) => role === 'updated')
  const words = kernel.text.split(' | ')[1].split(' ')
  const sizes = [updated ? Math.min(a, d) : a, b, c, d]
  const isAxis = (name: string): boolean =>
    buffers.some(({ axes }) => axes.some((axis) => axis.split('+').includes(name)))
  const values: Record<string, unknown> = {}
  numbers.forEach((name, index) => {
    const word = words[index]
    if (word.startsWith('{')) values[name] = STRUCTS[word.slice(1, -1) as keyof Structs](draw)
    else if (name === 'l2') values[name] = Math.max(draw.real(-0.01, 0.01), 0)
    else if (word.endsWith('?[]')) values[name] = Array.from({ length: MEMBERS }, (_, e) => e === 0)
    else if (word.endsWith('[]')) values[name] = [c, 1 + (b % 3), d]
    else values[name] = isAxis(name) ? sizes.shift()! : scalar
  })
  Object.assign(values, kernel.draw?.(draw))
  const lists = Object.values(values).filter(Array.isArray)
  values.members = lists[0]?.length ?? MEMBERS
  // An axis of memory alone: how long a list is, or how many rows a table has.
  for (const { axes, below } of buffers)
    for (const axis of [...axes, below ?? ''].flatMap((each) => each.split('+')))
      if (axis !== '' && !(axis in values)) values[axis] = d
  // Without ids row r belongs to row r: there are as many of one as of the other.
  for (const { optional, below, axes } of buffers)
    if (optional && below !== undefined && !buffers.some(({ listed }) => listed) && scalar < 0)
      values[below] = values[axes[0]]
  return values
}

export function callOf(kernel: AnyKernel, sizes: Sizes): Call {
  const values = extentsOf(kernel, sizes)
  const { buffers, numbers } = formOf(kernel)
  const lengths = { floats: [], ids: [], outs: [], idOuts: [], spare: [] } as {
    readonly [K in Kind]: (K extends 'ids' ? [number, number] : number)[]
  }
  const at = (axis: string, e: number): number => {
    const value = values[axis.replace(/\+$/, '')]
    return Array.isArray(value) ? (value[e] as number) : (value as number)
  }
  const total = (axis: string): number => {
    const joined = /^(\w+)\+(\w+)$/.exec(axis)
    if (joined) return (values[joined[1]] as number) + (values[joined[2]] as number)
    const value = values[axis.replace(/\+$/, '')] as number | readonly number[]
    return typeof value === 'number' ? value : value.reduce((sum, each) => sum + each, 0)
  }
  const take = (buffer: BufferForm, length: number): Place => {
    const kind = kindOf(buffer)
    const list = lengths[kind] as unknown[]
    list.push(kind === 'ids' ? [length, buffer.below === '' ? -1 : at(buffer.below!, 0)] : length)
    return [kind, list.length - 1]
  }
  const places = buffers.map((buffer): Place | Place[] => {
    const { axes, listed, optional } = buffer
    const product = (of: (axis: string) => number): number => axes.reduce((length, axis) => length * of(axis), 1)
    if (!listed) return optional && sizes.scalar < 0 ? null : take(buffer, product(total))
    const members =
      numbers.includes('e') && !Array.isArray(values.e) ? (values.e as number) : (values.members as number)
    return Array.from({ length: members }, (_, e) => {
      // A plain column where a table has no ids.
      if (optional && e === 1) return null
      // As many rows as ids would pick, where there are none.
      const picks = buffers.find((other) => other.optional && axes[0] === `${other.below}+`)
      return take(
        buffer,
        product((axis) => at(picks && e === 1 && axis === axes[0] ? picks.axes[0] : axis, e)),
      )
    })
  })
  const bound = (kernels: object, given: Given): void => {
    const memory = (place: Place): unknown => place && given[place[0]][place[1]]
    const args = places.map((place) =>
      Array.isArray(place) && Array.isArray(place[0] ?? place[1] ?? []) ? place.map(memory) : memory(place as Place),
    )
    const run = (kernels as Readonly<Record<string, (...all: readonly unknown[]) => void>>)[kernel.verb]
    run(...args, ...numbers.map((name) => values[name]))
  }
  return {
    ...lengths,
    updated: buffers.some(({ role }) => role === 'updated'),
    run: bound,
    ...(kernel.reference === undefined && {
      means: (_, given) => {
        bound(fusedKernels, given)
      },
    }),
  }
}

/** Every kernel by verb, as calls. */
export const CALLS: Readonly<Record<string, (sizes: Sizes) => Call>> = Object.fromEntries(
  Object.values<AnyKernel>(table).map((kernel) => [kernel.verb, (sizes: Sizes) => callOf(kernel, sizes)]),
)

/**
 * Gives a call of a file its memory. Kernels trust whoever calls them, and files come from anywhere: a call whose memory
 * is not of the lengths that its sizes say, or whose ids are not known to be below its table's end, is refused.
 */
import { checkValue, flag, listOf, show, whole } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import type { Floats } from '../kernels/index.ts'
import { refuse } from './file.ts'
import { formOf } from './form.ts'
import type { AnyKernel, BufferForm } from './form.ts'

/** The memory that calls name by number, and what its ids stay below, where they have been written by then. */
export interface Parts {
  readonly floats: readonly Floats[]
  readonly ids: readonly Int32Array[]
  readonly below: (number | undefined)[]
}

type Sizes = Record<string, number | number[] | undefined>

const SIZE = whole(1, 2 ** 31 - 1)
/** JSON has no infinities and no −0: they are text. */
const NUMBER: Check = {
  expected: 'to be a number',
  fits: (value) => typeof value === 'number' || ['Infinity', '-Infinity', '-0'].includes(value as string),
}

/** What else must hold for a kernel to stay within its memory. */
const WITHIN: Readonly<Record<string, (sizes: Readonly<Record<string, number>>) => boolean>> = {
  slice: ({ p, q, start }) => Number.isInteger(start) && start >= 0 && start + q <= p,
  pad: ({ p, q, start }) => Number.isInteger(start) && start >= 0 && start + q <= p,
}

const product = (factors: readonly number[]): number => factors.reduce((all, each) => all * each, 1)
const sum = (terms: readonly number[]): number => terms.reduce((all, each) => all + each, 0)

/** The arguments of a call on its memory, in their places. Throws a RangeError where it does not fit. */
export function bind(kernel: AnyKernel, given: readonly unknown[], parts: Parts): readonly unknown[] {
  const who = `loadProgram: ${kernel.verb}`
  const { buffers } = formOf(kernel)
  const words = kernel.text.split(' | ')[1].split(' ')
  if (given.length !== buffers.length + words.length)
    refuse(`${buffers.length + words.length} arguments of ${kernel.verb}`, `${given.length}`, 'it takes no others')
  const axes = buffers.flatMap((form) => form.axes.map((axis) => axis.replace('+', '')))
  const sizes: Sizes = {}
  const lists: number[] = []
  const numbers = words.map((word, index) => {
    const value = given[buffers.length + index]
    const name = word.replace(/\W/g, '')
    const check = axes.includes(name) ? SIZE : NUMBER
    checkValue(who, name, value, word.endsWith('?[]') ? listOf(flag) : word.endsWith('[]') ? listOf(check) : check)
    if (Array.isArray(value)) lists.push(value.length)
    sizes[name] = value as number
    return typeof value === 'string' ? Number(value) : value
  })

  /** An extent, of the list's member at `at` or of all; undefined where only memory tells. */
  const extent = (axis: string, at?: number): number | undefined => {
    const size = sizes[axis.replace('+', '')]
    return !Array.isArray(size) ? size : at === undefined ? sum(size) : (size as readonly (number | undefined)[])[at]
  }
  const learn = (axis: string, size: number, at?: number): void => {
    if (at === undefined) sizes[axis] = size
    else ((sizes[axis.replace('+', '')] ??= []) as number[])[at] = size
  }
  const part = (form: BufferForm, index: unknown, at?: number): unknown => {
    const { name, axes, below, optional, role } = form
    const known = axes.map((axis) => extent(axis, at))
    const length = product(known.filter((size) => size !== undefined))
    if (index === null && optional) {
      // Plain rows where others are picked by ids: there must be as many.
      if (below !== undefined && extent(below, at) !== length)
        refuse(`${length} rows in ${kernel.verb}`, show(extent(below, at)), 'no ids pick them')
      return null
    }
    const from: readonly (Floats | Int32Array)[] = below === undefined ? parts.floats : parts.ids
    const found = Number.isInteger(index) ? from[index as number] : undefined
    if (!found) return refuse(`${name} of ${kernel.verb} among ${from.length}`, show(index), 'there are no more')
    const free = axes[known.indexOf(undefined)] as string | undefined
    const rest = found.length / length
    if (free === undefined ? rest !== 1 : !SIZE.fits(rest))
      refuse(`${length} numbers in ${name} of ${kernel.verb}`, `${found.length}`, 'its sizes say so')
    if (free !== undefined) learn(free, rest, at)
    if (below === undefined) return found
    const most = extent(below, at)
    const bound = parts.below[index as number]
    if (role === 'written') {
      if (bound !== undefined) refuse('ids that are written once', `${name} of ${kernel.verb}`, 'they have a range')
      parts.below[index as number] = most
    } else if (bound === undefined || bound > (most ?? bound))
      refuse(`${name} of ${kernel.verb} below ${show(most)}`, `ids below ${show(bound)}`, 'its table ends there')
    else if (most === undefined) learn(below, bound, at)
    return found
  }
  const found = buffers.map((form, index) => {
    const value = given[index]
    if (!form.listed) return part(form, value)
    if (!Array.isArray(value)) return refuse(`a list of ${form.name} in ${kernel.verb}`, show(value), 'it takes many')
    lists.push(value.length)
    return value.map((each: unknown, at) => part(form, each, at))
  })
  if (typeof sizes.e === 'number') lists.push(sizes.e)
  if (lists.some((length) => length !== lists[0]))
    refuse(`lists of one length in ${kernel.verb}`, lists.join(', '), 'each has a part in every one')
  const within = WITHIN[kernel.verb] as (typeof WITHIN)[string] | undefined
  if (within && !within(sizes as Readonly<Record<string, number>>))
    refuse(`a part of what ${kernel.verb} reads`, show(sizes.start), 'it begins or ends elsewhere')
  return [...found, ...numbers]
}

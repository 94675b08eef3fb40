/**
 * Gives a call of a file its memory. Kernels trust whoever calls them, and files come from anywhere: a call whose memory
 * is not as long as its sizes say, or whose ids are not known to be below its table's end, is refused.
 */
import { isWhole, whole } from '../checks/index.ts'
import { formOf } from '../kernels/index.ts'
import type { AnyKernel, BufferForm, Floats } from '../kernels/index.ts'
import { refuse } from './file.ts'

/** The memory that calls name by number, and what its ids stay below, once they have been written. */
export interface Parts {
  readonly floats: readonly Floats[]
  readonly ids: readonly Int32Array[]
  readonly below: (number | undefined)[]
}

const SIZE = whole(1, 2 ** 31 - 1)
/** JSON has no infinities and no −0: they are text. */
const TEXTS: readonly unknown[] = ['Infinity', '-Infinity', '-0']

const plain = (axis: string): string => axis.replace(/\W/g, '')

/** The arguments of a call on its memory, in their places. Throws a RangeError where it does not fit. */
export function bind(kernel: AnyKernel, given: readonly unknown[], { floats, ids, below }: Parts): readonly unknown[] {
  const must = (fits: boolean): void => {
    if (!fits)
      refuse(
        `a call of ${kernel.verb} within its memory`,
        JSON.stringify(given).slice(0, 100),
        'sizes, parts or ids do not fit',
      )
  }
  const { buffers } = formOf(kernel)
  const words = kernel.text.split(' | ')[1].split(' ')
  must(given.length === buffers.length + words.length)
  const axes = buffers.flatMap((form) => form.axes.map(plain))
  /** By axis, and of other numbers: for each of a list, or one for all. */
  const sizes: Record<string, unknown> = {}
  /** How long lists are. */
  const counts = new Set<unknown>()
  const numbers = words.map((word, index) => {
    const value = given[buffers.length + index]
    const name = plain(word)
    const listed = word.endsWith('[]')
    must(Array.isArray(value) === listed)
    for (const each of listed ? (value as readonly unknown[]) : [value])
      must(
        word.endsWith('?[]')
          ? typeof each === 'boolean'
          : axes.includes(name)
            ? SIZE.fits(each)
            : typeof each === 'number' || TEXTS.includes(each),
      )
    if (listed) counts.add((value as readonly unknown[]).length)
    sizes[name] = value
    return typeof value === 'string' ? Number(value) : value
  })

  /** The size of an axis for one of a list, or all of them together; undefined where only memory tells. */
  const sizeOf = (axis: string, at: number | undefined): number | undefined => {
    const size = sizes[plain(axis)] as number | (number | undefined)[] | undefined
    if (!Array.isArray(size)) return size
    return at === undefined ? size.reduce<number>((all, each) => all + each!, 0) : size[at]
  }
  const learn = (axis: string, at: number | undefined, size: number): void => {
    if (at === undefined) sizes[plain(axis)] = size
    else ((sizes[plain(axis)] ??= []) as number[])[at] = size
  }
  const part = ({ axes, below: end, optional, role }: BufferForm, index: unknown, at?: number): unknown => {
    let length = 1
    let free: string | undefined
    for (const axis of axes) {
      const size = sizeOf(axis, at)
      if (size === undefined) free = axis
      else length *= size
    }
    if (index === null && optional) {
      // Where no ids pick rows all are taken: there must be as many.
      must(end === undefined || sizeOf(end, at) === length)
      return null
    }
    const found = (end === undefined ? floats : ids)[index as number] as Floats | Int32Array | undefined
    must(isWhole(index) && found !== undefined)
    const rest = found!.length / length
    if (free === undefined) must(rest === 1)
    else {
      must(SIZE.fits(rest))
      learn(free, at, rest)
    }
    if (end === undefined) return found
    const bound = below[index as number]
    const most = sizeOf(end, at)
    // Ids that are written once have one range.
    must((role === 'written') === (bound === undefined) && !(bound! > most!))
    below[index as number] ??= most
    if (most === undefined) learn(end, at, bound!)
    return found
  }
  const found = buffers.map((form, index) => {
    const value = given[index]
    must(Array.isArray(value) === form.listed)
    if (!form.listed) return part(form, value)
    const list = value as readonly unknown[]
    counts.add(list.length)
    return list.map((each, at) => part(form, each, at))
  })
  if (typeof sizes.e === 'number') counts.add(sizes.e)
  must(counts.size < 2)
  if (kernel.verb === 'slice' || kernel.verb === 'pad') {
    const [p, q, start] = ['p', 'q', 'start'].map((name) => sizes[name] as number)
    must(isWhole(start, 0, p - q))
  }
  return [...found, ...numbers]
}

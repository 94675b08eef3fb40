/**
 * What a call costs, by formulas: operations on floats, each of + − · ÷ √ max exp … counted as one, a multiply-add as
 * two, and bytes of memory, each input read once and each output written once. It refuses to guess what caches do.
 */
import { formOf, named } from '../kernels/index.ts'
import type { Kernel } from '../kernels/index.ts'
import { Slot, reads, updates, writes } from './slot.ts'
import type { Argument, Call } from './slot.ts'

export interface Cost {
  readonly flops: number
  readonly bytes: number
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const lengths = (slots: readonly Slot[]): number => sum(slots.map(({ length }) => length))

/** Arguments of a call by name. */
type Given = Readonly<Record<string, Argument>>

/** What a sum of products comes to, see `AnyKernel.flops`. */
function worth(formula: string, given: Given): number {
  const factor = (word: string, e: number): number => {
    const all = given[word]
    const value: unknown = Array.isArray(all) ? all[e] : all
    return typeof value === 'number' ? value : value === undefined ? Number(word) : value ? 1 : 0
  }
  return sum(
    formula.split(' + ').flatMap((product) => {
      const words = product.split(' ')
      const members = Math.max(...words.map((word) => (Array.isArray(given[word]) ? given[word].length : 1)))
      return Array.from({ length: members }, (_, e) => words.reduce((all, word) => all * factor(word, e), 1))
    }),
  )
}

const listed = (argument: Argument): readonly Argument[] => (Array.isArray(argument) ? argument : [argument])

/** Elements of memory that a call does not look at: it wants some rows of a table, or some columns of a matrix. */
function untouched(call: Call): number {
  const { kernel, args } = call
  const by: Given = named(kernel as Kernel, args)
  if (kernel.looks) return reads(call)[0].length - worth(kernel.looks, by)
  const { buffers } = formOf(kernel)
  const at = buffers.findIndex(({ below, role }) => below && role === 'read')
  if (at < 0) return 0
  const { below = '', axes } = buffers[at]
  const count = axes.reduce((product, axis) => product * Number(by[axis]), 1)
  const rows = (slot: Argument, ids: Argument, width: Argument): number =>
    ids === null || !(slot instanceof Slot) ? 0 : slot.length - count * Number(width)
  return sum(
    buffers.flatMap(({ role, axes: [first, width] }, index) => {
      if (role === 'written' || !width || (first !== below && first !== `${below}+`)) return []
      const widths = listed(by[width.replace('+', '')])
      const ids = listed(args[at])
      const each = listed(args[index]).map((slot, e) => rows(slot, ids[ids.length > 1 ? e : 0], widths[e]))
      return each.map((elements) => (role === 'updated' ? 2 : 1) * elements)
    }),
  )
}

/** The cost of a call whose floats take `width` bytes each. Ids take four. */
export function costOf(call: Call, width: number): Cost {
  const { kernel, args } = call
  const touched = [...new Set(reads(call)), ...writes(call), ...updates(call)]
  const bytes = sum(touched.map(({ kind, length }) => length * (kind === 'ids' ? 4 : width)))
  const { flops } = kernel
  return {
    flops: flops === undefined ? lengths(writes(call)) : worth(flops, named(kernel as Kernel, args)),
    bytes: bytes - untouched(call) * width,
  }
}

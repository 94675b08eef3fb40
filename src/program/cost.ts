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

const listed = (argument: Argument): readonly Argument[] => (Array.isArray(argument) ? argument : [argument])

/** Elements of memory that a call does not look at: it wants some rows of a table, or some columns of a matrix. */
function untouched(call: Call): number {
  const { kernel, args } = call
  const by = named(kernel as Kernel, args) as unknown as Readonly<Record<string, Argument>>
  if (kernel.looks) return reads(call)[0].length - kernel.looks(by as never)
  const { buffers } = formOf(kernel)
  const at = buffers.findIndex(({ below, role }) => below !== undefined && role === 'read')
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
  const flops = kernel.flops?.(named(kernel as Kernel, args) as never) ?? lengths(writes(call))
  return { flops, bytes: bytes - untouched(call) * width }
}

/**
 * Names for what a program computes with, so that listings read as text: parameters and inputs by path, constants by
 * value, results by number. It refuses to invent names for memory that nobody named: that is numbered too.
 */
import { having, recordOf } from '../checks/index.ts'
import type { Parameter } from '../tensor/index.ts'
import { Slot, reads, updates, writes } from './slot.ts'
import type { Argument, Call, Listing } from './slot.ts'
import { printable } from './text.ts'

/** Parameters by path, as `parameters(model)` gives them. */
export type Paths = Readonly<Record<string, Parameter>>

export const NAMES = recordOf(having('a parameter', 'buffer'))

/** What a slot, or any other argument of a kernel, is called. */
export type Naming = (argument: Argument) => string

/** `8×4`, and `1` for a scalar. */
export const showExtents = ({ shape }: Slot): string => shape.join('×') || '1'

const showNumber = (value: number): string => String(Number(value.toPrecision(6)))

function showConstant(values: ArrayLike<number>): string {
  const { length } = values
  if (length === 1) return showNumber(values[0])
  const list = Array.from(values)
  if (length > 0 && list.every((value) => value === list[0])) return `${showNumber(list[0])} ×${length}`
  return `[${list.slice(0, 3).map(showNumber).join(' ')}${length > 3 ? ' …' : ''}]`
}

/**
 * Names that are the same in all of the listings: %1, %2, … for results in order, @1, @2, … for memory from outside that
 * has no path. What an optimizer keeps beside a parameter is called after it: `weight′`, `weight″`.
 */
export function naming(listings: readonly Listing[], paths: Paths = {}): Naming {
  const pathOf = new Map<unknown, string>(
    Object.entries(paths).map(([path, parameter]) => [parameter, printable(path)]),
  )
  const names = new Map<Slot, string>()
  const counts = { '%': 0, '@': 0 }
  const invent = ({ place }: Slot): string => {
    if (place.at === 'constant') return showConstant(place.values)
    if (place.at === 'input') return printable(place.path) || 'input'
    const path =
      place.at === 'captured' ? pathOf.get(place.held) : place.at === 'made' ? pathOf.get(place.of) : undefined
    const mark = place.at === 'arena' ? '%' : '@'
    return path ?? `${mark}${++counts[mark]}`
  }
  const nameOf = (slot: Slot): string => {
    const name = names.get(slot) ?? invent(slot)
    names.set(slot, name)
    return name
  }
  for (const call of listings.flatMap(({ calls }) => calls)) {
    const [moved, ...memory] = updates(call)
    const known = moved && nameOf(moved)
    memory.filter((slot) => !names.has(slot)).forEach((slot, index) => names.set(slot, known + '′″'[index]))
    for (const slot of [...reads(call), ...writes(call)]) nameOf(slot)
  }
  const name: Naming = (argument) => {
    if (argument instanceof Slot) return nameOf(argument)
    if (Array.isArray(argument)) return `[${argument.map(name).join(' ')}]`
    if (typeof argument === 'number') return showNumber(argument)
    if (typeof argument === 'function') return printable(argument.name) || 'ƒ'
    return typeof argument === 'object' && argument !== null ? '{…}' : String(argument)
  }
  return name
}

/** One line for a call: `%3 = dense(x, w, c, 8, 4, 2)`, and `sgd(w, %3, …)` where it changes what lasts. */
export function showCall(call: Call, name: Naming): string {
  const outs = new Set<unknown>(writes(call))
  const isOut = (argument: Argument): boolean =>
    Array.isArray(argument) ? argument.some((member) => outs.has(member)) : outs.has(argument)
  const given = call.args.filter((argument) => !isOut(argument)).map(name)
  const text = `${call.kernel.verb}(${given.join(', ')})`
  return outs.size > 0 ? `${[...outs].map(name).join(', ')} = ${text}` : text
}

/** One line for each call, and what is returned: what tests of passes compare before and after. */
export const showListing = (listing: Listing, name: Naming = naming([listing])): string =>
  [...listing.calls.map((call) => showCall(call, name)), `return ${listing.outputs.map(name).join(', ')}`].join('\n')

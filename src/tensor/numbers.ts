/**
 * Numbers as a caller hands them over: one of them, lists of lists, typed arrays and rows of these. What is no number is
 * refused and not converted, for '7' may be a name, and null what is missing.
 */
import { isWhole, show } from '../checks/index.ts'
import type { Floats } from '../kernels/index.ts'
import { showShape } from './shape.ts'
import type { Shape } from './shape.ts'

/** A number, or lists of lists of numbers, of which the innermost may be typed arrays. */
export type Nested<N = number> = N | ArrayLike<N> | readonly Nested<N>[]

/** Beyond this a list is taken to hold itself. */
const DEEPEST = 64

export const isFloats = (values: unknown): values is Floats =>
  values instanceof Float32Array || values instanceof Float64Array

/** A typed array of numbers: nothing else can be in it. */
export const isTyped = (values: unknown): values is ArrayLike<number> =>
  ArrayBuffer.isView(values) &&
  'length' in values &&
  !(values instanceof BigInt64Array || values instanceof BigUint64Array)

const isList = (value: unknown): value is ArrayLike<unknown> =>
  typeof value === 'object' && value !== null && 'length' in value && isWhole(value.length)

const hint = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' ? ': pass Number of it' : ''

/** Throws a RangeError unless these are flat numbers, by position. */
export function checkNumbers(who: string, values: unknown): void {
  if (isTyped(values)) return
  if (!isList(values)) throw new RangeError(`${who}: expected a list of numbers but got ${show(values)}`)
  for (let at = 0; at < values.length; at++)
    if (typeof values[at] !== 'number')
      throw new RangeError(`${who}: expected numbers but got ${show(values[at])} at position ${at}${hint(values[at])}`)
}

/** The lengths along the first element of each depth. */
export function outline(who: string, nested: unknown): number[] {
  const shape: number[] = []
  for (let first = nested; isList(first); first = first[0]) {
    if (shape.push(first.length) > DEEPEST)
      throw new RangeError(`${who}: expected lists of at most ${DEEPEST} levels but got more`)
    if (first.length === 0) break
  }
  return shape
}

/** Row-major numbers of lists of that outline; `big` ones are taken for numbers if that is asked for. */
export function flatten(who: string, nested: unknown, shape: Shape, big = false): number[] {
  const numbers: number[] = []
  const visit = (part: unknown, depth: number): void => {
    const expected = shape[depth]
    if (expected === undefined && (typeof part === 'number' || (big && typeof part === 'bigint')))
      numbers.push(Number(part))
    else if (expected !== undefined && isList(part) && part.length === expected)
      for (let at = 0; at < expected; at++) visit(part[at], depth + 1)
    else {
      const ragged = isList(part) || typeof part === 'number'
      const wanted = expected === undefined ? 'a number' : `length ${expected}`
      const place = shape.length === 0 ? 'numbers' : `${wanted} at depth ${depth}`
      const found = ragged
        ? `${isList(part) ? `length ${part.length}` : 'a number'}: because the first elements have shape ${showShape(shape)}`
        : `${show(part)}${hint(part)}`
      throw new RangeError(`${who}: expected ${place} but got ${found}`)
    }
  }
  visit(nested, 0)
  return numbers
}

/**
 * How functions of tensors are called: inputs, then at most one object of options. All else is refused, for JavaScript
 * would drop it without a word: an option given by its position, one argument too many, a list where a tensor belongs.
 */
import { checkOptions, checkValue, having, listOf, show } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { Ids, Tensor } from '../tensor/index.ts'
import { listener } from './tracing.ts'

const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value)

const made = (value: unknown): string => show(value) + (isList(value) ? ': make it a tensor by tensor(…)' : '')

export const TENSOR: Check = { expected: 'to be a tensor', fits: (value) => value instanceof Tensor, got: made }

/** What an element-wise op of two takes. */
export const OPERAND: Check = {
  expected: 'to be a tensor or a number',
  fits: (value) => typeof value === 'number' || value instanceof Tensor,
  got: made,
}

export const IDS: Check = {
  expected: 'to be ids',
  fits: (value) => value instanceof Ids,
  got: (value) => show(value) + (isList(value) ? ': make it ids by ids(…)' : ''),
}

export const ROWS: Check = having('row-sparse', 'rows', 'ids', 'dense')

const listed = listOf(TENSOR)

export const TENSORS: Check = {
  ...listed,
  got: (value) => (value instanceof Tensor ? 'one tensor: put it in a list' : listed.got!(value)),
}

/** Options that a function knows, by name. */
type Known = Readonly<Record<string, Check>>

/** Throws a RangeError unless what was given after the inputs is at most one object of known options. */
export function checkRest(who: string, rest: readonly unknown[], known: Known): void {
  const none = Object.keys(known).length === 0
  const [options] = rest
  if (options instanceof Tensor || options instanceof Ids)
    throw new RangeError(`${who}: expected no input more but got ${show(options)}`)
  if (!none) checkOptions(who, options === undefined ? {} : (options as object), known)
  const more = none ? rest : rest.slice(1)
  if (more.some((each) => each !== undefined))
    throw new RangeError(
      `${who}: expected nothing after its ${none ? 'inputs' : 'options'} but got ${more.map(show).join(', ')}`,
    )
}

/**
 * A function that is made of ops, called as ops are: `f` of inputs by these names, which are checked, and then, if `known`
 * has any, of options.
 */
export function composite<A extends readonly unknown[], R>(
  who: string,
  inputs: Known,
  f: (...given: A) => R,
  known: Known = {},
): (...given: A) => R {
  const checks = Object.entries(inputs)
  return (...given) => {
    checks.forEach(([name, check], index) => {
      checkValue(who, name, given[index], check)
    })
    checkRest(who, given.slice(checks.length), known)
    const result = f(...given)
    listener?.(who, given, result)
    return result
  }
}

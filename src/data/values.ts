/** What cells may hold; it refuses whole numbers beyond 2^53, of which several are read as one. */
import { show } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'

/** A category as data has it. A big integer is the string of its digits: 7n and '7' are one value, and 7 is another. */
export type Value = string | number | bigint

/** A category that may be missing: null, undefined, NaN and '' all are. */
export type MaybeValue = Value | null | undefined

/** A category as it is looked up. */
export type Key = string | number

export const keyOf = (value: Value): Key => (typeof value === 'bigint' ? String(value) : value)

/** The id of a value that is missing, where ids are made by plegrad. */
export const MISSING_ID = 0

/** Anything that is no value, missing included. */
export const isMissing = (value: unknown): value is null | undefined =>
  value === null || value === undefined || value === '' || Number.isNaN(value)

/** Whether a cell is missing, or holds a category that is told from all others. */
export const isValue = (cell: unknown): cell is MaybeValue =>
  typeof cell === 'number'
    ? Math.abs(cell) <= Number.MAX_SAFE_INTEGER || Number.isNaN(cell)
    : typeof cell === 'string' || typeof cell === 'bigint' || isMissing(cell)

/** Why a cell is no value, where that is not plain to see. */
export const because = (cell: unknown, otherwise: string): string =>
  Number.isFinite(cell) && !isValue(cell)
    ? 'whole numbers beyond 2^53 are read as their neighbours, so pass strings or BigInt'
    : otherwise

/** The value as it is looked up. @throws TypeError if it is no value, or none of `kind`. */
export function checkedKey(who: string, value: Value, kind: string | undefined, at = ''): Key {
  if (!isValue(value)) {
    const why = because(value, '')
    throw new TypeError(
      `${who}: expected a string, a BigInt or a finite number but got ${show(value)}${at}${why && `: because ${why}`}`,
    )
  }
  const key = keyOf(value)
  if (kind !== undefined && typeof key !== kind)
    throw new TypeError(
      `${who}: expected a ${kind} but got ${show(value)}${at}: because the vocabulary holds ${kind}s, and 7 and '7' differ`,
    )
  return key
}

/** An array or a typed one. */
export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)

export const LIST: Check = { expected: 'to be an array or a typed one', fits: isList }

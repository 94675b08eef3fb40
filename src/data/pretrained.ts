/**
 * Numbers that a table of embeddings starts with: all of them, or rows by value. It refuses another shape, and what no
 * table may hold, before there is a feature; and it copies nothing that is an array already.
 */
import { checkValue, isRecord, isWhole, oneOf, show } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { showShape } from '../tensor/index.ts'
import { isList, isMissing } from './values.ts'
import type { Value } from './values.ts'
import { UNKNOWN_ID } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Numbers for rows of a table, as `pretrained` of a feature takes them. */
export type PretrainedRows =
  /** All rows in the order of ids, as one list of numbers or a list for each. */
  | ArrayLike<number>
  | readonly ArrayLike<number>[]
  /** All rows with their shape (vocabularySize dimension), such as a tensor of a safetensors file. */
  | { readonly shape: readonly number[]; readonly values: ArrayLike<number> | ArrayLike<bigint> }
  /** Some rows by value or, where ids are given, by id. Values that no vocabulary has are passed over. */
  | ReadonlyMap<Value, ArrayLike<number>>

/** What a row starts as that `pretrained` does not have: drawn as others are, or the mean of those that it has. */
export type Unlisted = 'drawn' | 'mean'

/** Numbers that were found to fit a table. */
export interface Pretrained {
  /** Of the table. */
  readonly shape: readonly [rows: number, dimension: number]
  /** Whether it has the row of an id. */
  readonly has: (id: number) => boolean
  /** All that the table starts with, row by row. A number that it does not have is drawn, by its place. */
  readonly start: (draw: (at: number) => number) => ArrayLike<number>
}

/** The table that the numbers are for. */
export interface TableOf {
  readonly vocabularySize: number
  readonly dimension: number
  readonly vocabulary?: Vocabulary
  readonly hashBuckets?: number
}

/** Its square is finite in float32: see `saveModel`, which refuses what is beyond. */
const MOST = 2 ** 64

export const UNLISTED: Check = oneOf('drawn', 'mean')

/** That these are so many numbers that a table may hold. */
function checkRow(who: string, what: string, row: unknown, length: number): void {
  const numbers: Check = {
    expected: `to be ${length} numbers`,
    fits: (value) => isList(value) && value.length === length,
  }
  checkValue(who, what, row, numbers)
  const list = row as ArrayLike<unknown>
  for (let at = 0; at < length; at++) {
    const value = list[at]
    if (typeof value !== 'number' || !(Math.abs(value) <= MOST))
      throw new RangeError(`${who}: expected ${what} to be numbers within ±2^64 but got ${show(value)} at ${at}`)
  }
}

/** The mean of rows, column by column. */
export function meanOf(rows: Iterable<ArrayLike<number>>, dimension: number): Float64Array {
  const mean = new Float64Array(dimension)
  let count = 0
  for (const row of rows) {
    count++
    for (let column = 0; column < dimension; column++) mean[column] += row[column]
  }
  return mean.map((total) => total / count)
}

/** The rows of a map by id. */
function rowsById(
  who: string,
  given: ReadonlyMap<unknown, unknown>,
  { vocabularySize, dimension, vocabulary, hashBuckets }: TableOf,
): ReadonlyMap<number, ArrayLike<number>> {
  if (hashBuckets !== undefined)
    throw new RangeError(
      `${who}: expected pretrained of all ${vocabularySize} rows but got rows by value: because values that are hashed may share one`,
    )
  const rows = new Map<number, ArrayLike<number>>()
  for (const [value, row] of given) {
    if (isMissing(value) || (!vocabulary && !isWhole(value, 0, vocabularySize - 1)))
      throw new RangeError(
        `${who}: expected pretrained by ${vocabulary ? 'value' : `id, from 0 to ${vocabularySize - 1},`} but got ${show(value)}`,
      )
    checkRow(who, `pretrained of ${show(value)}`, row, dimension)
    const id = vocabulary ? vocabulary.encode(value as Value) : (value as number)
    if (!vocabulary || id !== UNKNOWN_ID) rows.set(id, row as ArrayLike<number>)
  }
  if (rows.size === 0)
    throw new RangeError(
      `${who}: expected pretrained of some of its values but got none of them: because it has ${given.size} others`,
    )
  return rows
}

/** All rows, in the order of ids. */
function allRows(who: string, given: unknown, { vocabularySize, dimension }: TableOf): ArrayLike<number> {
  const tensor = isRecord(given) && !isList(given)
  const values = tensor ? given.values : given
  if (!isList(values) || (tensor && !isList(given.shape)))
    throw new RangeError(
      `${who}: expected pretrained to be numbers, lists of them, a tensor or a Map of rows by value but got ${show(given)}`,
    )
  const nested = !tensor && isList(values[0])
  const wanted = showShape([vocabularySize, dimension])
  const stated = tensor ? (given.shape as number[]) : nested ? [values.length, dimension] : undefined
  if (stated && showShape(stated) !== wanted)
    throw new RangeError(`${who}: expected pretrained of shape ${wanted} but got ${showShape(stated)}`)
  if (!nested) {
    checkRow(who, `pretrained of shape ${wanted}`, values, vocabularySize * dimension)
    return values as ArrayLike<number>
  }
  const flat = new Float64Array(vocabularySize * dimension)
  for (let id = 0; id < vocabularySize; id++) {
    checkRow(who, `pretrained of row ${id}`, values[id], dimension)
    flat.set(values[id] as ArrayLike<number>, id * dimension)
  }
  return flat
}

/** Numbers that were given for a table. @throws RangeError if they do not fit it, or are none. */
export function pretrainedOf(
  who: string,
  given: PretrainedRows,
  table: TableOf,
  unlisted: Unlisted = 'drawn',
): Pretrained {
  const { vocabularySize, dimension } = table
  const shape = [vocabularySize, dimension] as const
  if (!(given instanceof Map)) {
    const values = allRows(who, given, table)
    return { shape, has: () => true, start: () => values }
  }
  const rows = rowsById(who, given, table)
  return {
    shape,
    has: (id) => rows.has(id),
    start(draw) {
      const mean = unlisted === 'mean' ? meanOf(rows.values(), dimension) : undefined
      const values = new Float64Array(vocabularySize * dimension)
      for (let id = 0; id < vocabularySize; id++) {
        const row = rows.get(id) ?? mean
        for (let column = 0, at = id * dimension; column < dimension; column++, at++)
          values[at] = row ? row[column] : draw(at)
      }
      return values
    },
  }
}

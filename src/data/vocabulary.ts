/**
 * Vocabularies: values to ids, the same way everywhere. 0 is padding and missing, 1 is out of vocabulary, known values
 * start at 2. They refuse to mix numbers with strings, since 7 from JSON and '7' from CSV would silently never meet.
 */
import { randomBits } from '../kernels/index.ts'

/** A category as data has it. */
export type Value = string | number

/** A category that may be missing: null, undefined, NaN and '' all are. */
export type MaybeValue = Value | null | undefined

export const MISSING_ID = 0
export const UNKNOWN_ID = 1
const FIRST_ID = 2

const FNV_START = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** Above all UTF-16 code units. */
const END = 0x10000

/** What `JSON.stringify` makes of a vocabulary, and `vocabularyFromJSON` takes. */
export interface VocabularyJSON {
  readonly values: readonly Value[]
}

export interface Vocabulary {
  /** Rows of the table it needs: its values and the two reserved ids. */
  readonly size: number
  /** The known values: `values[i]` has id i + 2. */
  readonly values: readonly Value[]
  /**
   * The id of a value: 0 if it is missing, 1 if it is not known.
   *
   * @throws TypeError if it is a number and the vocabulary holds strings, or the other way round.
   */
  readonly encode: (value: MaybeValue) => number
  readonly toJSON: () => VocabularyJSON
}

export interface VocabularyOptions {
  /** Values seen less often are left out. Default 1. */
  readonly minCount?: number
  /** The largest `size`, reserved ids included: the most frequent values stay. Default no limit. */
  readonly maxSize?: number
}

/** Anything that is no value, missing included. */
export const isMissing = (value: unknown): value is null | undefined =>
  value === null || value === undefined || value === '' || Number.isNaN(value)

const show = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))

const checkValue = (who: string, value: unknown, kind: string | undefined): string => {
  if (typeof value !== 'string' && !Number.isFinite(value))
    throw new TypeError(`${who}: expected a string or a finite number but got ${show(value)}`)
  if (kind !== undefined && typeof value !== kind)
    throw new TypeError(
      `${who}: expected a ${kind} but got ${show(value)}: because the vocabulary holds ${kind}s, and 7 and '7' differ`,
    )
  return typeof value
}

function vocabularyOf(values: readonly Value[]): Vocabulary {
  const ids = new Map(values.map((value, index) => [value, index + FIRST_ID]))
  const kind = values.length > 0 ? typeof values[0] : undefined
  return {
    size: values.length + FIRST_ID,
    values,
    encode: (value) => {
      if (isMissing(value)) return MISSING_ID
      const id = ids.get(value)
      if (id !== undefined) return id
      checkValue('Vocabulary.encode', value, kind)
      return UNKNOWN_ID
    },
    toJSON: () => ({ values }),
  }
}

const checkInteger = (name: string, value: number, least: number): void => {
  if (value !== Infinity && !(Number.isInteger(value) && value >= least))
    throw new RangeError(`fitVocabulary: expected ${name} to be an integer of at least ${least} but got ${value}`)
}

const before = (a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * The vocabulary of the values, or lists of values, of a column: by descending count, then ascending value, so that
 * it does not depend on the order of rows. Missing values are not counted. Fit it on training rows only.
 *
 * @throws RangeError if an option is not an integer in range.
 * @throws TypeError if a value is no string or finite number, or numbers and strings are mixed.
 */
export function fitVocabulary(
  column: ArrayLike<MaybeValue | readonly MaybeValue[]>,
  { minCount = 1, maxSize = Infinity }: VocabularyOptions = {},
): Vocabulary {
  checkInteger('minCount', minCount, 1)
  checkInteger('maxSize', maxSize, FIRST_ID)
  const counts = new Map<Value, number>()
  let kind: string | undefined
  const count = (value: MaybeValue): void => {
    if (isMissing(value)) return
    const known = counts.get(value)
    if (known === undefined) kind = checkValue('fitVocabulary', value, kind)
    counts.set(value, (known ?? 0) + 1)
  }
  for (let row = 0; row < column.length; row++) {
    const cell = column[row]
    if (Array.isArray(cell)) (cell as readonly MaybeValue[]).forEach(count)
    else count(cell as MaybeValue)
  }
  const frequent = [...counts].filter(([, times]) => times >= minCount)
  frequent.sort(([a, timesA], [b, timesB]) => timesB - timesA || before(a, b))
  return vocabularyOf(frequent.slice(0, maxSize - FIRST_ID).map(([value]) => value))
}

/**
 * The vocabulary that `toJSON` wrote.
 *
 * @throws TypeError if a value is missing, given twice, or of another kind than the rest.
 */
export function vocabularyFromJSON({ values }: VocabularyJSON): Vocabulary {
  const who = 'vocabularyFromJSON'
  if (!Array.isArray(values)) throw new TypeError(`${who}: expected a list of values but got ${show(values)}`)
  const seen = new Set<Value>()
  let kind: string | undefined
  for (const value of values as readonly Value[]) {
    if (isMissing(value))
      throw new TypeError(`${who}: expected known values but got ${show(value)}: because it is missing`)
    kind = checkValue(who, value, kind)
    if (seen.has(value)) throw new TypeError(`${who}: expected distinct values but got ${show(value)} twice`)
    seen.add(value)
  }
  return vocabularyOf([...seen])
}

/** FNV-1a, going on from `hash`, over UTF-16 code units. */
function hashOn(hash: number, text: string): number {
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME)
  return hash
}

/** 32 bits are mixed until each depends on all. */
const bucketOf = (hash: number, length: number, buckets: number): number =>
  1 + Math.floor((randomBits(hash, length) / 2 ** 32) * buckets)

/**
 * A bucket of 1 … `buckets` for any value, with no vocabulary to keep; 0 if it is missing, so a table has buckets + 1
 * rows. 7 and '7' share a bucket.
 */
export function hashBucket(value: MaybeValue, buckets: number): number {
  if (isMissing(value)) return MISSING_ID
  const text = String(value)
  return bucketOf(hashOn(FNV_START, text), text.length, buckets)
}

/**
 * A bucket of 1 … `buckets` for several values together; 0 if one of them is missing. Each value ends in a unit that no
 * text has, so ('a', 'bc') and ('ab', 'c') are hashed as what they are: two things.
 */
export function hashTuple(values: readonly MaybeValue[], buckets: number): number {
  let hash = FNV_START
  let length = 0
  for (const value of values) {
    if (isMissing(value)) return MISSING_ID
    const text = String(value)
    hash = Math.imul(hashOn(hash, text) ^ END, FNV_PRIME)
    length += text.length
  }
  return bucketOf(hash, length, buckets)
}

/**
 * Vocabularies: values to ids, the same way everywhere. 0 is padding and missing, 1 is out of vocabulary, known values
 * start at 2. They refuse to mix numbers with strings, since 7 from JSON and '7' from CSV would silently never meet.
 */
import { checkNames, checkOptions, checkValue, either, having, oneOf, show, whole } from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import { LIST, MISSING_ID, checkedKey, isList, isMissing, keyOf } from './values.ts'
import type { Key, MaybeValue } from './values.ts'

/** The id of a value that a vocabulary does not have. */
export const UNKNOWN_ID = 1
const FIRST_ID = 2

/** What `JSON.stringify` makes of a vocabulary, and `vocabularyFromJSON` takes. */
export interface VocabularyJSON {
  readonly values: readonly Key[]
}

/** Values and their ids. */
export interface Vocabulary {
  /** Rows of the table it needs: its values and the two reserved ids. */
  readonly size: number
  /** The known values, big integers as strings: `values[i]` has id i + 2. */
  readonly values: readonly Key[]
  /**
   * The id of a value: 0 if it is missing, 1 if it is not known.
   * @throws TypeError if it is a number and the vocabulary holds strings, or the other way round, or a whole number
   * beyond 2^53.
   */
  readonly encode: (value: MaybeValue) => number
  readonly toJSON: () => VocabularyJSON
}

/** What `fitVocabulary` takes. */
export interface VocabularyOptions {
  /** Values seen less often are left out. Default 1. */
  readonly minCount?: number
  /** The largest `size`, reserved ids included: the most frequent values stay. Default no limit. */
  readonly maxSize?: number
}

/** Of distinct values of one kind, which nobody has looked at yet. */
export function vocabularyOf(values: readonly Key[]): Vocabulary {
  const ids = new Map(values.map((value, index) => [value, index + FIRST_ID]))
  const kind = values.length > 0 ? typeof values[0] : undefined
  return {
    size: values.length + FIRST_ID,
    values,
    encode: (value) => {
      if (isMissing(value)) return MISSING_ID
      const id = ids.get(keyOf(value))
      if (id !== undefined) return id
      checkedKey('Vocabulary.encode', value, kind)
      return UNKNOWN_ID
    },
    toJSON: () => ({ values }),
  }
}

const MADE = having('a vocabulary, as fitVocabulary makes it,', 'size', 'values', 'encode')

export const VOCABULARY: Check = {
  ...MADE,
  fits: (value) => MADE.fits(value) && whole(1, 2 ** 31 - 1).fits((value as Vocabulary).size),
}

const OPTIONS: Checks<VocabularyOptions> = { minCount: whole(1), maxSize: either(whole(FIRST_ID), oneOf(Infinity)) }

const before = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0)

/** Values by descending count, then ascending value, without those that come less often than `minCount`. */
function mostFrequent(counts: ReadonlyMap<Key, number>, minCount: number): readonly Key[] {
  const often = [...counts].filter(([, times]) => times >= minCount)
  often.sort(([a, timesA], [b, timesB]) => timesB - timesA || before(a, b))
  return often.map(([value]) => value)
}

/** The vocabulary of values of one kind that are counted already, as `fitVocabulary` makes it of a column. */
export function vocabularyOfCounts(
  who: string,
  counts: ReadonlyMap<Key, number>,
  { minCount = 1, maxSize = Infinity }: VocabularyOptions,
): Vocabulary {
  const [first] = counts.keys()
  for (const value of counts.keys()) checkedKey(who, value, typeof first)
  return vocabularyOf(mostFrequent(counts, minCount).slice(0, maxSize - FIRST_ID))
}

/**
 * How often each value of a column comes, most frequent first, those that come less often than `minCount` left out.
 * `given` is the kind that they must have, if there is one already.
 */
function frequent(
  who: string,
  column: ArrayLike<MaybeValue | ArrayLike<MaybeValue>>,
  minCount: number,
  given?: string,
): readonly Key[] {
  const counts = new Map<Key, number>()
  let kind = given
  const count = (value: MaybeValue, row: number): void => {
    if (isMissing(value)) return
    let key = keyOf(value)
    const known = counts.get(key)
    if (known === undefined) {
      key = checkedKey(who, value, kind, ` at row ${row}`)
      kind = typeof key
    }
    counts.set(key, (known ?? 0) + 1)
  }
  for (let row = 0; row < column.length; row++) {
    const cell = column[row]
    if (isList(cell)) for (let place = 0; place < cell.length; place++) count(cell[place], row)
    else count(cell, row)
  }
  return mostFrequent(counts, minCount)
}

/**
 * The vocabulary of the values, or lists of values, of a column: by descending count, then ascending value, so that
 * it does not depend on the order of rows. Missing values are not counted. Fit it on training rows only.
 * @throws RangeError if the column is no array or typed one, or an option is not known or no integer in range.
 * @throws TypeError if a value is no string, BigInt or finite number, or a whole number beyond 2^53, of which several are
 * read as one, or if numbers and strings are mixed.
 */
export function fitVocabulary(
  column: ArrayLike<MaybeValue | ArrayLike<MaybeValue>>,
  options: VocabularyOptions = {},
): Vocabulary {
  const who = 'fitVocabulary'
  checkValue(who, 'the first argument', column, LIST)
  checkOptions(who, options, OPTIONS)
  const { minCount = 1, maxSize = Infinity } = options
  return vocabularyOf(frequent(who, column, minCount).slice(0, maxSize - FIRST_ID))
}

/**
 * The vocabulary with the values of a further column behind its own, which keep their ids: new ones by descending count
 * in that column, then ascending value. `minCount` is of that column, and `maxSize` of all.
 * @throws what `fitVocabulary` throws, and a RangeError if `maxSize` is below what is known already.
 */
export function growVocabulary(
  vocabulary: Vocabulary,
  column: ArrayLike<MaybeValue | ArrayLike<MaybeValue>>,
  options: VocabularyOptions = {},
): Vocabulary {
  const who = 'growVocabulary'
  checkValue(who, 'the first argument', vocabulary, VOCABULARY)
  checkValue(who, 'the second argument', column, LIST)
  checkOptions(who, options, OPTIONS)
  const { minCount = 1, maxSize = Infinity } = options
  const { size, values } = vocabulary
  if (maxSize < size)
    throw new RangeError(
      `${who}: expected maxSize of at least ${size} but got ${maxSize}: because values that are known keep their ids`,
    )
  const kind = values.length > 0 ? typeof values[0] : undefined
  const more = frequent(who, column, minCount, kind).filter((value) => vocabulary.encode(value) === UNKNOWN_ID)
  return vocabularyOf([...values, ...more.slice(0, maxSize - size)])
}

/**
 * The vocabulary that `toJSON` wrote.
 * @throws TypeError if a value is missing, given twice, of another kind than the rest, or a whole number beyond 2^53.
 */
export function vocabularyFromJSON(json: VocabularyJSON): Vocabulary {
  const who = 'vocabularyFromJSON'
  checkValue(who, 'the first argument', json, having('what toJSON wrote', 'values'))
  checkNames(who, json, ['values'])
  const { values } = json
  if (!Array.isArray(values)) throw new TypeError(`${who}: expected a list of values but got ${show(values)}`)
  const seen = new Set<Key>()
  let kind: string | undefined
  for (const value of values as readonly Key[]) {
    if (isMissing(value))
      throw new TypeError(`${who}: expected known values but got ${show(value)}: because it is missing`)
    kind = typeof checkedKey(who, value, kind)
    if (seen.has(value)) throw new TypeError(`${who}: expected distinct values but got ${show(value)} twice`)
    seen.add(value)
  }
  return vocabularyOf([...seen])
}

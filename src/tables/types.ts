/**
 * The types of DuckDB: what each is read as, or what to write in SQL instead. It refuses to guess what a type means that
 * has no one meaning as a number or a category.
 */

/** What a column's cells are as they leave DuckDB: numbers, NaN where one is missing, or texts. */
export type Cell = 'number' | 'text'

/** What is made of the values of a type. */
export interface TypeUse {
  /** As a category, of which texts and numbers are two kinds; none where it is refused. */
  readonly category?: Cell
  /** As a number: the SQL that makes a DOUBLE of `x`; none where it is refused. */
  readonly number?: (x: string) => string
  /** Whether hour, weekday and so on are parts of it, and its age can be told. */
  readonly time?: 'clock' | 'calendar'
  /** What to write in SQL, of a column `x`, where it is refused. */
  readonly instead?: string
}

const double = (x: string): string => `CAST(${x} AS DOUBLE)`
/** By its digits, for DuckDB rounds twice where they do not fit a double. */
const byDigits = (x: string): string => `CAST(CAST(${x} AS VARCHAR) AS DOUBLE)`

const NUMBER: TypeUse = { category: 'number', number: double }
/** Doubles do not tell all of these apart, so as categories they are their digits. */
const LONG: TypeUse = { category: 'text', number: double }
const HUGE: TypeUse = { category: 'text', number: byDigits }
const TEXT: TypeUse = { category: 'text', instead: 'CAST(x AS DOUBLE)' }
const TIMESTAMP: TypeUse = { time: 'calendar', instead: 'hour(x)' }
const CLOCK: TypeUse = { time: 'clock', instead: 'hour(x)' }

/** By the name that DuckDB gives them, without what stands in parentheses. */
export const TYPES: Readonly<Record<string, TypeUse>> = {
  BOOLEAN: { category: 'number', number: double },
  TINYINT: NUMBER,
  SMALLINT: NUMBER,
  INTEGER: NUMBER,
  UTINYINT: NUMBER,
  USMALLINT: NUMBER,
  UINTEGER: NUMBER,
  BIGINT: LONG,
  UBIGINT: LONG,
  HUGEINT: HUGE,
  UHUGEINT: HUGE,
  BIGNUM: HUGE,
  FLOAT: NUMBER,
  DOUBLE: NUMBER,
  DECIMAL: { category: 'number', number: byDigits },
  VARCHAR: TEXT,
  ENUM: TEXT,
  UUID: { category: 'text', instead: 'hash(x)' },
  DATE: { category: 'text', time: 'calendar', instead: "date_diff('day', DATE '2000-01-01', x)" },
  TIMESTAMP,
  TIMESTAMP_S: TIMESTAMP,
  TIMESTAMP_MS: TIMESTAMP,
  TIMESTAMP_NS: TIMESTAMP,
  'TIMESTAMP WITH TIME ZONE': TIMESTAMP,
  TIME: CLOCK,
  TIME_NS: CLOCK,
  'TIME WITH TIME ZONE': CLOCK,
  INTERVAL: { instead: 'epoch(x)' },
  BLOB: { instead: 'md5(x)' },
  BIT: { instead: 'CAST(x AS VARCHAR)' },
  JSON: { instead: "x ->> '$.name'" },
  STRUCT: { instead: 'x.name' },
  MAP: { instead: 'map_keys(x)' },
  UNION: { instead: 'x.name' },
  VARIANT: { instead: 'CAST(x AS VARCHAR)' },
  GEOMETRY: { instead: 'CAST(x AS VARCHAR)' },
  TYPE: { instead: 'CAST(x AS VARCHAR)' },
  '"NULL"': { category: 'text', number: double },
}

/** A column's type, taken apart: of lists and arrays, what they hold. */
export interface ReadType {
  readonly element: string
  readonly list: boolean
  /** Of arrays: how many values a row has. */
  readonly length?: number
  readonly use: TypeUse
}

const baseOf = (type: string): string => type.split('(')[0].trim()

/** Takes the name of a type apart: `DECIMAL(9,2)[]` holds lists of decimals. What is not known has no use. */
export function readType(type: string): ReadType {
  const [, element, length] = /^(.*)\[(\d*)\]$/s.exec(type) ?? []
  if (element === undefined) return { element: type, list: false, use: TYPES[baseOf(type)] ?? {} }
  const nested = element.endsWith(']')
  return {
    element,
    list: true,
    ...(length !== '' && { length: Number(length) }),
    use: nested ? { instead: 'flatten(x)' } : (TYPES[baseOf(element)] ?? {}),
  }
}

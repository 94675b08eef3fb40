/** Tables of drawn values: as SQL has them, and as the columns that `dataset` takes. */
import fc from 'fast-check'

/** A type of DuckDB, and its values: in SQL, and what a dataset's column has for each. */
export interface DrawnType {
  readonly type: string
  /** As a category, if it is one. */
  readonly category: boolean
  /** As a number, if it is one. */
  readonly number: boolean
  readonly values: fc.Arbitrary<readonly [sql: string, category: Cell, number?: number]>
}

export type Cell = string | number | bigint | null

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const both = (type: string, values: fc.Arbitrary<number>, sql: (x: number) => string = String): DrawnType => ({
  type,
  category: true,
  number: true,
  values: values.map((x) => [sql(x), x, x] as const),
})
const whole = (type: string, least: number, most: number): DrawnType =>
  both(type, fc.oneof(fc.integer({ min: least, max: most }), fc.integer({ min: 0, max: 5 })))
/** Of 64 bits and more: big integers as categories, doubles as numbers. */
const long = (type: string, least: bigint, most: bigint): DrawnType => ({
  type,
  category: true,
  number: true,
  values: fc
    .oneof(fc.bigInt({ min: least, max: most }), fc.bigInt({ min: 0n, max: 5n }))
    .map((x) => [`'${x}'`, x, Number(x)] as const),
})
const texts = (type: string, values: fc.Arbitrary<string>): DrawnType => ({
  type,
  category: true,
  number: false,
  values: values.map((text) => [quoted(text), text] as const),
})
const float = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(0, 1.5, -2, 1 / 3))

const signed = (x: number): string => `'${Object.is(x, -0) ? '-0' : x}'`

/** One for every type that is taken. */
export const DRAWN: readonly DrawnType[] = [
  both('BOOLEAN', fc.integer({ min: 0, max: 1 }), (x) => (x === 1 ? 'true' : 'false')),
  whole('TINYINT', -128, 127),
  whole('SMALLINT', -32768, 32767),
  whole('INTEGER', -(2 ** 31), 2 ** 31 - 1),
  whole('UTINYINT', 0, 255),
  whole('USMALLINT', 0, 65535),
  whole('UINTEGER', 0, 2 ** 32 - 1),
  long('BIGINT', -(2n ** 63n), 2n ** 63n - 1n),
  long('UBIGINT', 0n, 2n ** 64n - 1n),
  long('HUGEINT', -(2n ** 126n), 2n ** 126n),
  long('UHUGEINT', 0n, 2n ** 127n),
  long('BIGNUM', -(2n ** 100n), 2n ** 100n),
  both('FLOAT', float.map(Math.fround), signed),
  both('DOUBLE', float, signed),
  both(
    'DECIMAL(18,4)',
    fc.integer({ min: -1e9, max: 1e9 }).map((x) => Number((x / 1e4).toFixed(4))),
    (x) => x.toFixed(4),
  ),
  both(
    'DECIMAL(4,1)',
    fc.integer({ min: -9999, max: 9999 }).map((x) => Number((x / 10).toFixed(1))),
    (x) => x.toFixed(1),
  ),
  texts(
    'VARCHAR',
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0')),
      fc.constantFrom('', 'a', 'b'),
    ),
  ),
  texts("ENUM('a', 'b', 'it''s')", fc.constantFrom('a', 'b', "it's")),
  texts('UUID', fc.uuid()),
  texts(
    'DATE',
    fc.integer({ min: 0, max: 20000 }).map((day) => new Date(day * 86400000).toISOString().slice(0, 10)),
  ),
]

/** Rows of a column of such a type, some of them null: as SQL's values, and as cells. */
export interface DrawnColumn {
  readonly type: string
  readonly sql: readonly string[]
  readonly categories: readonly Cell[]
  readonly numbers: readonly number[]
}

const columnOf = (type: string, cells: readonly (readonly [string, Cell, number?] | null)[]): DrawnColumn => ({
  type,
  sql: cells.map((cell) => (cell ? `CAST(${cell[0]} AS ${type})` : `CAST(NULL AS ${type})`)),
  categories: cells.map((cell) => cell?.[1] ?? null),
  numbers: cells.map((cell) => cell?.[2] ?? NaN),
})

export const drawnColumn = ({ type, values }: DrawnType, rows: number): fc.Arbitrary<DrawnColumn> =>
  fc.array(fc.option(values, { freq: 5 }), { minLength: rows, maxLength: rows }).map((cells) => columnOf(type, cells))

/** A query for columns by name. */
export const queryOf = (columns: Readonly<Record<string, readonly string[]>>): string => {
  const names = Object.keys(columns)
  const rows = columns[names[0]].map((_, row) => `(${names.map((name) => columns[name][row]).join(', ')})`)
  return `SELECT * FROM (VALUES ${rows.join(', ')}) drawn(${names.map((name) => `"${name}"`).join(', ')})`
}

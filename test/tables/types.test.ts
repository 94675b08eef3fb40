/** Every type of DuckDB is taken, or refused with SQL that is taken. */
import { afterAll, describe, expect, it } from 'vitest'
import { openTable, tableDataset } from '../../src/tables.ts'
import type { FeatureSpec } from '../../src/tables.ts'
import { TYPES, readType } from '../../src/tables/types.ts'

/** Two different values of each type that is not drawn elsewhere. */
const VALUES: Readonly<Record<string, readonly [string, string]>> = {
  BOOLEAN: ['true', 'false'],
  VARCHAR: [`'1'`, `'2'`],
  ENUM: [`CAST('1' AS ENUM('1', '2'))`, `CAST('2' AS ENUM('1', '2'))`],
  UUID: [`UUID '6a2f41a3-c54c-fce8-32d2-0324e1c32e22'`, `UUID '6a2f41a3-c54c-fce8-32d2-0324e1c32e23'`],
  DATE: [`DATE '2024-01-01'`, `DATE '2024-01-02'`],
  TIME: [`TIME '10:00'`, `TIME '11:00'`],
  TIME_NS: [`CAST('10:00' AS TIME_NS)`, `CAST('11:00' AS TIME_NS)`],
  'TIME WITH TIME ZONE': [`CAST('10:00:00+00' AS TIMETZ)`, `CAST('11:00:00+00' AS TIMETZ)`],
  INTERVAL: ['INTERVAL 1 DAY', 'INTERVAL 2 DAY'],
  BLOB: [`'a'::BLOB`, `'b'::BLOB`],
  BIT: [`BIT '1'`, `BIT '10'`],
  JSON: [`'{"name": 1}'::JSON`, `'{"name": 2}'::JSON`],
  STRUCT: [`{'name': 1}`, `{'name': 2}`],
  MAP: [`MAP {'a': 1}`, `MAP {'b': 1}`],
  UNION: [`union_value(name := 1)`, `union_value(name := 2)`],
  VARIANT: ['1::VARIANT', '2::VARIANT'],
  GEOMETRY: [`'POINT(1 2)'::GEOMETRY`, `'POINT(1 3)'::GEOMETRY`],
  '"NULL"': ['NULL', 'NULL'],
}
/** DuckDB has no column of it. */
const NONE = 'TYPE'
const valuesOf = (type: string): readonly [string, string] =>
  VALUES[type] ??
  (type.startsWith('TIMESTAMP')
    ? [`CAST('2024-01-01' AS ${type})`, `CAST('2024-01-02 05:00' AS ${type})`]
    : [`CAST(1 AS ${type})`, `CAST(2 AS ${type})`])

const duckdb = await openTable({ sql: 'SELECT 1 AS x' })
afterAll(() => duckdb.close())

const namesOf = async (sql: string): Promise<readonly string[]> =>
  (await duckdb.connection.runAndReadAll(sql)).getRowObjectsJson().map(({ name }) => String(name))
/** What a DuckDB of another host fetches when it is needed, and here does not. */
const loaded = await namesOf('SELECT extension_name AS name FROM duckdb_extensions() WHERE loaded')
const lacks = (extension: string): boolean => !loaded.includes(extension)

async function made(x: string, type: string, spec: FeatureSpec): Promise<unknown> {
  const [one, two] = valuesOf(type)
  const table = await openTable({
    sql: `SELECT ${x} AS x FROM (SELECT ${one} AS x UNION ALL SELECT ${two}) ORDER BY 1`,
    threads: 1,
  })
  try {
    const { training } = await tableDataset({ from: table, features: [spec] })
    return training.rows
  } finally {
    table.close()
  }
}

it('the types are those that DuckDB has', async () => {
  const names = await namesOf(
    `SELECT DISTINCT upper(logical_type) AS name FROM duckdb_types() WHERE schema_name = 'main'`,
  )
  // JSON is a VARCHAR of another name there, DESCRIBE writes NULL in quotes, and lists and arrays are taken apart.
  const known = new Set([...Object.keys(TYPES).map((name) => name.replaceAll('"', '')), 'LIST', 'ARRAY'])
  expect(names.filter((name) => !known.has(name))).toEqual([])
  expect([...known].filter((name) => name !== 'JSON' && !names.includes(name))).toEqual([])
})

describe.each(Object.entries(TYPES).filter(([type]) => type !== NONE && !(type === 'JSON' && lacks('json'))))(
  '%s',
  (type, { category, number, time, instead }) => {
    const as = {
      category: { kind: 'sparse', name: 'x', hashBuckets: 9 },
      number: { kind: 'dense', name: 'x', missing: 0 },
    } as const

    it('is a category, or refused with what to write instead', async () => {
      if (category) expect(await made('x', type, as.category)).toBe(2)
      else
        await expect(made('x', type, as.category)).rejects.toThrow(
          `write ${instead!.replaceAll(/\bx\b/g, '"x"')} in sql`,
        )
    })

    it('is a number, or refused with what to write instead', async () => {
      if (number) expect(await made('x', type, as.number)).toBe(2)
      else
        await expect(made('x', type, as.number)).rejects.toThrow(`write ${instead!.replaceAll(/\bx\b/g, '"x"')} in sql`)
    })

    it('has parts of time, if it has any', async () => {
      const hour = made('x', type, { kind: 'sparse', name: 'x', time: 'hour' })
      if (time) expect(await hour).toBe(2)
      else await expect(hour).rejects.toThrow(/a date or a time with hour/)
    })

    const inWords = instead !== undefined && type !== 'UUID' && !(type.endsWith('P WITH TIME ZONE') && lacks('icu'))
    it.runIf(inWords)('is taken as what is to be written instead', async () => {
      const list = type === 'MAP'
      const spec: FeatureSpec = list ? { kind: 'varLen', name: 'x', maxLength: 2 } : as.category
      expect(await made(instead!, type, spec)).toBe(2)
    })
  },
)

it('lists and arrays hold what they hold, and lists of lists are flattened first', () => {
  expect(readType('DECIMAL(9,2)[]')).toMatchObject({ element: 'DECIMAL(9,2)', list: true })
  expect(readType('FLOAT[3]')).toMatchObject({ element: 'FLOAT', list: true, length: 3 })
  expect(readType("ENUM('a[]', 'b')")).toMatchObject({ list: false, use: { category: 'text' } })
  expect(readType('INTEGER[][]').use).toEqual({ instead: 'flatten(x)' })
})

/** Files are tables by their extension; those that do not go together, or are not whole, are refused by name. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DuckDBInstance } from '@duckdb/node-api'
import { duckdbOf } from '../../src/tables/library.ts'
import { openTable, tableDataset } from '../../src/tables.ts'
import type { FeatureSpec, OpenOptions } from '../../src/tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'tables-'))
const at = (file: string): string => join(folder, file)
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = `SELECT i::INTEGER AS n, 'u' || (i % 7) AS user, i / 4 AS x, (i % 2)::INTEGER AS y FROM range(100) rows(i)`
const FEATURES: readonly FeatureSpec[] = [
  { kind: 'sparse', name: 'user' },
  { kind: 'dense', name: 'x', standardise: true },
]

beforeAll(async () => {
  const instance = await DuckDBInstance.create(at('lake.duckdb'))
  const connection = await instance.connect()
  for (const sql of [
    `CREATE TABLE feed AS ${ROWS}`,
    ...['a.parquet', 'a.csv', 'a.csv.gz', 'a.tsv', 'a.json', 'a.ndjson'].map(
      (file) =>
        `COPY feed TO '${at(file)}' (${file.includes('parquet') ? 'FORMAT parquet' : file.includes('json') ? `FORMAT json, ARRAY ${file.endsWith('.json')}` : `FORMAT csv, HEADER, DELIMITER '${file.endsWith('.tsv') ? '\t' : ','}'`})`,
    ),
    `COPY (FROM feed WHERE n < 50) TO '${at('part1.parquet')}'`,
    `COPY (FROM feed WHERE n >= 50) TO '${at('part2.parquet')}'`,
    `COPY (SELECT * REPLACE (x::VARCHAR AS x) FROM feed) TO '${at('other.parquet')}'`,
    `COPY (SELECT * EXCLUDE (x) FROM feed) TO '${at('fewer.parquet')}'`,
  ])
    await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
})

const read = async (options: OpenOptions) => {
  const { training } = await tableDataset({ ...options, features: FEATURES, tasks: { y: 'binary' } })
  return { rows: training.rows, ids: training.ids, numbers: training.numbers, labels: training.labels }
}
const opened = async (options: OpenOptions): Promise<void> => (await openTable(options)).close()

describe('the same rows', () => {
  it.each(['a.csv', 'a.csv.gz', 'a.tsv', 'a.json', 'a.ndjson', 'lake.duckdb', 'part*.parquet'])(
    'come from %s as from a Parquet file',
    async (file) => {
      expect(await read({ from: at(file) })).toEqual(await read({ from: at('a.parquet') }))
    },
  )

  it('come from a list of files, by sql, and of sources by name', async () => {
    const expected = await read({ from: at('a.parquet') })
    expect(await read({ from: [at('part1.parquet'), at('part2.parquet')] })).toEqual(expected)
    expect(await read({ sql: `SELECT * FROM '${at('a.parquet')}'` })).toEqual(expected)
    const from = { feed: at('a.csv'), more: at('a.parquet') }
    expect(await read({ from, sql: 'SELECT feed.* FROM feed JOIN more USING (n) ORDER BY n' })).toEqual(expected)
    expect(
      await read({ from: at('lake.duckdb'), sql: 'SELECT * FROM feed;', threads: 1, memoryLimit: '200MB' }),
    ).toEqual(expected)
  })
})

describe('refused by name', () => {
  it('is a column whose type changes between files, or that is not in all', async () => {
    await expect(opened({ from: [at('a.parquet'), at('other.parquet')] })).rejects.toThrow(
      /expected column 'x' of DOUBLE in '.*other\.parquet', as in '.*a\.parquet', but got VARCHAR/,
    )
    await expect(opened({ from: [at('a.parquet'), at('fewer.parquet')] })).rejects.toThrow(
      /column 'x' of DOUBLE in '.*fewer.*no such column/,
    )
    await expect(opened({ from: [at('fewer.parquet'), at('a.parquet')] })).rejects.toThrow(/but got 'x' too/)
  })

  it('is a Parquet file that ends in the middle', async () => {
    const bytes = readFileSync(at('a.parquet'))
    writeFileSync(at('short.parquet'), bytes.subarray(0, bytes.length >> 1))
    await expect(opened({ from: at('short.parquet') })).rejects.toThrow(
      /read_parquet can read but got '.*short\.parquet': because/,
    )
  })

  it('is what is not there, or cannot be told', async () => {
    await expect(opened({ from: at('none.parquet') })).rejects.toThrow(/expected a file '.*none\.parquet' but got none/)
    await expect(opened({ from: at('a.xls') })).rejects.toThrow(/files that end in .parquet/)
    await expect(opened({ from: at('a.arrow') })).rejects.toThrow(/apache-arrow/)
    await expect(opened({ from: [at('a.csv'), at('a.parquet')] })).rejects.toThrow(/files of one kind/)
    await expect(opened({})).rejects.toThrow(/from, sql or both but got neither/)
    await expect(opened({ from: { one: at('a.csv'), two: at('a.csv') } })).rejects.toThrow(
      /sql says how several become one/,
    )
    await expect(opened({ sql: 'SELECT nothing' })).rejects.toThrow(/openTable: expected DuckDB to answer.*nothing/)
    await expect(opened({ from: at('lake.duckdb'), table: 'fed' })).rejects.toThrow(
      /expected a table 'fed'.*but got feed/,
    )
  })
})

it('where DuckDB is not installed it says so, and it may be given', async () => {
  await expect(duckdbOf(undefined, () => Promise.reject(new Error('not found')))).rejects.toThrow(
    /expected the peer @duckdb\/node-api but got none: because not found; install it by 'npm install @duckdb\/node-api'/,
  )
  await expect(duckdbOf({})).rejects.toThrow(/no DuckDBInstance/)
  const given = await import('@duckdb/node-api')
  expect(await read({ from: at('a.parquet'), duckdb: given })).toEqual(await read({ from: at('a.parquet') }))
})

it('a table is opened once and read often, and closed by whoever opened it', async () => {
  const table = await openTable({ from: at('a.parquet') })
  for (let time = 0; time < 2; time++)
    expect((await tableDataset({ from: table, features: FEATURES })).training.rows).toBe(100)
  expect(table.rows).toBe(100)
  table.close()
})

it('features of a model are read as they are, and nothing is fitted', async () => {
  const { features } = await tableDataset({ from: at('part1.parquet'), features: FEATURES })
  const { training, features: same } = await tableDataset({ from: at('part2.parquet'), fitted: features })
  expect(same).toBe(features)
  expect(training.rows).toBe(50)
  await expect(tableDataset({ from: at('a.parquet'), features: FEATURES.slice(1), fitted: features })).rejects.toThrow(
    /fitted features x but got user, x/,
  )
})

it('labels apart from features, and specs by their path', async () => {
  const from = at('a.parquet')
  await expect(tableDataset({ from, features: FEATURES, labels: { up: 'x' } })).rejects.toThrow(
    /labels apart from features but got 'x'/,
  )
  await expect(tableDataset({ from, features: [{ kind: 'sparse', name: 'user', bins: 0 }] })).rejects.toThrow(
    /features\[0\]\.bins to be an integer of at least 1 but got 0/,
  )
  await expect(tableDataset({ from, features: [{ kind: 'dense', name: 'user' }] })).rejects.toThrow(
    /a number for feature 'user' but got column 'user' of VARCHAR: .*write CAST\("user" AS DOUBLE\) in sql/,
  )
})

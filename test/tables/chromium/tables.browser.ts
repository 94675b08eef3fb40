/** All that holds of tables in Node holds in a browser, and files that a person drops there are tables. */
import { describe, expect, it } from 'vitest'
import { duckdbWasm, openTable, tableDataset, tableParts } from '../../../src/tables.ts'
import type { FeatureSpec } from '../../../src/tables.ts'
import { contents } from '../contents.ts'
import { database } from './duckdb.ts'

describe('types', async () => {
  await import('../types.test.ts')
})
describe('columns', async () => {
  await import('../equality.test.ts')
})
describe('features', async () => {
  await import('../features.test.ts')
})
describe('proposals', async () => {
  await import('../infer.test.ts')
})
describe('splits', async () => {
  await import('../split.test.ts')
})

const ROWS = 20_000
const FEATURES: readonly FeatureSpec[] = [
  { kind: 'sparse', name: 'user' },
  { kind: 'dense', name: 'x', missing: 'median', standardise: true },
]
const tasks = { y: 'binary' } as const
const text = `user,x,y\n${Array.from({ length: ROWS }, (_, row) => `u${row % 70},${row % 9 ? row / 8 : ''},${row % 2}`).join('\n')}\n`

async function datasetOf(file: File): Promise<unknown> {
  const duckdb = await duckdbWasm(database, { [file.name]: file })
  const { training } = await tableDataset({ from: file.name, features: FEATURES, tasks, duckdb })
  return contents(training)
}

describe('a file that a person drops', () => {
  const csv = new File([text], 'dropped.csv')

  it('is a table by its name, packed or not, and so is the next one of that name', async () => {
    const packed = await new Response(csv.stream().pipeThrough(new CompressionStream('gzip'))).blob()
    const expected = await datasetOf(csv)
    expect(await datasetOf(new File([packed], 'packed.csv.gz'))).toEqual(expected)
    await datasetOf(new File([text.replace(/u\d+/g, 'one')], 'dropped.csv'))
    expect(await datasetOf(csv)).toEqual(expected)
  })

  it('is read part by part, to the same rows', async () => {
    const duckdb = await duckdbWasm(database, { [csv.name]: csv })
    const given = { from: csv.name, features: FEATURES, tasks, duckdb }
    const { training } = await tableDataset(given)
    const parts = await tableParts({ ...given, rows: 3000 })
    const users: number[] = []
    for (const part of parts.training.sizes.keys()) users.push(...(await parts.training.read(part)).ids.user)
    parts.close()
    expect(users).toEqual([...training.ids.user])
  })

  it('is refused by a name that finds others too', async () => {
    const dropped = await duckdbWasm(database, { [csv.name]: csv })
    const other = { 'one.csv': csv, 'one.csv.gz': csv }
    await expect(duckdbWasm(database, other)).rejects.toThrow(
      /duckdbWasm: expected a name that stands for one file but got 'one\.csv' for one\.csv, one\.csv\.gz: .*give another/,
    )
    expect((await tableDataset({ from: csv.name, features: FEATURES, duckdb: dropped })).training.rows).toBe(ROWS)
  })

  it('is refused by name where it is no table', async () => {
    const duckdb = await duckdbWasm(database, { 'feed.parquet': new File(['no Parquet'], 'feed.parquet') })
    await expect(openTable({ from: 'feed.parquet', duckdb })).rejects.toThrow(/parquet extension/)
    await expect(openTable({ from: 'nobody.csv', duckdb })).rejects.toThrow(
      "openTable: expected a file 'nobody.csv' but got none: because nothing is there",
    )
  })
})

it('a table that is read no further is closed, and others go on', async () => {
  const sql = 'SELECT range AS n FROM range(200000)'
  const one = await openTable({ sql, keep: false })
  const source = await one.connection.stream(`SELECT n::DOUBLE FROM ${one.relation}`)
  expect((await source.fetchChunk())!.rowCount).toBeGreaterThan(0)
  one.close()
  const two = await openTable({ sql })
  expect(two.rows).toBe(200_000)
  two.close()
})

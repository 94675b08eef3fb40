/** Files are the same tables over `@duckdb/duckdb-wasm`, part by part too, and what is wrong with them is said in the same words. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { readParquet } from 'parquet-wasm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PLE, fit, saveState } from '../../src/index.ts'
import { streamed } from '../../src/streams.ts'
import type { DataParts } from '../../src/streams.ts'
import { duckdbWasm, openTable, tableDataset, tableParts } from '../../src/tables.ts'
import type { FeatureSpec, OpenOptions, TableDatasetOptions } from '../../src/tables.ts'
import { contents } from './contents.ts'
import * as wasm from './wasmInNode.ts'

const folder = mkdtempSync(join(tmpdir(), 'wasm-'))
const at = (file: string): string => join(folder, file)
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = `SELECT i::INTEGER AS n, 'ü' || (i % 7) AS user, CASE WHEN i % 9 > 0 THEN i / 4 END AS x, i % 2 = 0 AS y,
  TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS at, ['a' || i % 5, NULL, 'b'][1:1 + i % 3] AS seen FROM range(5000) rows(i)`

beforeAll(async () => {
  const instance = await DuckDBInstance.create(at('lake.duckdb'))
  const connection = await instance.connect()
  for (const sql of [
    `CREATE TABLE feed AS ${ROWS}`,
    `COPY feed TO '${at('a.parquet')}'`,
    ...['a.csv', 'a.csv.gz', 'a.tsv'].map(
      (file) => `COPY feed TO '${at(file)}' (FORMAT csv, HEADER, DELIMITER '${file.endsWith('.tsv') ? '\\t' : ','}')`,
    ),
    `COPY (FROM feed WHERE n < 1000) TO '${at('part1.csv')}'`,
    `COPY (FROM feed WHERE n >= 1000) TO '${at('part2.csv')}'`,
    `COPY (SELECT * REPLACE ('x' AS x) FROM feed) TO '${at('other.csv')}'`,
    `COPY (SELECT * EXCLUDE (x) FROM feed) TO '${at('fewer.csv')}'`,
  ])
    await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
  // A path to attach is one of the instance's own files.
  await duckdbWasm(wasm.database, { [at('lake.duckdb')]: new Uint8Array(readFileSync(at('lake.duckdb'))) })
})

const FEATURES: FeatureSpec[] = [
  { kind: 'sparse', name: 'user' },
  { kind: 'dense', name: 'x', missing: 'median', indicator: true, standardise: true },
  { kind: 'sparse', name: 'hour', column: 'at', time: 'hour' },
]
const LIST: FeatureSpec = { kind: 'varLen', name: 'seen', maxLength: 2 }
const tasks = { y: 'binary' } as const

/** What comes of options, or what is said. */
async function outcome(options: TableDatasetOptions): Promise<unknown> {
  try {
    const { training, validation } = await tableDataset(options)
    return [training, validation].map((part) => part && contents(part))
  } catch (error) {
    return String(error)
  }
}
const overWasm = (options: TableDatasetOptions): TableDatasetOptions => ({ ...options, duckdb: wasm })

describe('the same rows come from', () => {
  it.each<[string, OpenOptions, FeatureSpec[]?]>([
    ['CSV', { from: at('a.csv') }],
    ['CSV that is packed', { from: at('a.csv.gz') }],
    ['TSV', { from: at('a.tsv') }],
    ['several files', { from: [at('part1.csv'), at('part2.csv')] }],
    ['a pattern', { from: at('part*.csv') }],
    ['a DuckDB file', { from: at('lake.duckdb') }, [...FEATURES, LIST]],
    ['a table of a DuckDB file, which is attached anew', { from: at('lake.duckdb'), table: 'feed' }],
    [
      'sources by name and SQL',
      { from: { a: at('part1.csv'), b: at('a.csv') }, sql: 'SELECT b.* FROM a JOIN b USING (n)' },
    ],
    ['a query', { sql: ROWS, threads: 1, memoryLimit: '300MB' }, [...FEATURES, LIST]],
  ])('%s', async (_, opening, features = FEATURES) => {
    const split = { by: 'hash', column: 'n', validation: 0.2 } as const
    const options = { ...opening, features, tasks, split }
    const found = await outcome(overWasm(options))
    expect(found).toEqual(await outcome(options))
    expect(typeof found).not.toBe('string')
  })

  it('Parquet, which another library reads to Arrow', async () => {
    const connection = wasm.database.connect()
    const arrow = readParquet(new Uint8Array(readFileSync(at('a.parquet')))).intoIPCStream()
    connection.insertArrowFromIPCStream(arrow, { name: 'feed', create: true })
    const options = { features: [...FEATURES, LIST], tasks }
    expect(await outcome(overWasm({ ...options, sql: 'SELECT * FROM feed' }))).toEqual(
      await outcome({ ...options, from: at('a.parquet') }),
    )
    connection.query('DROP TABLE feed')
    connection.close()
  })

  it('bytes that are registered by name, and again by the same name', async () => {
    const bytes = new Uint8Array(readFileSync(at('part1.csv')))
    const given = { features: FEATURES, tasks }
    const first = await duckdbWasm(wasm.database, { 'dropped.csv': bytes })
    expect(await outcome({ ...given, from: 'dropped.csv', duckdb: first })).toEqual(
      await outcome({ ...given, from: at('part1.csv') }),
    )
    expect(bytes.length).toBeGreaterThan(0)
    const again = await duckdbWasm(wasm.database, { 'dropped.csv': new Uint8Array(readFileSync(at('a.csv'))) })
    expect(await outcome({ ...given, from: 'dropped.csv', duckdb: again })).toEqual(
      await outcome({ ...given, from: at('a.csv') }),
    )
  })
})

describe('parts', () => {
  /** The bits of a model that a table's parts have trained. */
  async function trained(options: TableDatasetOptions): Promise<unknown> {
    const { features, training, validation, close } = await tableParts({ ...options, rows: 700 })
    const model = new PLE({ features, taskNames: ['y', 'n'], taskTypes: ['binary', 'regression'] })
    await fit(model, { data: await streamed(training, { buffer: 2048 }), batchSize: 128, epochs: 2 })
    const all: unknown[] = []
    for (const part of [training, validation!]) all.push(part.sizes, await last(part))
    close()
    return [saveState(model), all]
  }
  const last = async ({ sizes, read }: DataParts): Promise<unknown> => contents(await read(sizes.length - 1))

  it('train to the same bits', async () => {
    const options = {
      from: at('a.csv'),
      features: FEATURES,
      tasks: { y: 'binary', n: 'regression' },
      split: { by: 'random', validation: 0.2 },
    } as const
    expect(await trained(overWasm(options))).toEqual(await trained(options))
  })
})

describe('the same words refuse', () => {
  it.each<[string, TableDatasetOptions]>([
    ['a file that is not there', { from: at('none.csv') }],
    ['an extension that nothing reads', { from: at('a.xls') }],
    ['a table that is not there', { from: at('lake.duckdb'), table: 'fed' }],
    ['files that are not alike', { from: [at('a.csv'), at('other.csv')] }],
    ['a column that is missing', { from: [at('a.csv'), at('fewer.csv')] }],
    ['a column that is too many', { from: [at('fewer.csv'), at('a.csv')] }],
    ['nothing', {}],
    ['SQL that is wrong', { sql: 'SELECT nothing' }],
    ['texts as numbers', { from: at('a.csv'), features: [{ kind: 'dense', name: 'user' }] }],
    ['a label that is a feature', { from: at('a.csv'), labels: { up: 'x' } }],
    ['labels that are none', { from: at('a.csv'), tasks: { n: 'binary' } }],
    ['a column that nobody has', { from: at('a.csv'), features: [{ kind: 'dense', name: 'xx' }] }],
    [
      'a cell that is no number, in the middle of the rows',
      {
        sql: `SELECT CASE WHEN i = 4000 THEN 'no' ELSE '1' END::INTEGER AS x FROM range(5000) r(i)`,
        features: FEATURES.slice(1, 2),
      },
    ],
  ])('%s', async (_, options) => {
    const given = { features: FEATURES, ...options }
    const said = await outcome(overWasm(given))
    expect(said).toBe(await outcome(given))
    expect(said).toMatch(/: expected /)
  })
})

describe('what is WebAssembly’s own', () => {
  it('Parquet without its extension is refused with what is missing', async () => {
    expect(await outcome({ from: at('a.parquet'), features: FEATURES, duckdb: wasm })).toMatch(
      /read_parquet can read but got '.*a\.parquet': because .*parquet extension/,
    )
  })

  it('an instance by itself, and what is no file, is refused with what makes one', async () => {
    await expect(openTable({ sql: 'SELECT 1', duckdb: wasm.database })).rejects.toThrow(
      /in a browser, duckdbWasm makes/,
    )
    await expect(duckdbWasm({} as never)).rejects.toThrow(
      'duckdbWasm: expected the first argument to be an instance of @duckdb/duckdb-wasm but got',
    )
    await expect(duckdbWasm(wasm.database, { 'a.csv': 'text' as never })).rejects.toThrow(
      "to be a file or bytes but got 'text' of 'a.csv'",
    )
  })

  it('small results are JSON: big integers by their digits, null where a cell is missing, and all else cast', async () => {
    const table = await openTable({ sql: 'SELECT 1 AS one', duckdb: wasm })
    const rows = async (sql: string) => (await table.connection.runAndReadAll(sql)).getRowObjectsJson()
    expect(
      await rows(`SELECT i::BIGINT AS a, i = 1 AS b, CASE WHEN i > 0 THEN 2.5::DOUBLE END AS c, 'u' || i AS d,
        CASE WHEN i > 0 THEN true END AS e, CASE WHEN i > 0 THEN 'x' END AS f, DATE '2024-05-01' AS g FROM range(2) r(i)`),
    ).toEqual([
      { a: '0', b: false, c: null, d: 'u0', e: null, f: null, g: '2024-05-01' },
      { a: '1', b: true, c: 2.5, d: 'u1', e: true, f: 'x', g: '2024-05-01' },
    ])
    await expect(rows('SELECT [1] AS list')).rejects.toThrow(/column 'list' of .*: because rows are JSON; cast it/)
    table.close()
  })
})

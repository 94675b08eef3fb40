/** A table part by part has the rows of its datasets, trains to their bits, and says what is wrong with what it reads. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { featuresToJSON } from '../../src/encoding.ts'
import { PLE, adam, evaluate, fit, saveState } from '../../src/index.ts'
import type { Dataset } from '../../src/index.ts'
import { memoryStore } from '../../src/files.ts'
import { streamed } from '../../src/streams.ts'
import type { DataParts } from '../../src/streams.ts'
import { tableDataset, tableParts } from '../../src/tables.ts'
import type { FeatureSpec, OpenOptions, Split } from '../../src/tables.ts'
import { contents } from './contents.ts'

const folder = mkdtempSync(join(tmpdir(), 'parts-'))
const at = (file: string): string => join(folder, file)
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = 6000
const QUERY = `SELECT i, 'u' || (i * 7 % 90) AS user, [i % 5, i % 3] AS seen, CASE WHEN i % 9 > 0 THEN (i * 31 % 100) / 4.0 END AS x,
  TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS at, (i * 7 % 90 + i % 5) % 2 = 0 AS liked,
  CASE WHEN i % 4 > 0 THEN ['news', 'drama', 'comedy'][1 + i % 3] END AS genre, 1 + i % 3 AS counts,
  CASE WHEN i % 10 < 7 THEN 'training' WHEN i % 10 < 9 THEN 'validation' END AS part FROM range(${ROWS}) rows(i)`

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const copy = (rows: string, file: string, more = '') =>
    connection.run(`COPY (${rows}) TO '${at(file)}' (FORMAT parquet ${more})`)
  // Row groups of 2048 rows, the least that DuckDB writes.
  await copy(QUERY, 'all.parquet', ', ROW_GROUP_SIZE 2048')
  await copy(`FROM (${QUERY}) WHERE i < 2500`, 'one.parquet', ', ROW_GROUP_SIZE 2048')
  await copy(`FROM (${QUERY}) WHERE i >= 2500`, 'two.parquet')
  await copy(`SELECT *, 3 AS file_row_number FROM (${QUERY})`, 'named.parquet')
  await copy(`SELECT * REPLACE (x::VARCHAR AS x) FROM (${QUERY}) WHERE i < 9`, 'other.parquet')
  await connection.run(`COPY (${QUERY}) TO '${at('all.csv.gz')}' (FORMAT csv)`)
  connection.closeSync()
})

const FEATURES: readonly FeatureSpec[] = [
  { kind: 'sparse', name: 'user' },
  { kind: 'dense', name: 'x', missing: 'median', indicator: true, standardise: true },
]
const LIST: FeatureSpec = { kind: 'varLen', name: 'seen', maxLength: 2, hashBuckets: 9 }
const tasks = { liked: 'binary', genre: 'regression' } as const
const labels = { genre: 'counts' }
const SPLITS: readonly (Split | undefined)[] = [
  undefined,
  { by: 'time', column: 'at', validation: 0.1, test: 0.2 },
  { by: 'hash', column: 'user', validation: 0.2, test: 0.1 },
  { by: 'random', validation: 0.2, seed: 4 },
  { by: 'column', column: 'part' },
]

/** All rows of parts, one part after the other. */
async function whole({ sizes, read }: DataParts): Promise<readonly Dataset[]> {
  const parts: Dataset[] = []
  for (const place of sizes.keys()) parts.push(await read(place))
  return parts
}
const joined = (parts: readonly Dataset[]): unknown => {
  const columns = (kind: 'ids' | 'numbers' | 'labels' | 'sampleWeights') =>
    Object.fromEntries(
      Object.keys(parts[0][kind] ?? {}).map((name) => [name, parts.flatMap((part) => [...part[kind]![name]])]),
    )
  return ['ids', 'numbers', 'labels', 'sampleWeights'].map((kind) => columns(kind as 'ids'))
}

describe.each(SPLITS.map((split) => [split?.by ?? 'no split', split] as const))('of %s', (_, split) => {
  it.each<[string, OpenOptions['from'], readonly FeatureSpec[]]>([
    ['Parquet', 'all.parquet', [...FEATURES, LIST]],
    ['several files', ['one.parquet', 'two.parquet'], [...FEATURES, LIST]],
    ['a file with a column of that name', 'named.parquet', FEATURES],
    ['CSV', 'all.csv.gz', FEATURES],
  ])('parts of %s have the rows of the datasets, in order', async (__, from, features) => {
    const files = (typeof from === 'string' ? [from] : (from as readonly string[])).map(at)
    const options = {
      from: files,
      features,
      tasks,
      labels,
      sampleWeights: { liked: 'counts' },
      ...(split && { split }),
    }
    const sets = await tableDataset(options)
    const parts = await tableParts({ ...options, rows: 1000, thread: from === 'all.parquet' })
    try {
      expect(featuresToJSON(parts.features)).toEqual(featuresToJSON(sets.features))
      for (const part of ['training', 'validation', 'test'] as const) {
        const [set, some] = [sets[part], parts[part]]
        expect(some === undefined, part).toBe(set === undefined)
        if (!set || !some) continue
        expect(Math.max(...some.sizes)).toBeLessThanOrEqual(1000)
        expect(joined(await whole(some))).toEqual(joined([set]))
      }
    } finally {
      parts.close()
    }
  })
})

const byColumn = { by: 'column', column: 'part' } as const
const options = () => ({
  from: at('all.parquet'),
  features: [...FEATURES, LIST],
  tasks: { liked: 'binary', counts: 'regression' } as const,
  split: byColumn,
  rows: 500,
})
const modelOf = (features: readonly Awaited<ReturnType<typeof tableParts>>['features'][number][]) =>
  new PLE({ features, taskNames: ['liked', 'counts'], taskTypes: ['binary', 'regression'], expertDnnHiddenUnits: [8] })
const settings = () => ({ epochs: 2, batchSize: 64, optimizer: adam({ learningRate: 0.01 }) })

describe('trained on', () => {
  it('parts give the bits of the dataset with a buffer of all rows, validated and scored by parts read at any time', async () => {
    const { rows: _, ...all } = options()
    const sets = await tableDataset(all)
    const inMemory = modelOf(sets.features)
    await fit(inMemory, { ...settings(), data: sets.training, validation: sets.validation! })
    const parts = await tableParts(options())
    const model = modelOf(parts.features)
    const validation = await streamed(parts.validation!)
    await fit(model, { ...settings(), data: await streamed(parts.training, { buffer: ROWS }), validation })
    expect(saveState(model)).toEqual(saveState(inMemory))
    expect(await evaluate(model, validation)).toEqual(evaluate(inMemory, sets.validation!))
    parts.close()
  })

  it('parts in a small buffer go on where they were stopped, to the same bits', async () => {
    const parts = await tableParts(options())
    const data = await streamed(parts.training, { buffer: 1024 })
    const through = modelOf(parts.features)
    await fit(through, { ...settings(), data })
    const stopped = modelOf(parts.features)
    const store = memoryStore()
    const stop = new AbortController()
    const { stopped: why } = await fit(stopped, {
      ...settings(),
      data,
      checkpoint: { store },
      signal: stop.signal,
      onBatch: ({ step }) => {
        if (step === 37) stop.abort()
      },
    })
    expect(why).toBe('aborted')
    await fit(stopped, { ...settings(), data, resume: store })
    expect(saveState(stopped)).toEqual(saveState(through))
    parts.close()
  })
})

describe('what is wrong is said', () => {
  it('of a file that ends in the middle, when it is opened', async () => {
    writeFileSync(at('half.parquet'), readFileSync(at('all.parquet')).subarray(0, 40_000))
    await expect(tableParts({ ...options(), from: at('half.parquet') })).rejects.toThrow(
      /^openTable: expected a file that read_parquet can read but got '.*half\.parquet'/,
    )
  })

  it('of a file that is cut while a model trains: steps before it are kept, and a file that is whole again goes on', async () => {
    const path = at('cut.parquet')
    writeFileSync(path, readFileSync(at('all.parquet')))
    const parts = await tableParts({ ...options(), from: path })
    const data = await streamed(parts.training, { buffer: 1024 })
    const store = memoryStore()
    const model = modelOf(parts.features)
    const cutting = fit(model, {
      ...settings(),
      data,
      checkpoint: { store },
      onBatch: ({ step }) => {
        if (step === 20) truncateSync(path, 1000)
      },
    })
    await expect(cutting).rejects.toThrow(/^tableParts: expected DuckDB to answer but got an error/)
    parts.close()
    writeFileSync(path, readFileSync(at('all.parquet')))
    const again = await tableParts({ ...options(), from: path })
    const { resumed } = await fit(model, {
      ...settings(),
      data: await streamed(again.training, { buffer: 1024 }),
      resume: store,
    })
    expect(resumed!.step).toBeGreaterThanOrEqual(20)
    const through = modelOf(again.features)
    await fit(through, { ...settings(), data: await streamed(again.training, { buffer: 1024 }) })
    expect(saveState(model)).toEqual(saveState(through))
    again.close()
  })

  it('of a column whose type changes from file to file', async () => {
    await expect(tableParts({ ...options(), from: [at('all.parquet'), at('other.parquet')] })).rejects.toThrow(
      /^openTable: expected column 'x' of .* in '.*other\.parquet'/,
    )
  })

  it('of rows that come or go', async () => {
    const path = at('grown.parquet')
    writeFileSync(path, readFileSync(at('all.parquet')))
    const parts = await tableParts({ ...options(), from: path })
    writeFileSync(path, readFileSync(at('one.parquet')))
    await expect(parts.training.read(parts.training.sizes.length - 1)).rejects.toThrow(/^tableParts: expected/)
    parts.close()
  })

  it('of labels, of a part without rows, and of rows that are none', async () => {
    const parts = await tableParts({ ...options(), tasks: { counts: 'binary' } })
    await expect(parts.training.read(1)).rejects.toThrow("labels of 'counts'")
    expect((await whole(parts.training).catch(() => [])).length).toBe(0)
    parts.close()
    await expect(tableParts({ ...options(), rows: 0 })).rejects.toThrow(
      'tableParts: expected rows to be an integer of at least 1 but got 0',
    )
    const never = `SELECT *, 'test' AS never FROM data`
    await expect(
      tableParts({ ...options(), sql: never, features: [LIST], split: { by: 'column', column: 'never' } }),
    ).rejects.toThrow('tableParts: expected rows for training but got none')
  })
})

it('contents of a part are a dataset like any other', async () => {
  const parts = await tableParts({ ...options(), rows: ROWS })
  const { rows: _, ...all } = options()
  expect(contents(await parts.training.read(0))).toEqual(contents((await tableDataset(all)).training))
  parts.close()
})

/** Real data by DuckDB are what the hand-written loaders make of them; skipped where they are not there. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { census } from '../../examples/feed/sources/census.ts'
import { dataFolder, hasData } from '../../examples/feed/sources/folder.ts'
import { kuairand } from '../../examples/feed/sources/kuairand.ts'
import type { Dataset } from '../../src/index.ts'
import { openTable, tableDataset } from '../../src/tables.ts'
import type { FeatureSpec } from '../../src/tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'real-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The bytes of each array in short, for there are millions of them. */
const digests = (by: Readonly<Record<string, Int32Array | Float32Array>>): unknown =>
  Object.fromEntries(Object.entries(by).map(([name, values]) => [name, createHash('md5').update(values).digest('hex')]))
const arrays = ({ rows, ids, numbers, labels }: Pick<Dataset, 'rows' | 'ids' | 'numbers' | 'labels'>): unknown => ({
  rows,
  ids: digests(ids),
  numbers: digests(numbers),
  labels: digests(labels),
})
const vocabularies = (features: readonly object[]): unknown => JSON.parse(JSON.stringify(features))

/** A Parquet file that DuckDB makes of a query. */
async function parquet(name: string, sql: string): Promise<string> {
  const file = join(folder, `${name}.parquet`)
  const table = await openTable({ sql, keep: false })
  await table.connection.run(`COPY (FROM ${table.relation}) TO '${file}'`)
  table.close()
  return file
}

describe.runIf(hasData('kuairand'))('KuaiRand', () => {
  it('is what its loader makes of it', async () => {
    const at = (file: string): string => `read_csv('${join(dataFolder('kuairand'), file)}', all_varchar = true)`
    const from = await parquet(
      'kuairand',
      `SELECT log.*, users.* EXCLUDE (user_id), videos.* EXCLUDE (video_id),
       hourmin::INTEGER // 100 AS hour, duration_ms::DOUBLE AS duration, long_view::INTEGER AS vtr,
       CASE WHEN duration_ms::DOUBLE > 0 THEN least(1, play_time_ms::DOUBLE / duration_ms::DOUBLE) END AS vcr,
       CASE WHEN date <= '20220430' THEN 'training' WHEN date = '20220501' THEN 'validation' ELSE 'test' END AS part
       FROM (SELECT *, row_number() OVER () AS place FROM ${at('log_*.csv.gz')}) log
       JOIN ${at('users.csv.gz')} users USING (user_id) JOIN ${at('videos.csv.gz')} videos USING (video_id) ORDER BY place`,
    )
    const expected = await kuairand()
    const specs = expected.features.map((feature): FeatureSpec => {
      const { name, dimension } = feature
      if (feature.kind !== 'sparse') throw new Error(`expected sparse features but got ${name}`)
      if (name === 'duration') return { kind: 'sparse', name, bins: 20, dimension }
      return feature.vocabulary
        ? { kind: 'sparse', name, dimension }
        : { kind: 'sparse', name, vocabularySize: feature.vocabularySize, dimension }
    })
    const found = await tableDataset({
      from,
      features: specs,
      tasks: expected.tasks,
      split: { by: 'column', column: 'part' },
    })
    // The loader has made bins of durations itself, from 0, where a feature of edges has 0 for what is missing.
    const apart = ({ features }: Pick<Dataset, 'features'>): unknown =>
      vocabularies(features.filter(({ name }) => name !== 'duration'))
    expect(apart(found)).toEqual(apart(expected))
    for (const [given, made] of [
      [found.training, expected.train],
      [found.validation!, expected.validation],
      [found.test!, expected.test],
    ]) {
      const { duration, ...ids } = given.ids
      expect(arrays({ ...given, ids: { ...ids, duration: duration.map((id) => id - 1) } })).toEqual(arrays(made))
    }
  }, 120_000)
})

describe.runIf(hasData('census'))('census-income', () => {
  it('is what its loader makes of it', async () => {
    const files = ['train', 'test'].map((name) => join(dataFolder('census'), `nominal_${name}.csv.gz`))
    const part = (file: string, name: string): string =>
      `SELECT *, (income_50k = '50000+.')::INTEGER AS income, (marital_stat = 'Never-married')::INTEGER AS "neverMarried", '${name}' AS part
       FROM read_csv('${file}', all_varchar = true)`
    const from = await parquet('census', `${part(files[0], 'training')} UNION ALL ${part(files[1], 'test')}`)
    const expected = await census()
    const specs = expected.features.map(({ name, dimension }): FeatureSpec => ({ kind: 'sparse', name, dimension }))
    const found = await tableDataset({
      from,
      features: specs,
      tasks: expected.tasks,
      split: { by: 'column', column: 'part' },
    })
    expect(vocabularies(found.features)).toEqual(vocabularies(expected.features))
    expect(arrays(found.training)).toEqual(arrays(expected.train))
    expect(found.test!.rows).toBe(expected.validation.rows + expected.test.rows)
  }, 120_000)
})

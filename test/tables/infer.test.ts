/** Features are proposed with reasons, by thresholds that a person can read, and what is proposed can be trained on. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkSpecs, inferFeatures, openTable, tableDataset } from '../../src/tables.ts'
import type { Proposal, Table } from '../../src/tables.ts'

const ROWS = 3000
const SQL = `SELECT i AS id, i % 60 AS user_id, i % 2 = 0 AS liked, 'x' || (i % 1000) AS film, 'y' || (i % 1001) AS clip,
  'z' || i AS line, 7 AS same, NULL::INTEGER AS nothing, (i % 50)::INTEGER AS fifty, (i % 51)::INTEGER AS more,
  i % 3 / 2 AS thirds, CASE WHEN i % 10 > 0 THEN i % 97 END AS gaps, CASE WHEN i = 5 THEN 1e6 ELSE i % 97 END AS far,
  TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS at, DATE '2024-01-01' + (i % 400)::INTEGER AS born, TIME '10:00' + INTERVAL (i) MINUTE AS clock,
  CASE WHEN i % 100 = 0 THEN range(9) ELSE range(i % 4) END AS films, [i / 7, i % 5, 1]::FLOAT[3] AS vector,
  []::VARCHAR[] AS hollow, [{a: 1}] AS structures, i::VARCHAR::BLOB AS bytes FROM range(${ROWS}) rows(i)`

let table: Table
let proposal: Proposal
beforeAll(async () => {
  table = await openTable({ sql: SQL })
  proposal = await inferFeatures(table, { labels: ['liked'] })
})
afterAll(() => table.close())

it('every kind of column has its kind of feature, and a reason', () => {
  expect(proposal.features).toEqual([
    { kind: 'sparse', name: 'user_id', why: 'BIGINT: 60 values, none missing' },
    { kind: 'sparse', name: 'film', why: 'VARCHAR: 1,000 values, none missing' },
    {
      ...{ kind: 'sparse', name: 'clip', vocabulary: { minCount: 2 }, dimension: 8 },
      why: 'VARCHAR: 1,001 values, of which those that come once are one, none missing',
    },
    { kind: 'sparse', name: 'fifty', why: 'INTEGER: 50 values, none missing' },
    { kind: 'dense', name: 'more', standardise: true, why: 'INTEGER: 0 to 50, none missing' },
    { kind: 'dense', name: 'thirds', standardise: true, why: 'DOUBLE: 0 to 1, none missing' },
    {
      ...{ kind: 'dense', name: 'gaps', missing: 'median', indicator: true, standardise: true },
      why: 'BIGINT: 0 to 96, 10 % missing',
    },
    expect.objectContaining({ kind: 'dense', name: 'far', log: true, standardise: true }),
    { kind: 'sparse', name: 'at_hour', column: 'at', time: 'hour', why: 'TIMESTAMP: what a day repeats' },
    { kind: 'sparse', name: 'at_weekday', column: 'at', time: 'weekday', why: 'TIMESTAMP: what a week repeats' },
    { kind: 'sparse', name: 'born_weekday', column: 'born', time: 'weekday', why: 'DATE: what a week repeats' },
    { kind: 'sparse', name: 'clock_hour', column: 'clock', time: 'hour', why: 'TIME: what a day repeats' },
    { kind: 'varLen', name: 'films', maxLength: 3, why: 'BIGINT[]: 95 % have at most 3, the longest 9' },
    { kind: 'dense', name: 'vector', dimension: 3, standardise: true, why: 'FLOAT[3]: 3 numbers a row' },
  ])
  expect(proposal.features.find(({ name }) => name === 'far')!.why).toMatch(
    /^DOUBLE: 0 to 1000000, half of it up to 4\d(\.\d+)?, none missing$/,
  )
})

it('what is no feature is left out, with the reason', () => {
  expect(proposal.leftOut).toEqual([
    { column: 'id', why: 'BIGINT: nearly as many values as rows, 3,000 values' },
    { column: 'line', why: 'VARCHAR: nearly as many values as rows, 3,000 values' },
    { column: 'same', why: 'INTEGER: the same value in all rows' },
    { column: 'nothing', why: 'INTEGER: no value in any row' },
    { column: 'hollow', why: 'VARCHAR[]: all lists are empty' },
    { column: 'structures', why: 'STRUCT(a INTEGER)[]: write x.name in sql, of x' },
    { column: 'bytes', why: 'BLOB: write md5(x) in sql, of x' },
  ])
})

it('the largest table has 100,000 values', async () => {
  const many = await openTable({ sql: 'SELECT i % 110000 AS item FROM range(230000) rows(i)' })
  const { features } = await inferFeatures(many)
  many.close()
  expect(features).toMatchObject([{ kind: 'sparse', vocabulary: { minCount: 2, maxSize: 100_000 } }])
})

it('labels by task and exceptions are in neither list, and must be there', async () => {
  const { features, leftOut } = await inferFeatures(table, { labels: { like: 'liked' }, except: ['user_id', 'id'] })
  const named = [...features.map(({ name }) => name), ...leftOut.map(({ column }) => column)]
  for (const name of ['liked', 'user_id', 'id']) expect(named).not.toContain(name)
  await expect(inferFeatures(table, { labels: ['likes'] })).rejects.toThrow(/a column 'likes'.*did you mean 'liked'\?/)
  await expect(inferFeatures(table, { except: ['nobody'] })).rejects.toThrow(/a column 'nobody'/)
  await expect(inferFeatures(table, { label: [] } as never)).rejects.toThrow(/inferFeatures: .*'labels'/)
})

it('what is proposed goes through JSON and makes a dataset', async () => {
  const features: unknown = JSON.parse(JSON.stringify(proposal.features))
  checkSpecs('test', 'features', features)
  const { training } = await tableDataset({ from: table, features, tasks: { liked: 'binary' } })
  expect(training.rows).toBe(ROWS)
  expect(training.features.map(({ name }) => name)).toEqual(proposal.features.map(({ name }) => name))
})

it('a table without rows has nothing to propose', async () => {
  const none = await openTable({ sql: 'SELECT 1 AS a, [2] AS b WHERE false' })
  expect((await inferFeatures(none)).features).toEqual([])
  none.close()
})

/** What a spec says of its column is what `dataset` makes of arrays: times, texts that are split, weights, shared tables, labels. */
import { afterEach, expect, it } from 'vitest'
import fc from 'fast-check'
import { dataset, denseFeature, fitVocabulary, sparseFeature, varLenFeature } from '../../src/index.ts'
import type { DatasetOptions } from '../../src/index.ts'
import { fitScaling } from '../../src/encoding.ts'
import { openTable, tableDataset } from '../../src/tables.ts'
import type { Table, TableDatasetOptions } from '../../src/tables.ts'
import { multiclass } from '../../src/tasks.ts'
import { contents } from './contents.ts'
import { queryOf } from './drawn.ts'

let table: Table | undefined
afterEach(() => {
  table?.close()
  table = undefined
})

async function equal(
  sql: string,
  options: Omit<TableDatasetOptions, 'from' | 'sql'>,
  expected: DatasetOptions,
): Promise<void> {
  table?.close()
  table = await openTable({ sql, threads: 1 })
  const { training } = await tableDataset({ from: table, ...options })
  expect(contents(training)).toEqual(contents(dataset(expected)))
}

const texts = (values: readonly (string | null)[]): readonly string[] =>
  values.map((value) => (value === null ? 'NULL::VARCHAR' : `'${value}'`))

it('parts of a time are those of its day in UTC, and ages are days up to a day or to another column', async () => {
  const moment = fc.option(fc.integer({ min: -1e9, max: 4e9 }), { freq: 6 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(moment, moment), { minLength: 1, maxLength: 9 }), async (rows) => {
      const sqlOf = (seconds: number | null): string =>
        seconds === null ? 'NULL::TIMESTAMP' : `make_timestamp(${seconds}::BIGINT * 1000000)`
      const of = (part: (date: Date) => number): number[] =>
        rows.map(([at]) => (at === null ? NaN : part(new Date(at * 1000))))
      const columns = {
        hour: of((at) => at.getUTCHours()),
        weekday: of((at) => at.getUTCDay() || 7),
        day: of((at) => at.getUTCDate()),
        month: of((at) => at.getUTCMonth() + 1),
        year: of((at) => at.getUTCFullYear()),
        age: of((at) => (Date.parse('2024-05-31') - Number(at)) / 86_400_000),
        until: rows.map(([at, to]) => (at === null || to === null ? NaN : (to - at) / 86_400)),
      }
      const specs = Object.keys(columns).map((name) => ({
        ...({ kind: 'dense', name, column: 'at', missing: 0, indicator: true } as const),
        time: name === 'until' ? ('age' as const) : (name as 'hour'),
        ...(name === 'age' && { until: '2024-05-31' }),
        ...(name === 'until' && { until: 'to' }),
      }))
      const scaling = fitScaling([0], { missing: 0, indicator: true })
      await equal(
        queryOf({ at: rows.map(([at]) => sqlOf(at)), to: rows.map(([, to]) => sqlOf(to)) }),
        { features: specs },
        { features: specs.map(({ name }) => denseFeature(name, { scaling })), columns },
      )
    }),
    { numRuns: 8 },
  )
})

it('texts are split at a separator, whatever it is, and weights go with the values', async () => {
  const tags = ['a|b|a', '', null, 'c', '|', 'a|d|e|f']
  const lists = tags.map((text) => (text ? text.split('|') : []))
  const weights = lists.map((list) => list.map((_, place) => place + 0.5))
  await equal(
    queryOf({ tags: texts(tags), shares: weights.map((list) => `${JSON.stringify(list)}::DOUBLE[]`) }),
    { features: [{ kind: 'varLen', name: 'tags', separator: '|', weights: 'shares', maxLength: 3, pooling: 'sum' }] },
    {
      features: [
        varLenFeature('tags', {
          ...{ vocabulary: fitVocabulary(lists), weights: 'shares', maxLength: 3, pooling: 'sum' },
        }),
      ],
      columns: { tags: lists, shares: weights },
    },
  )
})

it('weights that are not as many as values are refused as by dataset', async () => {
  table = await openTable({ sql: `SELECT ['a', 'b'] AS tags, [1.0] AS shares` })
  await expect(
    tableDataset({ from: table, features: [{ kind: 'varLen', name: 'tags', weights: 'shares', maxLength: 3 }] }),
  ).rejects.toThrow(/tableDataset: expected 2 weights in column 'shares' but got 1 at row 0/)
})

it('features that name one table share a vocabulary of all of their columns', async () => {
  const [seen, shown] = [
    [['x', 'y'], ['z'], null, ['x']],
    ['y', 'w', 'w', null],
  ]
  const vocabulary = fitVocabulary([...seen, shown], { minCount: 2 })
  await equal(
    queryOf({
      seen: seen.map((list) => (list ? `['${list.join("','")}']` : 'NULL::VARCHAR[]')),
      shown: texts(shown),
    }),
    {
      features: [
        { kind: 'varLen', name: 'seen', table: 'film', maxLength: 2, vocabulary: { minCount: 2 } },
        { kind: 'sparse', name: 'shown', table: 'film' },
      ],
    },
    {
      features: [
        varLenFeature('seen', { vocabulary, maxLength: 2, table: 'film' }),
        sparseFeature('shown', { vocabulary, table: 'film' }),
      ],
      columns: { seen, shown },
    },
  )
})

it('arrays are several numbers of one feature, all of them missing where there is none', async () => {
  const rows = [[1, 2, 3], null, [4, 5, 9]]
  const options = { dimension: 3, missing: 'mean', indicator: true, standardise: true } as const
  await equal(
    queryOf({ x: rows.map((row) => (row ? `${JSON.stringify(row)}::DOUBLE[3]` : 'NULL::DOUBLE[3]')) }),
    { features: [{ kind: 'dense', name: 'x', missing: 'mean', indicator: true, standardise: true }] },
    { features: [denseFeature('x', { dimension: 3, scaling: fitScaling(rows, options) })], columns: { x: rows } },
  )
})

it('rows count as a column says, of all tasks or by task, and labels are what their kind reads', async () => {
  const columns = { x: [1, 2, 3, 4] }
  const [level, up, weight] = [
    ['low', 'high', null, 'low'],
    [1, 0, 1, null],
    [1, 2, 0.5, 4],
  ]
  const sql = queryOf({
    x: columns.x.map(String),
    level: texts(level),
    up: up.map((value) => (value === null ? 'NULL' : String(value))),
    weight: weight.map(String),
  })
  const kinds = { level: multiclass(['low', 'high']), up: 'binary' } as const
  const features = [denseFeature('x')]
  const labels = { level: level.map((name) => name ?? NaN), up: up.map((value) => value ?? NaN) }
  const spec = [{ kind: 'dense', name: 'x' }] as const
  for (const [given, sampleWeights] of [
    ['weight', weight],
    [{ up: 'weight' }, { up: weight }],
  ] as const)
    await equal(
      sql,
      { features: spec, tasks: kinds, sampleWeights: given },
      { features, columns, labels, tasks: kinds, sampleWeights },
    )
  const reading = tableDataset({ from: table!, features: spec, tasks: { level: multiclass(['low', 'middle']) } })
  await expect(reading).rejects.toThrow(
    /tableDataset: expected labels of 'level' to be 'low', 'middle', a class .* but got 'high' at row 1/,
  )
  const numbers = tableDataset({ from: table!, features: spec, tasks: { level: 'binary' } })
  await expect(numbers).rejects.toThrow(
    /expected labels or weights for feature 'level' but got column 'level' of VARCHAR/,
  )
})

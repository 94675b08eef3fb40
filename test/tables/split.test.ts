/** Parts of a table are disjoint, whole and stable, and hold out what was asked for. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTable, tableDataset } from '../../src/tables.ts'
import type { Split, Table } from '../../src/tables.ts'

const ROWS = 5000
const query = (order: string): string =>
  `SELECT i, 'u' || (i % 300) AS user, TIMESTAMP '2024-01-01' + INTERVAL (i // 4) HOUR AS at,
   CASE WHEN i % 10 < 7 THEN 'training' WHEN i % 10 < 9 THEN 'test' END AS part
   FROM range(${ROWS}) rows(i) ORDER BY ${order}`

let table: Table
beforeAll(async () => {
  table = await openTable({ sql: query('i') })
})
afterAll(() => table.close())

/** The numbers of the rows of each part. */
async function rowsBy(split: Split, from = table): Promise<Readonly<Record<string, readonly number[]>>> {
  const { training, validation, test } = await tableDataset({ from, features: [{ kind: 'dense', name: 'i' }], split })
  const rows = { training, ...(validation && { validation }), ...(test && { test }) }
  return Object.fromEntries(Object.entries(rows).map(([part, { numbers }]) => [part, [...numbers.i]]))
}

const SPLITS: readonly Split[] = [
  { by: 'random', validation: 0.1, test: 0.2 },
  { by: 'hash', column: 'user', validation: 0.1, test: 0.2, seed: 3 },
  { by: 'time', column: 'at', validation: 0.1, test: 0.2 },
  { by: 'time', column: 'at', validationFrom: '2024-02-01', testFrom: '2024-02-20' },
]

describe.each(SPLITS.map((split) => [JSON.stringify(split), split] as const))('%s', (_, split) => {
  it('has every row once, in its order', async () => {
    const parts = Object.values(await rowsBy(split))
    expect(parts).toHaveLength(3)
    expect(parts.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, row) => row))
    for (const part of parts) expect(part).toEqual([...part].sort((a, b) => a - b))
  })

  it('is the same again', async () => {
    expect(await rowsBy(split)).toEqual(await rowsBy(split))
  })
})

it('random shares are about as asked for, and depend on the seed', async () => {
  const first = await rowsBy({ by: 'random', validation: 0.1, test: 0.2 })
  expect(Math.abs(first.validation.length / ROWS - 0.1)).toBeLessThan(0.02)
  expect(Math.abs(first.test.length / ROWS - 0.2)).toBeLessThan(0.02)
  expect(await rowsBy({ by: 'random', validation: 0.1, test: 0.2, seed: 2 })).not.toEqual(first)
})

it('a user is in one part, whatever the order of rows', async () => {
  const split: Split = { by: 'hash', column: 'user', validation: 0.2, test: 0.2 }
  const parts = await rowsBy(split)
  const users = Object.values(parts).map((rows) => new Set(rows.map((row) => row % 300)))
  expect(users.reduce((sum, { size }) => sum + size, 0)).toBe(300)
  const turned = await openTable({ sql: query('i DESC') })
  const again = await rowsBy(split, turned)
  turned.close()
  expect([...again.test].sort((a, b) => a - b)).toEqual(parts.test)
})

it('what is held out stays so when rows are added, by hash and at random, for any shares and seed', async () => {
  const share = fc.constantFrom(0.05, 0.1, 0.25, 0.4)
  const more = await openTable({ sql: `${query('i')} LIMIT ${ROWS / 2}` })
  await fc.assert(
    fc.asyncProperty(
      share,
      share,
      fc.integer({ min: 0, max: 99 }),
      fc.boolean(),
      async (validation, test, seed, hash) => {
        const split: Split = { ...(hash ? { by: 'hash', column: 'user' } : { by: 'random' }), validation, test, seed }
        const [before, after] = [await rowsBy(split, more), await rowsBy(split)]
        for (const [part, rows] of Object.entries(before))
          expect(after[part].filter((row) => row < ROWS / 2)).toEqual(rows)
        expect(Object.values(after).flat()).toHaveLength(ROWS)
      },
    ),
    { numRuns: 8 },
  )
  more.close()
})

it('rows that are held out by time are the newest, and those of one time stay together', async () => {
  const { training, validation, test } = await rowsBy({ by: 'time', column: 'at', validation: 0.1, test: 0.2 })
  const hours = (rows: readonly number[]): readonly number[] => rows.map((row) => Math.floor(row / 4))
  expect(Math.max(...hours(training))).toBeLessThan(Math.min(...hours(validation)))
  expect(Math.max(...hours(validation))).toBeLessThan(Math.min(...hours(test)))
})

it('a column may say it, and rows of which it says nothing are left alone', async () => {
  const parts = await rowsBy({ by: 'column', column: 'part' })
  expect(Object.keys(parts)).toEqual(['training', 'test'])
  expect(parts.training.every((row) => row % 10 < 7)).toBe(true)
  expect(parts.test).toHaveLength(ROWS / 5)
})

it('vocabularies, bins and scalings are of training rows alone', async () => {
  const { features } = await tableDataset({
    from: table,
    features: [
      { kind: 'sparse', name: 'user' },
      { kind: 'dense', name: 'i', standardise: true },
    ],
    split: { by: 'time', column: 'at', testFrom: '2024-01-02' },
  })
  const [user, i] = JSON.parse(JSON.stringify(features)) as [
    { vocabularySize: number },
    { scaling: { mean: number[] } },
  ]
  expect(user.vocabularySize).toBe(96 + 2)
  expect(i.scaling.mean).toEqual([95 / 2])
})

it('what cannot be meant is refused', async () => {
  const ask = (split: unknown): Promise<unknown> => rowsBy(split as Split)
  await expect(ask({ by: 'random', validation: 0.6, test: 0.5 })).rejects.toThrow(/less than 1 together but got 1.1/)
  await expect(ask({ by: 'hash', column: 'usr', test: 0.1 })).rejects.toThrow(/did you mean 'user'\?/)
  await expect(ask({ by: 'chance' })).rejects.toThrow(
    /split\.by to be 'time' or 'hash' or 'random' or 'column' but got 'chance'/,
  )
  await expect(ask({ by: 'time', column: 'at', testform: 1 })).rejects.toThrow(/did you mean 'testFrom'\?/)
  await expect(ask({ by: 'time', column: 'part', test: 0.1 })).rejects.toThrow(
    /a time in every row of 'part' but got 500 without/,
  )
  await expect(ask({ by: 'time', column: 'at', testFrom: '2030-01-01' })).rejects.toThrow(/rows for test but got none/)
})

/** The nightly job: it grows by what is new, goes on where it was stopped, and leaves what is done alone. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { night } from '../../examples/nightly/night.ts'
import { parameters, saveModel } from '../../src/index.ts'
import type { SavableModel } from '../../src/index.ts'
import { openTable } from '../../src/tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'nightly-'))
afterAll(() => rmSync(folder, { recursive: true }))
const day = (number: number): string => join(folder, `day-${number}.parquet`)

beforeAll(async () => {
  const table = await openTable({ sql: 'SELECT 1 AS x' })
  for (const number of [1, 2, 3])
    await table.connection.run(
      `COPY (SELECT 'user ' || (i * 7 % (20 + 10 * ${number})) AS user, 'film ' || (i * ${number} % (30 + ${number})) AS film,
       (i % 24)::INTEGER AS hour, (i * 13 % 5 = 0)::INTEGER AS "like", CASE WHEN i % 3 > 0 THEN i % 2 END AS share
       FROM range(300) rows(i)) TO '${day(number)}'`,
    )
  table.close()
})

const rows = (model: SavableModel, table: string): number => parameters(model)[`embedding.tables.${table}`].shape[0]
it('every night adds rows for what is new, and no known value moves', async () => {
  const home = mkdtempSync(join(folder, 'grown-'))
  const first = await night(home, '2024-05-01', day(1))
  expect([rows(first.model, 'user'), rows(first.model, 'film'), first.steps]).toEqual([32, 33, 15])
  const second = await night(home, '2024-05-02', day(2))
  expect([rows(second.model, 'user'), rows(second.model, 'film'), second.steps]).toEqual([42, 33, 30])
  const third = await night(home, '2024-05-03', [day(3)])
  expect([rows(third.model, 'user'), third.steps]).toEqual([52, 45])
  const [known, now] = [first.model, third.model].map(
    ({ features: [user] }) => (user as { vocabulary: { encode: (x: string) => number } }).vocabulary,
  )
  for (let user = 0; user < 30; user++) expect(now.encode(`user ${user}`)).toBe(known.encode(`user ${user}`))
  expect(await night(home, '2024-05-02', day(2))).toMatchObject({ done: true, steps: 0 })
}, 60_000)

it('a night that was stopped goes on to the bits of one that was not', async () => {
  const [whole, broken] = [mkdtempSync(join(folder, 'whole-')), mkdtempSync(join(folder, 'broken-'))]
  for (const home of [whole, broken]) await night(home, '1', day(1))
  const { model } = await night(whole, '2', day(2))
  const stop = new AbortController()
  let asked = 0
  Object.defineProperty(stop.signal, 'aborted', { get: () => ++asked > 7 })
  const stopped = await night(broken, '2', day(2), { signal: stop.signal })
  expect(stopped.done).toBe(false)
  expect(stopped.steps).toBeGreaterThan(15)
  expect(stopped.steps).toBeLessThan(30)
  const again = await night(broken, '2', day(2))
  expect(again).toMatchObject({ done: true, steps: 30 })
  expect(saveModel(again.model)).toEqual(saveModel(model))
}, 60_000)

it('it is a program', () => {
  const run = (...options: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'examples/nightly/main.ts', ...options], { encoding: 'utf8' })
  const home = mkdtempSync(join(folder, 'program-'))
  expect(run(home, '2024-05-01', day(1)).stdout).toBe(
    '2024-05-01 is done: 15 steps in all, rows: 32 of users, 33 of films\n',
  )
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('expected a folder') as string })
}, 60_000)

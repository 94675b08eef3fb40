/** Three tasks of the census, one of classes, by proposed features: on rows made by SQL, and on real ones where they are. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EDUCATION, census } from '../../examples/census/census.ts'
import { dataFolder, hasData } from '../../examples/feed/sources/folder.ts'
import { openTable } from '../../src/tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'census-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string): string => join(folder, `${name}.csv`)

/** Five kinds of work, each with an education, an income and a marital status of its own, but for one row in seven. */
const MADE = `SELECT 'work ' || w AS class_worker, 'code ' || (i % 11) AS state_prev_res, 'one' AS year,
  ['Children', '10th-grade', 'High-school-graduate', 'Some-college-but-no-degree', 'Masters-degree(MA-MS-MEng-MEd-MSW-MBA)'][1 + (w + (i % 7 = 0)::INTEGER) % 5] AS education,
  CASE WHEN (w = 0) <> (i % 7 = 1) THEN 'Never-married' ELSE 'Widowed' END AS marital_stat,
  CASE WHEN (w = 4) <> (i % 7 = 2) THEN '50000+.' ELSE '-50000.' END AS income_50k
  FROM (SELECT i, (i % 5)::INTEGER AS w FROM range(4000) rows(i))`

beforeAll(async () => {
  const table = await openTable({ sql: MADE })
  await table.connection.run(`COPY (FROM ${table.relation}) TO '${file('made')}'`)
  if (hasData('census'))
    await table.connection.run(
      `COPY (FROM read_csv('${join(dataFolder('census'), 'nominal_train.csv.gz')}', all_varchar = true) LIMIT 6000) TO '${file('real')}'`,
    )
  table.close()
})

it('finds what there is to find, each task by its own metrics', async () => {
  const { model, rows, leftOut, scores } = await census(file('made'), { epochs: 8 })
  expect(rows).toBeGreaterThan(3500)
  expect(model.features.map(({ name }) => name)).toEqual(['class_worker', 'state_prev_res'])
  expect(leftOut).toEqual(['year: VARCHAR: the same value in all rows'])
  expect(scores.income.auc).toBeGreaterThan(0.7)
  expect(scores.neverMarried.auc).toBeGreaterThan(0.7)
  expect(scores.education.auc).toBeGreaterThan(0.8)
  expect(scores.education.accuracy).toBeGreaterThan(0.75)
  expect(model.features.every(({ name }) => !['education', 'marital_stat', 'income_50k'].includes(name))).toBe(true)
}, 60_000)

describe.runIf(hasData('census'))('of real rows', () => {
  it('education has all of its classes, and is told better than by chance', async () => {
    const { model, scores } = await census(file('real'), { epochs: 1 })
    expect(model.features.length).toBeGreaterThan(25)
    expect(scores.education.auc).toBeGreaterThan(0.6)
    expect(scores.education.accuracy).toBeGreaterThan(1 / EDUCATION.length)
  }, 120_000)
})

it('it is a program', () => {
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'examples/census/main.ts', file('made')], {
    encoding: 'utf8',
  })
  expect(stdout).toMatch(
    /rows trained\nleft out: year: .*\nincome: .*auc 0\.\d{4}.*\n.*\neducation: .*accuracy 0\.\d{4}/,
  )
}, 60_000)

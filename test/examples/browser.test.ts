/** The session of the page in the browser: it proposes, trains, predicts, ranks and restores, and refuses in words. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { inventedTable } from '../../examples/browser/invented.ts'
import { session } from '../../examples/browser/session.ts'
import type { Epoch, Plan, Role } from '../../examples/browser/session.ts'
import { restoreModel } from '../../src/index.ts'
import { duckdbWasm } from '../../src/tables.ts'
import { database } from '../tables/wasmInNode.ts'

const opened = () =>
  session(async (name, file) => ({
    duckdb: await duckdbWasm(database, { [name]: new Uint8Array(await file.arrayBuffer()) }),
  }))
const csv = (lines: readonly string[], name = 'own.csv'): File => new File([lines.join('\n')], name)
const rows = (count: number, line: (row: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, row) => line(row))
const silent = { step: async () => undefined, epoch: () => undefined }
const plan = (roles: Readonly<Record<string, Role>>, epochs = 1): Plan => ({ roles, epochs })

it('columns are proposed with reasons, a model learns what there is, ranks by it, and comes back from its file', async () => {
  const own = opened()
  const { rows: count, columns } = await own.open(inventedTable())
  expect([count, columns.map(({ name, role }) => `${name} ${role}`).join(', ')]).toEqual([
    4000,
    'user feature, film feature, genre feature, seconds feature, at feature, liked binary, finished binary',
  ])
  expect(columns.find(({ name }) => name === 'seconds')).toMatchObject({
    roles: ['feature', 'regression', 'out'],
    why: 'BIGINT: 20 to 299, none missing',
  })
  const epochs: Epoch[] = []
  let steps = 0
  const roles = Object.fromEntries(columns.map(({ name, role }) => [name, role]))
  const { outputs, fields } = await own.train(plan(roles, 4), {
    step: async ({ losses }) => void (steps += Number(Object.keys(losses).join() === 'liked,finished')),
    epoch: (epoch) => epochs.push(epoch),
  })
  expect([outputs, epochs.length, steps]).toEqual([['liked', 'finished'], 4, 404])
  expect(Math.max(...epochs.map(({ scores }) => scores.liked.auc))).toBeGreaterThan(0.62)
  expect(Math.max(...epochs.map(({ scores }) => scores.finished.auc))).toBeGreaterThan(0.72)
  expect(fields.map(({ name, kind }) => `${name} ${kind}`).join(', ')).toBe(
    'user text, film text, genre text, seconds number, at_hour number, at_weekday number',
  )

  const row = await own.row(0)
  expect(Object.keys(row)).toEqual(fields.map(({ name }) => name))
  const said = own.predict(row)
  const hits = own.recommend(row, 'film', 'liked')
  expect(hits).toHaveLength(10)
  // What is ranked is scored as any row is, and films that are invented to be liked come first.
  for (const { value, scores } of hits) expect(own.predict({ ...row, film: value }).liked).toBeCloseTo(scores.liked, 5)
  const quality = hits.map(({ value }) => ((Number(value.split(' ')[1]) * 7) % 10) / 10)
  expect(quality.slice(0, 5).reduce((sum, each) => sum + each, 0) / 5).toBeGreaterThan(0.6)

  const bytes = own.save()
  const other = opened()
  const restored = await other.restore(new File([bytes as Uint8Array<ArrayBuffer>], 'model.safetensors'))
  expect(restored).toEqual({ fields, outputs })
  expect(other.predict(row)).toEqual(said)
  expect(restoreModel(bytes).features.map(({ name }) => name)).toEqual(fields.map(({ name }) => name))
  expect(await other.row(0)).toEqual({})
  // A row without values is one whose values are missing.
  expect(own.predict({ seconds: '100', at_hour: '4', at_weekday: '1' }).liked).toBeGreaterThan(0)
})

it('one column to predict is one task, and numbers and lists are written as a person writes them', async () => {
  const own = opened()
  const table = [
    'kind,size,price',
    ...rows(200, (row) => `${['a', 'b', 'c'][row % 3]},${row / 7},${row % 3 ? 40 : 10}`),
  ]
  await own.open(csv(table))
  const { outputs } = await own.train(plan({ kind: 'feature', size: 'feature', price: 'regression' }, 3), silent)
  expect(outputs).toEqual(['price'])
  expect(own.recommend({ size: '3' }, 'kind', 'price').map(({ value }) => value)).toHaveLength(3)
  expect(() => own.predict({ kind: 'a', size: 'many' })).toThrow('expected a number for size but got ‘many’')
  expect(() => own.recommend({ size: '3' }, 'size', 'price')).toThrow('a feature of known values but got size')
})

it('what cannot be learned from is refused in words', async () => {
  const own = opened()
  expect(() => own.predict({})).toThrow('expected a model but got none: train one')
  await expect(own.train(plan({}), silent)).rejects.toThrow('expected a table but got none')
  await expect(own.open(csv(['a,y', '1,0', '2,1']))).rejects.toThrow(
    'expected at least 50 rows in own.csv but got 2: because a fifth is held out',
  )
  await expect(own.open(csv(['nothing'], 'table.xls'))).rejects.toThrow(/files that end in \.parquet, \.csv/)
  await expect(own.restore(csv(['no model'], 'model.safetensors'))).rejects.toThrow(/restoreModel: expected/)

  const lines = rows(100, (row) => `u${row % 7},${row % 2},${row % 3},1`)
  await own.open(csv(['user,y,grade,same', ...lines]))
  const roles = { user: 'feature', y: 'binary', grade: 'out', same: 'out' } as const
  await expect(own.train(plan({ ...roles, y: 'out' }), silent)).rejects.toThrow('a column to predict but got none')
  await expect(own.train(plan({ ...roles, user: 'out' }), silent)).rejects.toThrow(
    'a column to predict from but got none',
  )
  await expect(own.train(plan({ ...roles, same: 'binary' }), silent)).rejects.toThrow('same to differ between rows')
  await expect(own.train(plan({ ...roles, grade: 'binary' }), silent)).rejects.toThrow(/grade.*but got 2 at row/)
  expect((await own.train(plan(roles), silent)).outputs).toEqual(['y'])

  // Of a table that is refused nothing is kept, and the one before is still there.
  await expect(own.open(csv(['a', '1']))).rejects.toThrow('at least 50 rows')
  expect((await own.train(plan(roles), silent)).outputs).toEqual(['y'])
})

it('its page names nobody else', () => {
  const sources = ['page.html', 'page.css', 'page.ts', 'worker.ts', 'session.ts', 'calls.ts', 'chart.ts']
  for (const file of sources) expect(readFileSync(`examples/browser/${file}`, 'utf8')).not.toMatch(/https?:\/\//)
})

/** A table that a thread reads: the same rows, errors and features; without one it says why; and it ends with its process. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as duckdb from '@duckdb/node-api'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { denseFeature } from '../../src/index.ts'
import { openTable, tableParts } from '../../src/tables.ts'
import type { FeatureSpec, TablePartsOptions } from '../../src/tables.ts'
import { count, multiclass } from '../../src/tasks.ts'
import { contents } from './contents.ts'

const folder = mkdtempSync(join(tmpdir(), 'thread-'))
const at = (file: string): string => join(folder, file)
afterAll(() => rmSync(folder, { recursive: true }))

const QUERY = `SELECT 'u' || (i * 7 % 90) AS user, i * 31 % 100 AS x, i % 3 AS visits,
  ['news', 'drama', 'comedy'][1 + i % 3] AS genre, i % 10 = 0 AS bad FROM range(5000) rows(i)`

beforeAll(async () => {
  const table = await openTable({ sql: QUERY })
  await table.connection.run(`COPY (FROM ${table.relation}) TO '${at('log.parquet')}' (ROW_GROUP_SIZE 2048)`)
  table.close()
})

const features: readonly FeatureSpec[] = [
  { kind: 'sparse', name: 'user' },
  { kind: 'dense', name: 'x', standardise: true },
]
const options = (): TablePartsOptions => ({ from: at('log.parquet'), features, rows: 1000 })

describe('on a thread', () => {
  it('parts have kinds of tasks, features and weights as this thread has them', async () => {
    const all = {
      ...options(),
      tasks: { visits: count(), genre: multiclass(['drama', 'news', 'comedy']) },
      sampleWeights: 'x',
    }
    const [there, here] = [await tableParts(all), await tableParts({ ...all, thread: false })]
    expect([there.readBy, here.readBy]).toEqual(['a thread of its own', 'this thread, because thread is false'])
    for (const place of here.training.sizes.keys())
      expect(contents(await there.training.read(place))).toEqual(contents(await here.training.read(place)))
    const again = await tableParts({ ...all, fitted: here.features })
    expect(contents(await again.training.read(4))).toEqual(contents(await here.training.read(4)))
    expect(again.features).toBe(here.features)
    for (const parts of [there, here, again]) parts.close()
  })

  it('DuckDB may be given as a module if its address is said', async () => {
    const { href } = pathToFileURL(createRequire(resolve('package.json')).resolve('@duckdb/node-api'))
    const parts = await tableParts({ ...options(), duckdb, thread: { duckdb: href } })
    expect(parts.readBy).toBe('a thread of its own')
    expect((await parts.training.read(0)).rows).toBe(1000)
    parts.close()
  })

  it('errors are those of this one, of their own class', async () => {
    const wrong = [
      { ...options(), from: at('none.parquet') },
      { ...options(), rows: 0 },
      { ...options(), features: [{ kind: 'sparse', name: 'usr' }] as const },
    ]
    for (const each of wrong) {
      const [there, here] = await Promise.all(
        [true, false].map((thread) => tableParts({ ...each, thread }).catch((error: unknown) => error as Error)),
      )
      expect(there).toBeInstanceOf(Error)
      expect([there.constructor, (there as Error).message]).toEqual([here.constructor, (here as Error).message])
    }
  })

  it('a part that cannot be read says so, and one that is asked for when all is closed', async () => {
    const parts = await tableParts({ ...options(), tasks: { bad: 'binary', x2: 'binary' }, labels: { x2: 'visits' } })
    await expect(parts.training.read(1)).rejects.toThrow(RangeError)
    await expect(parts.training.read(1)).rejects.toThrow("labels of 'x2'")
    parts.close()
    await expect(parts.training.read(0)).rejects.toThrow(
      'tableParts: expected a thread that reads the table but got none: because it is closed',
    )
    writeFileSync(at('cut.parquet'), '')
    await expect(tableParts({ ...options(), from: at('cut.parquet') })).rejects.toThrow(/^openTable: expected a file/)
  })
})

describe('without a thread', () => {
  it('it says what no other thread can have', async () => {
    const table = await openTable({ sql: QUERY })
    const own = { ...count(), kind: 'mine' }
    const fitted = [denseFeature('x', { transform: Math.sqrt })]
    const cases: readonly (readonly [TablePartsOptions, string])[] = [
      [{ features, from: table }, 'the table was given open'],
      [{ ...options(), duckdb }, 'DuckDB was given as a module; its address may be given as thread: { duckdb }'],
      [{ ...options(), tasks: { visits: own } }, "the kind of task 'visits' is one of your own"],
      [{ from: at('log.parquet'), features: [features[1]], fitted }, "feature 'x' has a transform"],
      [{ ...options(), duckdb, thread: { duckdb: 'file:///none.js' } }, 'no thread starts: Cannot find module'],
    ]
    for (const [each, why] of cases) {
      const parts = await tableParts(each)
      expect(parts.readBy).toContain(`this thread, because ${why}`)
      expect((await parts.training.read(0)).rows).toBeGreaterThan(0)
      parts.close()
    }
    table.close()
  })

  it.each(['esm', 'cjs'] as const)('and in a bundle, which has no program for one (%s)', async (format) => {
    const entry = `import { tableParts } from './src/tables.ts'
      void tableParts(${JSON.stringify(options())}).then(async ({ readBy, training, close }) => {
        console.log(readBy, (await training.read(0)).rows)
        close()
      })`
    const outfile = join(folder, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`)
    const peer = createRequire(resolve('package.json')).resolve('@duckdb/node-api')
    await build({
      stdin: { contents: entry, resolveDir: resolve('.'), loader: 'ts' },
      ...{ bundle: true, platform: 'node', format, outfile, logLevel: 'error' },
      plugins: [
        {
          name: 'the peer, by its address',
          setup: (bundling) =>
            bundling.onResolve({ filter: /^@duckdb/ }, () => ({
              path: format === 'esm' ? pathToFileURL(peer).href : peer,
              external: true,
            })),
        },
      ],
    })
    const said = execFileSync(process.execPath, [outfile], { encoding: 'utf8' })
    expect(said).toMatch(
      format === 'esm'
        ? /^this thread, because no thread starts: Cannot find module .* 1000$/m
        : /^this thread, because a bundle has no program for one 1000$/m,
    )
  })

  it('or what is no answer to whether there is to be one', async () => {
    await expect(tableParts({ ...options(), thread: 1 as never })).rejects.toThrow(
      'tableParts: expected thread to be true or false or { duckdb }, its address there but got 1',
    )
  })
})

it('a process ends that waits for no part, whether the table is closed or not', () => {
  const code = `
    const { tableParts } = await import(${JSON.stringify(pathToFileURL(resolve('src/tables.ts')).href)})
    const parts = await tableParts(${JSON.stringify(options())})
    await parts.training.read(0)
    console.log(parts.readBy)`
  const flags = ['--import', 'tsx', '--input-type=module', '--eval']
  for (const end of ['', 'parts.close()', 'parts.training.read(1); process.exit()', 'void parts.training.read(1)'])
    expect(execFileSync(process.execPath, [...flags, `${code}\n${end}`], { encoding: 'utf8' }), end).toBe(
      'a thread of its own\n',
    )
})

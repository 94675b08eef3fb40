/** The commands as a person uses them, one after the other, and what they say where something is wrong. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { PLE, adam, evaluate, fit, predict } from '../../src/index.ts'
import { readModel } from '../../src/node.ts'
import { tableDataset } from '../../src/tables.ts'
import type { FeatureSpec } from '../../src/tables.ts'
import { readSafetensors } from '../../src/safetensors.ts'
import { loadProgram, servingCpu } from '../../src/serve.ts'
import { enableVectors } from '../../src/vectors.ts'
import { widthOf } from '../../cli/terminal/columns.ts'
import { FEED, built, folderOf, run, sql } from './built.ts'

// Sums of as many parts as the command's.
enableVectors()

let cli = ''
const folder = folderOf('commands')
const plegrad = (...argv: string[]) => run(cli, folder, argv)
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- It says what a document is.
const json = <T>(text: string): T => JSON.parse(text) as T
const wide = (text: string): readonly string[] => text.split('\n').filter((line) => widthOf(line) > 80)
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

interface Proposed {
  readonly features: readonly FeatureSpec[]
  readonly training: { readonly batchSize: number }
}

beforeAll(async () => {
  cli = await built()
  await sql(`COPY (${FEED}) TO '${folder}/feed.parquet'`)
  await sql(`COPY (${FEED}) TO '${folder}/feed.csv.gz'`)
  await sql(`COPY (FROM (${FEED}) LIMIT 700) TO '${folder}/one.parquet'`)
  await sql(`COPY (FROM (${FEED}) OFFSET 700) TO '${folder}/two.parquet'`)
  await sql(`ATTACH '${folder}/feed.duckdb' AS lake; CREATE TABLE lake.feed AS ${FEED}; DETACH lake; SELECT 1`)
})

/** init → train → predict, and what was predicted. */
async function predicted(name: string, files: readonly string[]): Promise<string> {
  const config = ['--config', `${name}.json`]
  expect(await plegrad('init', ...files, ...config)).toMatchObject({ status: 0, stderr: '' })
  const text = read(`${name}.json`).replace('"epochs": 10', '"epochs": 2')
  writeFileSync(join(folder, `${name}.json`), text)
  const kept = [...config, '--run', `${name}-run`]
  const trained = await plegrad('train', ...kept)
  expect(trained).toMatchObject({ status: 0, stderr: '' })
  expect(wide(trained.stdout)).toEqual([])
  expect(await plegrad('predict', ...kept, '--to', `${name}.parquet`)).toMatchObject({ status: 0, stderr: '' })
  return JSON.stringify(await sql(`FROM '${folder}/${name}.parquet'`))
}

describe('init, train and predict', () => {
  it('give the same predictions from Parquet, CSV.gz, a DuckDB file and a list of files', async () => {
    const first = await predicted('parquet', ['feed.parquet'])
    for (const [name, files] of [
      ['csv', ['feed.csv.gz']],
      ['duckdb', ['feed.duckdb']],
      ['list', ['one.parquet', 'two.parquet']],
    ] as const)
      expect(await predicted(name, files), name).toBe(first)
    expect(first.length).toBeGreaterThan(1500 * 20)
  })

  it('give what the library gives, called by hand', async () => {
    const { features: specs, training: how } = json<Proposed>(read('parquet.json'))
    const parts = await tableDataset({
      from: join(folder, 'feed.parquet'),
      features: specs,
      tasks: { liked: 'binary', rating: 'regression' },
      split: { by: 'time', column: 'at', validation: 0.1, test: 0.1 },
    })
    const model = new PLE({
      features: parts.features,
      taskNames: ['liked', 'rating'],
      taskTypes: ['binary', 'regression'],
      ...{ numLevels: 2, expertDnnHiddenUnits: [64], towerDnnHiddenUnits: [32], seed: 1 },
    })
    const { batchSize } = how
    const optimizer = adam({ learningRate: 0.001 })
    const { training: data, validation } = parts
    await fit(model, { data, ...(validation && { validation }), epochs: 2, patience: 2, batchSize, seed: 1, optimizer })
    const report = json<{ scores: Record<string, unknown> }>(read('parquet-run/report.json'))
    expect(report.scores.test).toEqual(evaluate(model, parts.test!))
    const saved = await readModel(join(folder, 'parquet-run/model.safetensors'))
    expect(predict(saved, parts.test!)).toEqual(predict(model, parts.test!))
  })

  it('propose with a reason for every column, in 80 columns', async () => {
    const { stdout } = await plegrad('init', 'feed.parquet', '--config', 'again.json')
    expect(wide(stdout)).toEqual([])
    for (const column of ['user', 'film', 'at_hour', 'seconds', 'liked', 'rating']) expect(stdout).toContain(column)
    const { config, reasons } = json<{ config: unknown; reasons: { why: string }[] }>(
      (await plegrad('init', 'feed.parquet', '--config', 'again.json', '--overwrite', '--json')).stdout,
    )
    expect(config).toEqual(json(read('again.json')))
    expect(reasons.filter(({ why }) => why === '')).toEqual([])
  })

  it('write CSV with columns of the table beside', async () => {
    const options = ['--config', 'parquet.json', '--run', 'parquet-run', '--keep', 'user,liked', '--part', 'test']
    const { status, stdout } = await plegrad('predict', 'feed.parquet', ...options, '--to', 'some.csv', '--json')
    expect(status).toBe(0)
    expect(json(stdout)).toEqual({
      to: 'some.csv',
      rows: 150,
      columns: ['user', 'liked', 'predicted_liked', 'predicted_rating'],
    })
    expect(read('some.csv').split('\n')[0]).toBe('user,liked,predicted_liked,predicted_rating')
    const beside = 'SELECT user, CAST(liked AS VARCHAR) AS liked FROM'
    const newest = await sql(`${beside} (FROM '${folder}/feed.parquet' ORDER BY "at" DESC LIMIT 150) ORDER BY "at"`)
    expect(await sql(`${beside} '${folder}/some.csv'`)).toEqual(newest)
  })
})

describe('tasks of several labels', () => {
  it('are read from lists and from columns, trained and predicted label by label', async () => {
    await sql(
      `COPY (SELECT *, CASE WHEN film % 4 > 0 THEN ['loud', 'short'][:film % 3] END AS tags FROM (${FEED})) TO '${folder}/tags.parquet'`,
    )
    const config = ['--config', 'tags.json']
    const labels = ['--label', 'tags', '--except', 'liked,rating']
    expect(await plegrad('init', 'tags.parquet', ...labels, ...config)).toMatchObject({ status: 0, stderr: '' })
    const proposed = json<{ tasks: unknown }>(read('tags.json'))
    expect(proposed.tasks).toEqual({ tags: { kind: 'multilabel', labels: ['loud', 'short'] } })
    const both = { ...proposed.tasks!, taste: { kind: 'multilabel', label: ['liked', 'rating'] } }
    const training = { epochs: 1 }
    const rounded = 'SELECT * REPLACE (round(rating) AS rating) FROM data'
    const changed = { ...proposed, sql: rounded, tasks: both, training, model: { kind: 'PLE' } }
    writeFileSync(join(folder, 'tags.json'), JSON.stringify(changed))
    const kept = [...config, '--run', 'tags-run']
    expect(await plegrad('train', ...kept)).toMatchObject({ status: 0, stderr: '' })
    const { columns } = json<{ columns: unknown }>(
      (await plegrad('predict', ...kept, '--to', 'tags.csv', '--json')).stdout,
    )
    expect(columns).toEqual([
      'row',
      ...['tags.loud', 'tags.short', 'taste.liked', 'taste.rating'].map((name) => `predicted_${name}`),
    ])
  })
})

describe('threads', () => {
  it('train to the same bits', async () => {
    const { training: how, ...rest } = json<Proposed>(read('parquet.json'))
    const config = ['--config', 'threads.json', '--run', 'threads-run']
    writeFileSync(join(folder, 'threads.json'), JSON.stringify({ ...rest, training: { ...how, threads: 2 } }))
    expect(await plegrad('train', ...config)).toMatchObject({ status: 0, stderr: '' })
    const ran = (run: string) => json<{ ran: { backend: string } }>(read(`${run}/report.json`)).ran.backend
    expect(ran('threads-run')).toBe(`${ran('parquet-run')} on 2 threads`)
    expect(readFileSync(join(folder, 'threads-run/model.safetensors'))).toEqual(
      readFileSync(join(folder, 'parquet-run/model.safetensors')),
    )
  })
})

describe('evaluate', () => {
  it('measures the part that was held out, or another table', async () => {
    const kept = ['--config', 'parquet.json', '--run', 'parquet-run']
    const held = json<{ scores: object; rows: number }>((await plegrad('evaluate', ...kept, '--json')).stdout)
    const report = json<{ scores: Record<string, object> }>(read('parquet-run/report.json'))
    expect(held).toMatchObject({ part: 'test', rows: 150, scores: report.scores.test })
    const other = await plegrad('evaluate', 'two.parquet', ...kept)
    expect(other).toMatchObject({ status: 0, stderr: '' })
    expect(other.stdout).toContain('all: 800 rows')
  })
})

describe('export and inspect', () => {
  const kept = ['--run', 'parquet-run']

  it('write and tell of a model, a program, ONNX and a checkpoint', async () => {
    for (const file of ['feed.safetensors', 'feed.pleg', 'feed.onnx'])
      expect(await plegrad('export', file, ...kept), file).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(folder, 'feed.safetensors'))).toEqual(
      readFileSync(join(folder, 'parquet-run/model.safetensors')),
    )
    const served = loadProgram(readFileSync(join(folder, 'feed.pleg')), { backend: servingCpu })
    expect(Object.keys(served.predictions)).toEqual(['liked', 'rating'])
    for (const [file, kind] of [
      ['feed.safetensors', 'model'],
      ['parquet-run', 'model'],
      ['feed.pleg', 'program'],
      [`parquet-run/checkpoints/${readdirSync(join(folder, 'parquet-run/checkpoints'))[0]}`, 'checkpoint'],
    ]) {
      const { status, stdout } = await plegrad('inspect', file)
      expect(status, file).toBe(0)
      expect(stdout).toContain(kind)
      expect(wide(stdout)).toEqual([])
      expect(json<{ kind: string }>((await plegrad('inspect', file, '--json')).stdout).kind).toBe(kind)
    }
    expect(Object.keys(readSafetensors(readFileSync(join(folder, 'feed.safetensors'))).tensors).length).toBeGreaterThan(
      9,
    )
  })

  it('refuse other names, and files that are not there', async () => {
    expect(await plegrad('export', 'feed.txt', ...kept)).toMatchObject({ status: 2 })
    expect(await plegrad('inspect', 'none.safetensors')).toMatchObject({ status: 1 })
    expect((await plegrad('inspect', 'feed.csv.gz')).status).not.toBe(0)
  })
})

describe('resume', () => {
  it('ends, after Ctrl-C, with the bits of a training that was never stopped', async () => {
    const config = ['--config', 'long.json']
    const learnFor = (epochs: number): void =>
      writeFileSync(
        join(folder, 'long.json'),
        read('parquet.json')
          .replace('"epochs": 2', `"epochs": ${epochs}, "restoreBest": false`)
          .replace(/"patience": \d+,/, ''),
      )
    // More than any machine ends before it is interrupted.
    learnFor(1_000_000)
    let told = false
    const stopped = await run(
      cli,
      folder,
      ['train', ...config, '--run', 'halves', '--overwrite'],
      (printed, interrupt) => {
        if (!told && printed.includes('epoch 2/')) interrupt()
        told ||= printed.includes('epoch 2/')
      },
    )
    expect(stopped).toMatchObject({ status: 130, stderr: '' })
    expect(stopped.stdout).toContain('Go on: plegrad resume --config long.json --run halves')
    expect(existsSync(join(folder, 'halves/model.safetensors'))).toBe(false)
    expect((await plegrad('evaluate', ...config, '--run', 'halves')).stderr).toContain('plegrad resume')
    learnFor(stopped.stdout.match(/^epoch \d+\//gm)!.length + 2)
    expect(await plegrad('resume', ...config, '--run', 'halves')).toMatchObject({ status: 0, stderr: '' })
    expect((await plegrad('train', ...config, '--run', 'whole', '--overwrite')).status).toBe(0)
    expect(readFileSync(join(folder, 'halves/model.safetensors'))).toEqual(
      readFileSync(join(folder, 'whole/model.safetensors')),
    )
  })

  it('is what train asks for where there is a training', async () => {
    const again = await plegrad('train', '--config', 'parquet.json', '--run', 'parquet-run')
    expect(again.status).toBe(2)
    expect(again.stderr).toContain("go on with it by 'plegrad resume'")
  })
})

describe('what is wrong', () => {
  it('is told with exit code 2 of commands and options that there are not', async () => {
    for (const argv of [['trian'], ['train', '--epohcs', '3'], ['init'], ['predict', '--part', 'some']]) {
      const { status, stderr } = await plegrad(...argv)
      expect(status, argv.join(' ')).toBe(2)
      expect(stderr).toMatch(/^error: /)
    }
  })

  it('is told of tables that are missing, by line where a config names them', async () => {
    const { status, stderr } = await plegrad('init', 'none.parquet')
    expect(status).toBe(1)
    expect(stderr).toContain('none.parquet')
    writeFileSync(join(folder, 'gone.json'), read('parquet.json').replace('feed.parquet', 'gone.parquet'))
    const gone = await plegrad('train', '--config', 'gone.json', '--run', 'gone')
    expect(gone.status).toBe(1)
    expect(gone.stderr).toMatch(/^gone\.json:3:11: openTable: expected a file /)
  })

  it('is told of a peer that is missing, in one sentence', async () => {
    const bare = folderOf('bare', { duckdb: false })
    const { status, stderr } = await run(cli, bare, ['init', join(folder, 'feed.parquet')])
    expect(status).toBe(1)
    expect(stderr).toBe("error: a table is read by DuckDB: install it by 'npm install @duckdb/node-api'\n")
  })

  it('is JSON too where JSON is asked for', async () => {
    const { status, stdout } = await plegrad('train', '--config', 'gone.json', '--run', 'gone2', '--json')
    expect(status).toBe(1)
    expect(json(stdout)).toMatchObject({ exit: 1, error: { file: 'gone.json', line: 3, column: 11 } })
  })
})

it('has a help of 80 columns for every command, without colour', async () => {
  const { stdout } = await plegrad('--help')
  const [, listed] = stdout.split('Commands:\n')
  const commands = [...listed.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name)
  for (const name of ['init', 'train', 'resume', 'compare', 'evaluate', 'predict', 'export', 'inspect'])
    expect(commands).toContain(name)
  for (const name of ['', ...commands.filter((each) => each !== 'help')]) {
    const help = await plegrad(...(name === '' ? [] : [name]), '--help')
    expect(help.status, name).toBe(0)
    expect(wide(help.stdout)).toEqual([])
    expect(help.stdout).not.toContain('\u001b')
  }
})

/** A plegrad.json with stream: the bits of one without at a full buffer, a thread that reads, Ctrl-C, and errors by line. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { FEED, built, folderOf, run, sql } from './built.ts'

let cli = ''
const folder = folderOf('streams')
const plegrad = (...argv: string[]) => run(cli, folder, argv)
const bytes = (name: string): Buffer => readFileSync(join(folder, name))
const text = (name: string): string => bytes(name).toString()
const object = (value: string) => JSON.parse(value) as Record<string, Record<string, unknown>>

/** How far the numbers of two documents are apart, which have the same names. */
function apart(one: object, other: object): number {
  const numbers = (value: unknown, path: string): readonly (readonly [string, number])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, each]) => numbers(each, `${path}.${name}`))
      : typeof value === 'number'
        ? [[path, value]]
        : []
  const [mine, theirs] = [numbers(one, ''), numbers(other, '')]
  expect(mine.map(([path]) => path)).toEqual(theirs.map(([path]) => path))
  expect(mine.length).toBeGreaterThan(3)
  return Math.max(...mine.map(([, value], index) => Math.abs(value - theirs[index][1])))
}

/** Writes the config of a name: of what `init` proposed, with other members. */
function config(name: string, members: object, training: object = {}): readonly string[] {
  const proposed = object(text('plegrad.json'))
  const { patience: _, ...how } = proposed.training
  const changed = { ...proposed, ...members, training: { ...how, epochs: 2, batchSize: 64, ...training } }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(changed, null, 2))
  return ['--config', `${name}.json`, '--run', name]
}

beforeAll(async () => {
  cli = await built()
  await sql(`COPY (${FEED}) TO '${folder}/feed.parquet' (ROW_GROUP_SIZE 2048)`)
  await sql(`COPY (${FEED}) TO '${folder}/feed.csv.gz'`)
  await plegrad('init', 'feed.parquet')
})

describe('streamed', () => {
  it.each(['feed.parquet', 'feed.csv.gz'])(
    '%s at a full buffer gives the model, the scores and the predictions of rows in memory',
    async (from) => {
      const all = [config('memory', { from }), config('streamed', { from, stream: { buffer: 1500 } })]
      const [memory, stream] = await Promise.all(all.map((kept) => plegrad('train', ...kept, '--overwrite')))
      expect([memory, stream]).toMatchObject([
        { status: 0, stderr: '' },
        { status: 0, stderr: '' },
      ])
      expect(stream.stdout).toContain('streamed, read by a thread of its own')
      expect(bytes('streamed/model.safetensors')).toEqual(bytes('memory/model.safetensors'))
      const [mine, theirs] = [object(text('streamed/report.json')), object(text('memory/report.json'))]
      expect(apart(mine.scores, theirs.scores)).toBeLessThan(1e-12)
      for (const kept of all) {
        expect(await plegrad('predict', ...kept, '--to', `${kept[3]}.csv`)).toMatchObject({ status: 0, stderr: '' })
        expect(await plegrad('evaluate', ...kept, '--part', 'all')).toMatchObject({ status: 0, stderr: '' })
      }
      expect(text('streamed.csv')).toBe(text('memory.csv'))
      expect(text('streamed.csv').split('\n').length).toBe(1500 + 2)
      const told = await Promise.all(all.map((kept) => plegrad('evaluate', ...kept, 'feed.parquet', '--json')))
      const [scored, other] = told.map(({ stdout }) => object(stdout))
      expect(scored.rows).toBe(1500)
      expect(apart(scored, other)).toBeLessThan(1e-12)
      expect(readdirSync(folder).filter((name) => name.includes('.partial'))).toEqual([])
    },
  )

  it('with a small buffer ends, after Ctrl-C and resume, with the bits of a training that was never stopped', async () => {
    const stream = { buffer: 300 }
    // More epochs than any machine ends before it is interrupted.
    const long = config('halves', { stream }, { epochs: 1_000_000, restoreBest: false })
    let asked = false
    const stopped = await run(cli, folder, ['train', ...long], (printed, interrupt) => {
      if (!asked && printed.includes('epoch 2/')) interrupt()
      asked ||= printed.includes('epoch 2/')
    })
    expect(stopped).toMatchObject({ status: 130, stderr: '' })
    expect(existsSync(join(folder, 'halves/model.safetensors'))).toBe(false)
    const epochs = stopped.stdout.match(/^epoch \d+\//gm)!.length + 1
    config('halves', { stream: { buffer: 200 } }, { epochs, restoreBest: false })
    const other = await plegrad('resume', ...long)
    expect(other).toMatchObject({ status: 2 })
    config('halves', { stream }, { epochs, restoreBest: false })
    expect(await plegrad('resume', ...long)).toMatchObject({ status: 0, stderr: '' })
    expect((await plegrad('train', ...config('whole', { stream }, { epochs, restoreBest: false }))).status).toBe(0)
    expect(bytes('halves/model.safetensors')).toEqual(bytes('whole/model.safetensors'))
  })
})

describe('what is wrong is told by line', () => {
  it('of stream itself, of labels that rows have when they come, and of a file that is not there', async () => {
    const lineOf = (name: string, word: string): number =>
      text(`${name}.json`)
        .split('\n')
        .findIndex((line) => line.includes(word)) + 1
    const said = async (name: string, members: object): Promise<string> => {
      const { stderr, status } = await plegrad('train', ...config(name, members))
      expect(status).not.toBe(0)
      return stderr
    }
    const spelt = await said('spelt', { stream: { bufer: 3 } })
    expect(spelt).toContain(`spelt.json:${lineOf('spelt', 'bufer')}:`)
    expect(spelt).toContain("but got 'bufer'")
    const few = await said('few', { stream: { buffer: 0 } })
    expect(few).toContain(`few.json:${lineOf('few', '"buffer"')}:`)
    expect(few).toContain('expected stream.buffer to be an integer of at least 1 but got 0')
    const labels = await said('labels', { stream: {}, tasks: { liked: 'binary', rating: 'binary' } })
    expect(labels).toContain(`labels.json:${lineOf('labels', '"rating"')}:`)
    expect(labels).toContain("labels of 'rating' to be 0, 1 or NaN")
    const gone = await said('gone', { stream: {}, from: 'gone.parquet' })
    expect(gone).toContain(`gone.json:${lineOf('gone', '"from"')}:`)
    expect(gone).toContain('openTable: expected a file')
  })
})

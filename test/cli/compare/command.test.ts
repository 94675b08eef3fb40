/** `plegrad compare` as a person types it, on a table of their own: tables, a page, numbers, and what it refuses. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Origin } from '../../../cli/compare/origin.ts'
import type { Study } from '../../../cli/compare/study.ts'
import { widthOf } from '../../../cli/terminal/columns.ts'
import { FEED, built, folderOf, run, sql } from '../built.ts'

let cli = ''
const folder = folderOf('compare')
const plegrad = (...argv: string[]) => run(cli, folder, argv)
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const wide = (text: string): readonly string[] => text.split('\n').filter((line) => widthOf(line) > 80)

interface Config {
  readonly split?: object
  readonly tasks: Readonly<Record<string, unknown>>
  readonly training: object
}

/** A plegrad.json like the first, but for some of it. */
function configure(name: string, change: (config: Config) => object): string {
  writeFileSync(join(folder, name), JSON.stringify(change(JSON.parse(read('plegrad.json')) as Config), null, 2))
  return name
}

const compared = async (...argv: string[]): Promise<Study & { readonly report: string; readonly origin: Origin }> =>
  JSON.parse((await plegrad('compare', '--json', ...argv)).stdout) as never

beforeAll(async () => {
  cli = await built()
  await sql(`COPY (SELECT *, liked AND film % 2 = 0 AS bought FROM (${FEED})) TO '${folder}/feed.parquet'`)
  await plegrad('init', 'feed.parquet', '--label', 'liked', '--label', 'rating', '--except', 'bought')
  writeFileSync(join(folder, 'plegrad.json'), read('plegrad.json').replace('"epochs": 10', '"epochs": 2'))
})

describe('a comparison', () => {
  it('has a line for each model and strategy in 80 columns, and a page', async () => {
    const done = await plegrad('compare', '--seeds', '2', '--strategies', 'pcgrad', '--report', 'page.html')
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(wide(done.stdout)).toEqual([])
    expect(done.stdout).toMatch(/^feed\.parquet: 5 features\ntasks: liked and rating\n1,200 \+ 150 \+ 150 rows/)
    const [, table] = done.stdout.split('───\n')
    const labels = table.split('\n').slice(0, 6)
    for (const [index, label] of ['single task', 'shared-bottom', 'MMoE', 'CGC', 'PLE', '+ pcGrad'].entries())
      expect(labels[index].startsWith(`${label} `), labels[index]).toBe(true)
    expect(table).toContain('+: PLE under another strategy')
    const { document } = new JSDOM(read('page.html')).window
    expect(document.title).toBe('What liked and rating gain from learning together')
    expect(document.querySelector('.made code')?.textContent).toBe(
      'plegrad compare --seeds 2 --strategies pcgrad --report page.html',
    )
    expect(document.querySelectorAll('svg').length).toBeGreaterThan(30)
    expect(document.body.textContent).toContain('PLE + pcGrad')
  })

  it('trains the model of plegrad.json to the bits that train has', async () => {
    const { runs, settings, report, origin } = await compared('--models', 'PLE,single-task', '--seeds', '1')
    expect(settings.models).toEqual(['single-task', 'ple'])
    expect(report).toBe('report.html')
    expect(origin.command).toBe('plegrad compare --json --models PLE,single-task --seeds 1')
    await plegrad('train')
    const trained = JSON.parse(read('run/report.json')) as { readonly scores: Readonly<Record<string, unknown>> }
    expect(runs[1].test).toEqual(trained.scores.test)
  })

  it('trains on threads to the same bits', async () => {
    const config = configure('threads.json', (one) => ({ ...one, training: { ...one.training, threads: 2 } }))
    const [one, two] = [
      await compared('--models', 'mmoe', '--seeds', '1'),
      await compared('--config', config, '--models', 'mmoe', '--seeds', '1'),
    ]
    expect(two.ran.backend).toContain('threads')
    expect(two.runs[0].test).toEqual(one.runs[0].test)
    expect(two.runs[0].history.epochs.map(({ losses }) => losses)).toEqual(
      one.runs[0].history.epochs.map(({ losses }) => losses),
    )
  })

  it('has ESMM where one task happens only where the other does', async () => {
    const funnel = (tasks: object) => configure('funnel.json', (one) => ({ ...one, tasks }))
    const models = async (tasks: object) =>
      (await compared('--config', funnel(tasks), '--seeds', '1', '--epochs', '1')).settings.models
    expect(await models({ liked: 'binary', bought: 'binary' })).toContain('esmm')
    expect(await models({ bought: 'binary', liked: 'binary' })).not.toContain('esmm')
  })

  it('ends with what there is at Ctrl-C', async () => {
    let told = false
    const argv = ['compare', '--seeds', '1000', '--models', 'single-task,ple', '--report', 'cut.html']
    const stopped = await run(cli, folder, argv, (printed, interrupt) => {
      const due = printed.includes('single task   seed 2  test')
      if (due && !told) interrupt()
      told ||= due
    })
    expect(stopped).toMatchObject({ status: 130, stderr: '' })
    expect(stopped.stdout).toContain('stopped by Ctrl-C: what had been measured until then')
    expect(read('cut.html')).toContain('Training was stopped by hand')
  })
})

describe('is refused', () => {
  it.each<[what: string, change: (config: Config) => object, words: RegExp]>([
    [
      'of one task, with the line',
      (one) => ({ ...one, tasks: { liked: 'binary' } }),
      /^odd\.json:\d+:\d+: compare: expected tasks of at least two but got one: because it tells what/,
    ],
    [
      'of rows that are not held out, with the line',
      (one) => ({ ...one, split: { by: 'random', validation: 0.1 } }),
      /^odd\.json:\d+:\d+: compare: expected split with rows for validation and test but got none for test/,
    ],
    [
      'of no split',
      ({ split: _, ...one }) => one,
      /^error: compare: expected split with rows for validation and test but got none for validation/,
    ],
    [
      'of options that do not fit, with the line',
      (one) => ({ ...one, training: { epochs: 0 } }),
      /^odd\.json:\d+:\d+: /,
    ],
  ])('%s', async (_, change, words) => {
    const { status, stderr } = await plegrad(
      'compare',
      '--config',
      configure('odd.json', change),
      '--report',
      'odd.html',
    )
    expect(status).toBe(2)
    expect(stderr).toMatch(words)
    expect(existsSync(join(folder, 'odd.html'))).toBe(false)
  })

  it.each([
    [
      ['--models', 'ple,plee'],
      /--models.*'ple,plee'.*some of single-task, shared-bottom, mmoe, ml-mmoe, cgc, ple, esmm/,
    ],
    [['--strategies', 'best'], /--strategies.*some of fixedWeights, uncertainty, dwa, gradNorm, pcGrad, caGrad/],
    [['--seeds', '0'], /--seeds.*at least 1/],
    [['--report', 'none/report.html'], /--report.*no folder/],
  ])('%j', async (options, words) => {
    const { status, stderr } = await plegrad('compare', ...options)
    expect(status).toBe(2)
    expect(stderr).toMatch(words)
  })
})

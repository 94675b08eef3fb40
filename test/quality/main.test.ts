/** `npm run study` as someone types it, and what it shows: lists, tables of 80 columns, a page and numbers. */
import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseOptions } from '../../bench/quality/options.ts'
import { report } from '../../bench/quality/report.ts'
import { results } from '../../bench/quality/results.ts'
import { STUDIES } from '../../bench/quality/studies/index.ts'
import { summarize } from '../../bench/quality/summary.ts'
import { terminalTables, wrapped } from '../../bench/quality/table.ts'
import { faultsOf } from '../examples/tableFaults.ts'
import { MADE_UP, run } from './madeUp.ts'

const study = (options: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'bench/quality/main.ts', ...options], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })

describe('the list', () => {
  it('has every study with what it asks and how long it takes, in 80 columns', () => {
    const { status, stdout } = study([])
    expect(status).toBe(0)
    for (const { name, seeds, minutes } of STUDIES) {
      const words = stdout.replace(/\s+/g, ' ')
      expect(words).toContain(` ${name} `)
      expect(words).toContain(`${seeds} seeds, about ${minutes} min`)
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})

describe('refuses in one line', () => {
  afterEach(() => void vi.restoreAllMocks())

  it.each([
    [['none'], /'none'.*Expected one of made-up/],
    [['made-up', '--seeds', '0'], /--seeds.*'0'.*at least 1/],
    [['made-up', '--jobs', 'all'], /--jobs.*'all'.*whole number/],
    [['made-up', '--seed', '-1'], /--seed.*'-1'.*at least 0/],
    [['made-up', 'more'], /too many arguments/],
    [['made-up', '--frsh'], /unknown option '--frsh'/],
  ])('%j', (options, line) => {
    const written: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    expect(() => parseOptions(options, [MADE_UP])).toThrow(expect.objectContaining({ exitCode: 1 }))
    expect(written.join('')).toMatch(line)
  })

  it('data that are not there', () => {
    const { status, stderr } = study(['kuairand'], { PLEGRAD_DATA: '/nowhere' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^error: kuairand: .*PLEGRAD_DATA.*\n$/)
  })
})

it('takes a study and its options', () => {
  expect(parseOptions([], [MADE_UP])).toMatchObject({ seed: 1, fresh: false })
  expect(parseOptions([], [MADE_UP]).study).toBeUndefined()
  expect(parseOptions(['made-up', '--seeds', '3', '--fresh', '--out', 'there'], [MADE_UP])).toMatchObject({
    study: MADE_UP,
    seeds: 3,
    fresh: true,
    out: 'there',
  })
})

const runs = [1, 2, 3].flatMap((seed) => [
  run('nothing', 'single', seed, { 'click auc': 0.7 + seed / 1000 }),
  run('nothing', 'other', seed, { 'click auc': 0.71 + (1.1 * seed) / 1000 }),
])

describe('the terminal', () => {
  it('shows metrics and gains with intervals, a mark, and what others have printed', () => {
    const text = terminalTables(summarize(MADE_UP, runs))
    expect(text).toContain('single   0.7020 ±.0025\n  paper  0.6000\n')
    expect(text).toContain('other    0.7122 ±.0027  +0.0102 ±.0002 ▲\n  paper  0.6200         +0.0200\n')
    expect(text).toContain('paper: A paper, Table 1. Differs: all of it.')
    expect(text).toContain('over 3 seeds; gains are paired')
  })

  it('has no interval and no mark for one seed', () => {
    const text = terminalTables(summarize(MADE_UP, runs.slice(0, 2)))
    expect(text).toContain('one seed has no interval')
    expect(text).not.toMatch(/[▲▼·±]/)
  })

  it.each(STUDIES)('fits $name into 80 columns', (one) => {
    const everything = one.settings.flatMap(({ name, cells, measures }) =>
      cells.flatMap((cell, place) =>
        [1, 2].map((seed) =>
          run(
            name,
            cell.name,
            seed,
            Object.fromEntries(measures.map((measure) => [measure.name, 0.5 - place * seed * 0.01])),
          ),
        ),
      ),
    )
    for (const line of terminalTables(summarize(one, everything)).split('\n'))
      expect(line.length).toBeLessThanOrEqual(80)
  })

  it('says so where nothing has run', () => {
    expect(terminalTables(summarize(MADE_UP, []))).toBe('No run had ended: nothing to report.')
  })

  it('breaks lines between words', () => {
    expect(wrapped(`${'a'.repeat(50)} ${'b'.repeat(29)} c`)).toBe(`${'a'.repeat(50)} ${'b'.repeat(29)}\nc`)
  })
})

const outcome = {
  study: MADE_UP,
  summary: summarize(MADE_UP, runs),
  runs,
  ran: {
    date: '2026-01-01T00:00:00Z',
    cpu: 'a <cpu>',
    cores: 2,
    platform: 'linux',
    node: ['v0'],
    backends: ['cpu'],
    optimizers: ['adam'],
    relaxedSimd: ['offered'],
  },
}

it('the numbers are JSON: what ran, every run, and each cell’s verdict beside what was published', () => {
  const numbers = JSON.parse(results(outcome)) as Record<string, unknown>
  expect(numbers).toMatchObject({ study: 'made-up', finding: 'It ran.', seeds: [1, 2, 3], ran: outcome.ran, runs })
  expect(numbers.settings).toMatchObject([
    {
      name: 'nothing',
      cells: [
        {
          name: 'single',
          runs: 3,
          measures: [{ name: 'click auc', published: { 'A paper, Table 1': { value: 0.6 } } }],
        },
        { name: 'other', measures: [{ verdict: 'gains', over: 'single', gain: { count: 3 } }] },
      ],
    },
  ])
})

it('the page is complete in itself, and escapes what it shows', async () => {
  const page = await report(outcome)
  expect(page).toContain('a &lt;cpu&gt;')
  expect(page).toContain('<b class="gains">+0.0102</b>')
  expect(page).toContain('What differs: all of it.')
  expect(page).not.toMatch(/<script|src=|href=/)
  expect(page).toContain('<table>')
  expect(faultsOf(page)).toEqual([])
})

it.each(STUDIES)('$name draws its figures', async (one) => {
  const everything = one.settings.flatMap(({ name, cells, measures }) =>
    cells.flatMap((cell, place) =>
      [1, 2, 3].map((seed) =>
        run(
          name,
          cell.name,
          seed,
          Object.fromEntries(measures.map((measure) => [measure.name, 0.5 - place * seed * 0.01])),
        ),
      ),
    ),
  )
  const figures = await one.figures(summarize(one, everything))
  expect(figures.length).toBeGreaterThan(0)
  for (const { drawing } of figures) expect(drawing.markup).toMatch(/^<svg/)
})

/** What a study looks like: a table for 80 columns and a page that needs nothing but itself. */
import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { parse } from 'csv-parse/sync'
import { JSDOM } from 'jsdom'
import { beforeAll, describe, expect, it } from 'vitest'
import { certainties } from '../../../cli/compare/certainty.ts'
import { widthOf } from '../../../cli/terminal/columns.ts'
import { finding } from '../../../cli/compare/finding.ts'
import { FIVE } from '../../../cli/compare/models.ts'
import { originOf } from '../../../cli/compare/origin.ts'
import { KUAIRAND } from '../../../examples/feed/about.ts'
import { apart, within } from '../../../cli/report/plots.ts'
import { report } from '../../../cli/report/report.ts'
import { study } from '../../../cli/compare/study.ts'
import type { Run, Study } from '../../../cli/compare/study.ts'
import { terminalTable } from '../../../cli/compare/table.ts'
import { whyTable } from '../../../cli/compare/whyTable.ts'
import { renamed } from './renamed.ts'
import { faultsOf } from '../../examples/tableFaults.ts'
import { tinyFeed } from './tinyFeed.ts'

let one: Study
/** As if five seeds had run, each a little better than the last. */
let five: Study
/** The same on data that has reference figures. */
let referred: Study

const better = ({ insight, ...run }: Run, seed: number): Run => ({
  ...run,
  ...(seed === 1 && insight && { insight }),
  seed,
  test: {
    vtr: { ...run.test.vtr, auc: run.test.vtr.auc + seed / 1000 },
    vcr: { ...run.test.vcr, mse: run.test.vcr.mse - seed / 1e4 },
  },
})

beforeAll(async () => {
  one = await study(tinyFeed(), {
    models: [...FIVE],
    strategy: 'fixedWeights',
    seeds: [1],
    epochs: 2,
    batchSize: 64,
    compiled: true,
  })
  const seeds = [1, 2, 3, 4, 5]
  five = {
    ...one,
    settings: { ...one.settings, seeds },
    runs: seeds.flatMap((seed) => one.runs.map((run) => better(run, seed))),
  }
  referred = { ...five, card: { ...five.card, ...KUAIRAND } }
})

const ORIGIN = { date: '2026-02-03T04:05:06.000Z', version: '1.2.3', command: "npm start -- --report 'my report.html'" }

const pages = new Map<Study, string>()

/** Drawn once: figures take a while. */
const htmlOf = (shown: Study): string => {
  const html = pages.get(shown) ?? report(shown, ORIGIN)
  pages.set(shown, html)
  return html
}

const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => widthOf(stripVTControlCharacters(line))))

describe('the table', () => {
  it('has a line for each model, with its metrics, gains and price', () => {
    const lines = terminalTable(one).split('\n')
    expect(lines.slice(0, 3).join('\n')).toMatch(/VTR +VCR\nmodel +AUC ↑ +gain +MSE ↓ +gain +params +s\n─+$/)
    for (const [index, label] of ['single task', 'shared-bottom', 'MMoE', 'CGC', 'PLE'].entries())
      expect(lines[index + 3]).toContain(label)
    expect(lines[7]).toMatch(/^PLE +0\.\d{4} +[+−]?0\.\d{4} +0\.\d{4} +[+−]?0\.\d{4} +[\d.,]+( k)? +[\d.]+$/)
  })

  it('fits 80 columns, with spreads and with reference figures too', () => {
    for (const shown of [one, five, referred]) {
      expect(widest(terminalTable(shown))).toBeLessThanOrEqual(80)
      expect(widest(terminalTable(shown, { colour: true }))).toBeLessThanOrEqual(80)
    }
  })

  it('fits 80 columns whatever tasks are called and however many there are', () => {
    const names = ['a_task_of_a_very_long_name_indeed', 'another_one_that_is_as_long', 'third']
    const named = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
      Object.fromEntries(names.map((name, index) => [name, Object.values(record)[index % 2]]))
    const long = {
      ...five,
      tasks: named(five.tasks),
      runs: five.runs.map((run) => ({ ...run, test: named(run.test) })),
    }
    expect(widest(terminalTable(long))).toBeLessThanOrEqual(80)
    expect(terminalTable(long).match(/^model/gm)).toHaveLength(2)
  })

  it('shows deviations over several seeds, and the reference beneath', () => {
    expect(terminalTable(five)).toMatch(/^PLE +0\.\d{4} ±\.0016/m)
    expect(terminalTable(referred)).toMatch(/^ {2}reference +0\.7137 ±\.0052 +−0\.0010 +0\.1113 ±\.0007 +−0\.0021/m)
    expect(terminalTable(referred)).toContain('DeepCTR-Torch 0.2.9 model code in PyTorch 2.13')
  })

  it('says what was stopped, and what is missing', () => {
    const runs = one.runs
      .slice(1, 2)
      .map((run) => ({ ...run, history: { ...run.history, stopped: 'aborted' as const } }))
    const text = terminalTable({ ...one, runs, aborted: true })
    expect(text).toContain('shared-bottom *')
    expect(text).toContain('stopped by Ctrl-C')
    expect(text).toContain('no gains: single-task is not among the models')
    expect(terminalTable({ ...one, runs: [] })).toBe('No model had finished an epoch: nothing to report.')
  })
})

describe('the finding', () => {
  const withGains = (vtr: number, vcr: number): Study => ({
    ...five,
    settings: { ...five.settings, models: ['single-task', 'ple'] },
    runs: five.runs
      .filter(({ model }) => model === 'single-task' || model === 'ple')
      .map((run) => {
        const by = run.model === 'ple' ? [vtr, vcr] : [0, 0]
        const single = five.runs.find(({ model, seed }) => model === 'single-task' && seed === run.seed) ?? run
        const [auc, mse] = [single.test.vtr.auc + by[0], single.test.vcr.mse - by[1]]
        return { ...run, test: { vtr: { auc }, vcr: { mse } } }
      }),
  })

  it.each([
    [0.01, 0.02, 'PLE gains on VTR and VCR.'],
    [0.01, -0.02, 'PLE raises VTR at the cost of VCR.'],
    [-0.01, 0, 'PLE loses on VTR.'],
    [0, 0, 'PLE changes nothing.'],
  ])('of gains %d and %d: %s', (vtr, vcr, text) => {
    expect(finding(withGains(vtr, vcr))).toContain(`Over single-task learning, ${text}`)
  })

  it('warns of one seed, and knows when there is nothing to compare', () => {
    expect(finding(one)).toContain('may be luck')
    expect(finding({ ...one, runs: one.runs.slice(1) })).toContain('no gain to tell of')
  })
})

describe('the report', () => {
  const page = (shown: Study): Document => new JSDOM(htmlOf(shown)).window.document

  it('asks no network for anything', () => {
    const html = htmlOf(referred)
    expect(html).not.toMatch(/https?:|\bsrc=|<script|<link|<img|<iframe|@import|url\((?!#)/i)
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })

  it('escapes what comes from data', () => {
    expect(htmlOf(one)).not.toContain('<feed>')
    expect(page(one).querySelector('.eyebrow')?.textContent).toContain('tiny <feed>')
  })

  it('has every part, and no number that is none', () => {
    for (const shown of [one, five, referred]) {
      const titles = [...page(shown).querySelectorAll('h2')].map(({ textContent }) => textContent)
      expect(titles).toHaveLength(9)
      expect(htmlOf(shown)).not.toMatch(/NaN|undefined|\[object/)
    }
  })

  it('draws curves, gates and calibration, each an image whose name tells what it shows, and numbers', () => {
    const images = [...page(one).querySelectorAll('svg')].filter((svg) => !svg.closest('.small'))
    for (const image of images) {
      expect(image.getAttribute('role')).toBe('img')
      expect(image.getAttribute('aria-label')).toMatch(/ [+−]?\d+(\.\d+)?\.$/)
    }
    const labels = images.map((image) => image.getAttribute('aria-label')?.split(/\. | by (epoch|step)\. /)[0])
    expect(labels).toEqual([
      'Gains of VCR against gains of VTR',
      ...['VTR: training loss', 'VTR: validation AUC', 'VCR: training loss', 'VCR: validation MSE'],
      ...['Cosine of VTR and VCR', 'Norm of VTR', 'Norm of VCR'],
      ...['MMoE', 'CGC', 'PLE, level 1', 'PLE, level 2'].map((title) => `${title}: entropy of gates`),
      ...['MMoE', 'CGC', 'PLE, level 1', 'PLE, level 2'].flatMap((title) =>
        ['VTR', 'VCR', ...(title === 'PLE, level 1' ? ['shared'] : [])].map((gate) => `${title}: experts of ${gate}`),
      ),
      ...['MMoE', 'CGC', 'PLE, level 1', 'PLE, level 2'].map((title) => `${title}: mean weights of experts`),
      ...['VTR: how far AUC falls without', 'VCR: how far MSE rises without'],
      ...['VTR', 'VCR'].map((task) => `${task}: mean label against mean prediction`),
    ])
  })

  it('shows each model’s metrics and gains', () => {
    const rows = [...page(referred).querySelectorAll('section:first-of-type tbody tr')].map((row) => row.textContent)
    expect(rows).toHaveLength(5)
    expect(rows[4]).toMatch(/^PLEreference0\.\d{4} ±\.0016.*0\.7137 ±\.0052/)
  })

  it('spells out what VTR and VCR are short for', () => {
    const header = page(one).querySelector('header')?.textContent
    expect(header).toContain('VTR is the view-through rate')
    expect(header).toContain('VCR is the view completion ratio')
    expect([...page(one).querySelectorAll('th abbr')].map((abbr) => abbr.getAttribute('title'))).toEqual([
      'view-through rate',
      'view completion ratio',
    ])
  })

  it('says when, by which version and by which command it was made', () => {
    const made = page(one).querySelector('.made')
    expect(made?.textContent).toMatch(/^Made on 3 February 2026 at 04:05 UTC by plegrad 1\.2\.3 and Node \d+\.\d+/)
    expect(made?.querySelector('time')?.getAttribute('datetime')).toBe(ORIGIN.date)
    expect(made?.querySelector('code')?.textContent).toBe(ORIGIN.command)
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }
    expect(originOf(['npm', 'start'], new Date(0))).toEqual({
      date: '1970-01-01T00:00:00.000Z',
      version,
      command: 'npm start',
    })
    expect(originOf(['npm', 'start', '--', '--report', "it's my.html", '--json', 'a$b', '--seeds', '5']).command).toBe(
      String.raw`npm start -- --report 'it'\''s my.html' --json 'a$b' --seeds 5`,
    )
  })

  it('has tables that say what they show, whose heads say of what they are, and that scroll by keyboard', () => {
    expect([one, five, referred].map((shown) => page(shown).querySelectorAll('table').length)).toEqual([3, 4, 4])
    for (const shown of [one, five, referred]) expect(faultsOf(htmlOf(shown))).toEqual([])
    expect(page(one).querySelectorAll('.panels [role=region][tabindex="0"][aria-label] svg')).toHaveLength(2)
  })

  it('carries its numbers as files', () => {
    const files = Object.fromEntries(
      [...page(one).querySelectorAll('a[download]')].map((link) => {
        const [type, content] = (link.getAttribute('href') ?? '').split(';charset=utf-8;base64,')
        return [
          link.getAttribute('download') ?? '',
          { type, text: Buffer.from(content, 'base64').toString('utf8') },
        ] as const
      }),
    )
    expect(Object.entries(files).map(([name, { type }]) => `${name} ${type}`)).toEqual([
      'results.csv data:text/csv',
      'epochs.csv data:text/csv',
      'study.json data:application/json',
    ])
    expect(JSON.parse(files['study.json'].text)).toEqual(JSON.parse(JSON.stringify({ origin: ORIGIN, ...one })))
    const results = parse<Record<string, string>>(files['results.csv'].text, { columns: true })
    const ple = results.find(({ model, task, metric }) => model === 'ple' && task === 'vtr' && metric === 'auc')
    const [single, run] = [one.runs[0], one.runs[4]]
    expect(Number(ple?.value)).toBe(run.test.vtr.auc)
    expect(Number(ple?.gain)).toBeCloseTo(run.test.vtr.auc - single.test.vtr.auc, 12)
    expect(results[0]).toMatchObject({ model: 'single-task', seed: '1', gain: '', epoch: String(single.history.best) })
    const epochs = parse<Record<string, string>>(files['epochs.csv'].text, { columns: true })
    const losses = epochs.filter((row) => row.model === 'ple' && row.task === 'vcr' && row.measure === 'training loss')
    expect(losses.map(({ value }) => Number(value))).toEqual(run.history.epochs.map((record) => record.losses.vcr))
  })

  it('shows numbers under a pointer, hidden until one comes', () => {
    const readingsOf = (start: string): readonly string[] => {
      const figure = [...page(one).querySelectorAll('svg')].find((svg) =>
        svg.getAttribute('aria-label')?.startsWith(start),
      )
      for (const shown of figure?.querySelectorAll('.shown') ?? [])
        expect(shown.getAttribute('visibility')).toBe('hidden')
      return [...(figure?.querySelectorAll('.reading') ?? [])].map((reading) =>
        [...reading.querySelectorAll('text')].map(({ textContent }) => textContent).join(' | '),
      )
    }
    const [, , , , { history, test, gates }] = one.runs
    const curve = readingsOf('VTR: validation AUC')
    expect(curve).toHaveLength(2)
    const auc = history.epochs[1].validation?.vtr.auc ?? NaN
    expect(curve[1]).toMatch(/^epoch 2 \| /)
    expect(curve[1]).toContain(`PLE ${auc.toFixed(4)}${history.best === 2 ? ', kept' : ''}`)
    expect(curve[1].split(' | ')).toHaveLength(6)
    const gained = Math.abs(test.vtr.auc - one.runs[0].test.vtr.auc).toFixed(4)
    expect(readingsOf('Gains of VCR')[3]).toMatch(new RegExp(`^PLE \\| VTR [+−]?${gained} \\| VCR `))
    expect(readingsOf('PLE, level 2: mean weights')[0]).toBe(
      `VTR hears vtr.0 | ${gates[1].vtr.mean[0].toFixed(2)} on average | ±${gates[1].vtr.deviation[0].toFixed(2)} from row to row`,
    )
    expect(readingsOf('VTR: mean label')[0]).toMatch(/^\d+ rows \| predicted 0\.\d{4} \| was [01]\.\d{4}$/)
    expect(readingsOf('Cosine of VTR and VCR')[0]).toMatch(/^epoch 1 \| .*PLE [+−]?[01]\.\d\d/)
    expect(htmlOf(one)).toContain('.reading:hover .shown { visibility: visible; }')
  })

  it('points where the numbers are drawn', () => {
    const figure = page(one).querySelector('svg[aria-label^="VTR: validation AUC"]')
    const kept = figure?.querySelector('g[aria-label="dot"] path, g[aria-label="dot"] circle')
    const [x] = /translate\(([\d.]+)/
      .exec(kept?.getAttribute('transform') ?? '')
      ?.slice(1)
      .map(Number) ?? [NaN]
    const rules = [...(figure?.querySelectorAll('.rule') ?? [])].map((rule) =>
      Number(/^M([\d.]+),/.exec(rule.getAttribute('d') ?? '')?.[1]),
    )
    expect(
      rules.some((at) => Math.abs(at - (kept?.getAttribute('cx') ? Number(kept.getAttribute('cx')) : x)) < 1),
    ).toBe(true)
  })

  it.each([
    ['of markup', ['<script>alert(1)</script>', '</title>"\'&amp;<img src=x onerror=alert(1)>']],
    ['of any script', ['点击率', 'نسبة النقر']],
    ['of commas and line ends', ['a,"b"', 'two\nlines']],
  ])('takes task names %s for text', (_, names) => {
    const html = report(renamed(one, names), ORIGIN)
    expect(html).not.toMatch(/<script|<img|&amp;amp;amp;/i)
    const { document } = new JSDOM(html).window
    expect(document.querySelectorAll('script, img, [onerror]')).toHaveLength(0)
    const labels = names.map((name) => name.replace('\n', '\ufffd'))
    expect(document.title).toBe(`What ${labels[0]} and ${labels[1]} gain from learning together`)
    expect(document.querySelector('h1')?.textContent).toBe(document.title)
    expect([...document.querySelectorAll('th[scope=colgroup]')].slice(0, 2).map((th) => th.textContent)).toEqual(labels)
    expect(document.querySelector('svg[aria-label*="training loss"]')?.getAttribute('aria-label')).toContain(labels[0])
    const content = document.querySelector('a[download="results.csv"]')?.getAttribute('href')?.split('base64,')[1] ?? ''
    const rows = parse<{ readonly task: string }>(Buffer.from(content, 'base64').toString('utf8'), { columns: true })
    expect([...new Set(rows.map(({ task }) => task))]).toEqual(names)
  })

  it('makes do with one model and one epoch', () => {
    const runs = one.runs
      .slice(1, 2)
      .map((run) => ({ ...run, history: { ...run.history, epochs: run.history.epochs.slice(0, 1) } }))
    const html = htmlOf({ ...one, runs, aborted: true })
    expect(html).not.toMatch(/NaN|undefined/)
    expect(html).not.toContain('The seesaw')
    expect(html).not.toContain('Who listens to whom')
    expect(html).toContain('stopped by hand')
  })
})

describe('why tasks help or hurt', () => {
  const pageOf = (shown: Study): Document => new JSDOM(htmlOf(shown)).window.document
  const cardOf = (shown: Study, title: string): string | undefined =>
    [...pageOf(shown).querySelectorAll('.card')].find((card) => card.querySelector('h3')?.textContent === title)
      ?.textContent ?? undefined

  it('is told in a few lines of at most 80 columns: who pulls against whom, and what intervals bear out', () => {
    for (const shown of [one, five]) {
      expect(widest(whyTable(shown))).toBeLessThanOrEqual(80)
      expect(whyTable(shown).split('\n').length).toBeLessThanOrEqual(12)
    }
    expect(whyTable(one)).toMatch(/^gradients +cosine +norms/)
    expect(whyTable(one)).toMatch(/^PLE +[+−]?0\.\d\d → [+−]?0\.\d\d +\S+ : \S+ +[+−]?[01]\.\d\d \S+$/m)
    expect(whyTable(one)).not.toContain('single task')
    expect(whyTable(five)).toMatch(/^over the single task, ± the 95 % interval of 5 seeds; within: it holds 0$/m)
    expect(whyTable({ ...one, runs: [] })).toBe('')
  })

  it('fits 80 columns with three tasks of long names', () => {
    const names = ['a_task_of_a_long_name', 'another_that_is_as_long', 'third']
    const byName = <T>(value: T): Record<string, T> => Object.fromEntries(names.map((name) => [name, value]))
    const alignment = {
      norms: byName(0.123),
      cosines: byName(byName(-0.5)),
      conflicting: byName(byName(1)),
    }
    const path = 'levels.0.experts.a_task_of_a_long_name.0.layers.0.weight'
    const conflicts = { ...alignment, tasks: names, batches: 4, parameters: { [path]: alignment } }
    const runs = five.runs.map((run) => ({
      ...run,
      test: byName({ auc: run.test.vtr.auc + run.parameters / 1e9 }),
      ...(run.insight && { insight: { ...run.insight, looks: [{ epoch: 1, gates: [], conflicts }] } }),
    }))
    const text = whyTable({ ...five, tasks: byName('binary' as const), runs })
    expect(widest(text)).toBeLessThanOrEqual(80)
    expect(text).toMatch(/^PLE {12}a_task_of_a_… .* gains\n {15}another_that… .* gains {2}third .* gains$/m)
    expect(text).toMatch(/^PLE +a_tas…\/anoth… +−0\.50 +0\.12 : 0\.12 +−0\.50 …name\.0\.layers\.0\.weight$/m)
  })

  it('names only what pulls against each other: parameters of a cosine below 0, in the terminal too', () => {
    const withCosines = (cosines: Readonly<Record<string, number>>): Study => {
      const alignment = (cosine: number) => ({
        norms: { vtr: 1, vcr: 1 },
        cosines: { vtr: { vtr: 1, vcr: cosine }, vcr: { vtr: cosine, vcr: 1 } },
        conflicting: { vtr: { vtr: 0, vcr: 1 }, vcr: { vtr: 1, vcr: 0 } },
      })
      const parameters = Object.fromEntries(Object.entries(cosines).map(([path, cosine]) => [path, alignment(cosine)]))
      const conflicts = { ...alignment(0.1), tasks: ['vtr', 'vcr'], batches: 1, parameters }
      const runs = one.runs
        .filter(({ model }) => model === 'ple')
        .map((run) => ({ ...run, insight: { weights: [], looks: [{ epoch: 1, gates: [], conflicts }] } }))
      return { ...one, settings: { ...one.settings, models: ['ple'] }, runs }
    }
    const some = withCosines({ against: -0.3, hardly: -0.004, at_all: 0, along: 0.2 })
    expect(whyTable(some)).toMatch(/against each other by\n.* −0\.30 against$/)
    const card = cardOf(some, 'Where they pull against each other')
    expect(card).toContain('against −0.30')
    for (const path of ['hardly', 'at_all', 'along']) expect(card).not.toContain(path)
    const none = withCosines({ at_all: 0, along: 0.2 })
    expect(whyTable(none)).toMatch(/ none$/)
    expect(cardOf(none, 'Where they pull against each other')).toMatch(/none\s*$/)
  })

  it('claims a gain or a loss only where the interval excludes 0', () => {
    const gains = (vtr: readonly number[]): Study => ({
      ...five,
      settings: { ...five.settings, models: ['single-task', 'ple'] },
      runs: ['single-task', 'ple'].flatMap((model) =>
        vtr.map((gained, index) => ({
          ...(one.runs.find((run) => run.model === model) ?? one.runs[0]),
          seed: index + 1,
          test: { vtr: { auc: model === 'ple' ? 0.7 + gained : 0.7 }, vcr: { mse: 0.1 } },
        })),
      ),
    })
    const verdictOf = (shown: Study) => certainties(shown).find(({ task }) => task === 'vtr')?.verdict
    expect(verdictOf(gains([0.01, 0.011, 0.012]))).toBe('gains')
    expect(verdictOf(gains([-0.01, -0.011, -0.012]))).toBe('loses')
    // Mean 0.001, deviation 0.001: t of 2 degrees is 4.30, so the interval is ±0.0025.
    expect(verdictOf(gains([0, 0.001, 0.002]))).toBe('ties')
    expect(verdictOf(gains([0.01]))).toBeUndefined()
    expect(cardOf(gains([0.01, 0.011, 0.012]), 'Against the single-task twin')).toMatch(/PLE\+0\.0110 ±\.0025gains/)
    expect(cardOf(gains([0, 0.001, 0.002]), 'Against the single-task twin')).toContain('within the interval')
  })

  it('draws weights only where they varied', () => {
    expect(cardOf(one, 'What tasks weighed')).toBeUndefined()
    const weights = [1, 2].map((step) => ({ step, weights: { vtr: step, vcr: 1 } }))
    const runs = one.runs.map((run) => (run.insight ? { ...run, insight: { ...run.insight, weights } } : run))
    expect(cardOf({ ...one, runs }, 'What tasks weighed')).toContain('PLE')
  })
})

describe('labels', () => {
  it('stay where they have room', () => {
    expect(apart([1, 5, 3], 1)).toEqual([1, 5, 3])
  })

  it('move apart about their middle, in their order', () => {
    expect(apart([2, 2.5, 9], 1)).toEqual([1.75, 2.75, 9])
    expect(apart([0, 0, 0], 1)).toEqual([-1, 0, 1])
  })

  it('stay within a range, in their order', () => {
    expect(within([0, 10], [1, 5, 3], 1)).toEqual([1, 5, 3])
    expect(within([0, 10], [10, 10, 10, 4], 1)).toEqual([8, 9, 10, 4])
    expect(within([0, 10], [0, 0.2, 9], 1)).toEqual([0, 1, 9])
    expect(within([0, 3], [1, 1, 1, 1], 1)).toEqual([0, 1, 2, 3])
  })
})

/** A comparison of tasks of every kind that plegrad.json knows: what it measures of them, and how its page shows that. */
import { JSDOM } from 'jsdom'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Feed } from '../../../cli/compare/feed.ts'
import { metric, metricSpread } from '../../../cli/compare/format.ts'
import { metricOf } from '../../../cli/compare/metric.ts'
import { HOUSE, zooOf } from '../../../cli/compare/models.ts'
import { study } from '../../../cli/compare/study.ts'
import type { Study } from '../../../cli/compare/study.ts'
import { terminalTable } from '../../../cli/compare/table.ts'
import { report } from '../../../cli/report/report.ts'
import { widthOf } from '../../../cli/terminal/columns.ts'
import { dataset, sparseFeature } from '../../../src/index.ts'
import type { Dataset } from '../../../src/index.ts'
import { count, multiclass, multilabel } from '../../../src/tasks.ts'
import { faultsOf } from '../../examples/tableFaults.ts'

const tasks = {
  genre: multiclass(['news', 'drama', 'comedy']),
  tags: multilabel(['short', 'loud']),
  amount: 'regression',
  spent: 'regression',
  visits: count(),
} as const
const features = [sparseFeature('user', { vocabularySize: 12 })]

function rowsOf(rows: number, first: number): Dataset {
  const at = Array.from({ length: rows }, (_, row) => first + row)
  const labels = {
    genre: at.map((row) => (row % 10 === 0 ? NaN : ((row * 7) % 12) % 3)),
    tags: at.map((row) => (row % 5 === 0 ? NaN : [row % 2, row % 3 === 0 ? NaN : Number(row % 4 === 0)])),
    amount: at.map((row) => 10_000 * ((row * 7) % 12) + (row % 3)),
    spent: at.map((row) => -5_000 * ((row * 7) % 12) + (row % 3)),
    visits: at.map((row) => (row * 5) % 4),
  }
  return dataset({ features, columns: { user: at.map((row) => (row * 7) % 12) }, labels, tasks })
}

const feed: Feed = {
  name: 'kinds',
  tasks,
  features,
  train: rowsOf(240, 0),
  validation: rowsOf(60, 240),
  test: rowsOf(60, 300),
}

let done: Study
beforeAll(async () => {
  const zoo = zooOf(HOUSE, 5)
  done = await study(feed, {
    models: ['single-task', 'ple', 'ple+uncertainty'],
    entrants: { ...zoo, 'ple+uncertainty': { ...zoo.ple, strategy: 'uncertainty' } },
    strategy: 'fixedWeights',
    ...{ seeds: [1, 2], epochs: 2, batchSize: 32, compiled: true },
  })
})

describe('tasks of every kind', () => {
  it('are told by the metric that their epoch is chosen by', () => {
    expect(Object.values(tasks).map(metricOf)).toEqual(['auc', 'auc', 'mse', 'mse', 'poissonDeviance'])
    for (const { test } of done.runs)
      for (const [task, type] of Object.entries(tasks))
        expect(test[task][metricOf(type)], task).toBeGreaterThanOrEqual(0)
  })

  it('have bins of every output: a prediction of a row is as many as it has', () => {
    const rows = (task: string): number =>
      done.runs[0].reliability[task].bins.reduce((total, { count: of }) => total + of, 0)
    // Of 60 rows from 300 on: 6 without a genre, 12 without tags, and 16 of the others without the second.
    expect(rows('genre')).toBe(3 * 54)
    expect(rows('tags')).toBe(48 + 32)
    expect(rows('visits')).toBe(60)
    expect(rows('amount')).toBe(60)
  })

  it('are counted as rows that have a label', () => {
    const [train] = done.card.splits
    expect(Object.values(train.labels).map(({ rows }) => rows)).toEqual([216, 192, 240, 240, 240])
  })

  it('fit 80 columns, metrics of many digits too', () => {
    const apart = (test: Study['runs'][number]['test'], by: number) => ({
      ...test,
      amount: { mse: by * test.amount.mse },
      spent: { mse: by * test.spent.mse },
    })
    const runs = done.runs.map((run) => ({
      ...run,
      test: apart(run.test, run.model === 'ple' ? run.seed : 1 / run.seed),
    }))
    const table = terminalTable({ ...done, runs })
    for (const line of table.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(80)
    expect(table.match(/^model/gm)).toHaveLength(4)
  })

  it('make a page without a number that is none', () => {
    const html = report(done, { date: '2026-02-03T04:05:06.000Z', version: '1.2.3', command: 'plegrad compare' })
    expect(html.replaceAll(/base64,[^"]*/g, '')).not.toMatch(/NaN|undefined|\[object/)
    expect(faultsOf(html)).toEqual([])
    const { document } = new JSDOM(html).window
    const cells = [...document.querySelectorAll('section:nth-last-of-type(2) tbody tr:first-child td')]
    expect(cells.map(({ textContent }) => textContent)).toEqual([
      ...['240', '3', '216', '40.0 %', '192', '55001', '240', '-27499', '240', '1.5000', '240'],
    ])
    expect(document.querySelector('.notes')?.textContent).toContain('AUC counts up, MSE and deviance count down')
    expect(document.body.textContent).toContain('Under uncertainty, step by step.')
  })
})

it('a number has fewer digits behind its point the more it has before it', () => {
  expect([0.71474, 9.87654, 12.3456, 123.456, 1234.56, 12345.6, 123456.7, 12345678, NaN].map((x) => metric(x))).toEqual(
    [...['0.7147', '9.8765', '12.346', '123.46', '1234.6', '12346', '123457', '1.235e+7', '–']],
  )
  expect(metricSpread({ mean: 0.71474, deviation: 0.00123 })).toBe('0.7147 ±.0012')
  expect(metricSpread({ mean: 1234.56, deviation: 0.5 })).toBe('1234.6 ±.5')
  expect(metricSpread({ mean: 0.5, deviation: 12.3456 })).toBe('0.5000 ±12.346')
})

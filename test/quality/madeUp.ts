/** A study whose runs are arithmetic: for tests of what plans, runs and sums up studies. It trains nothing. */
import type { Cell, Measured, Run } from '../../bench/quality/setting.ts'
import type { Study } from '../../bench/quality/study.ts'

/** Of each cell and seed a number that is known beforehand. */
export const valueOf = (name: string, seed: number): number => (name === 'single' ? 0.7 : 0.71) + seed / 1000

export const measured = (value: number): Measured => ({
  metrics: { 'click auc': value },
  parameters: 10,
  epoch: 1,
  seconds: 2,
  backend: 'cpu',
  optimizer: 'adam',
})

const cell = (name: string): Cell => ({
  name,
  label: name,
  facts: { model: name, epochs: 1 },
  train: async (seed) => {
    if (seed === 13) throw new Error('expected any seed but 13')
    return measured(valueOf(name, seed))
  },
})

export const MADE_UP: Study = {
  name: 'made-up',
  title: 'Made up',
  asks: 'Does it run?',
  minutes: 0,
  seeds: 2,
  settings: [
    {
      name: 'nothing',
      fingerprint: () => 'no data',
      measures: [{ name: 'click auc', label: 'click', metric: 'auc', twin: 'single' }],
      cells: [cell('single'), cell('other')],
      published: [
        {
          name: 'paper',
          source: 'A paper, Table 1',
          differs: 'all of it.',
          figures: { single: { 'click auc': 0.6 }, other: { 'click auc': 0.62 } },
        },
      ],
    },
  ],
  finding: () => 'It ran.',
  figures: async () => [],
  notes: ['Nothing was trained.'],
}

/** What a worker process reads. */
export const STUDIES = [MADE_UP]

export const run = (setting: string, name: string, seed: number, metrics: Run['metrics'], key = ''): Run => ({
  ...measured(0),
  key,
  setting,
  cell: name,
  seed,
  metrics,
  node: 'v0',
  relaxedSimd: 'offered',
  date: '2026-01-01',
})

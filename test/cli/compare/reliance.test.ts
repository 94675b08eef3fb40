/** What a model relies on: measured on rows of which it is known, and told in words that intervals bear out. */
import { JSDOM } from 'jsdom'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOUSE, buildsOf } from '../../../cli/compare/models.ts'
import { notes } from '../../../cli/compare/notes.ts'
import { isOwed, relianceOf } from '../../../cli/compare/reliance.ts'
import type { Owed, Reliance } from '../../../cli/compare/reliance.ts'
import { reliance } from '../../../cli/report/reliancePlot.ts'
import { study } from '../../../cli/compare/study.ts'
import type { Study } from '../../../cli/compare/study.ts'
import type { Dataset } from '../../../src/index.ts'
import { tinyFeed } from './tinyFeed.ts'

let done: Study
beforeAll(async () => {
  done = await study(tinyFeed(600), {
    models: ['shared-bottom', 'ple'],
    strategy: 'fixedWeights',
    seeds: [3, 4],
    epochs: 12,
    batchSize: 32,
    compiled: true,
  })
})

const owedTo = ({ owed }: Reliance, task: string, name: string): Owed =>
  owed[task].find((each) => each.name === name) ?? { name, mean: NaN, half: NaN }

describe('what is measured', () => {
  it('is of the last model at the first seed, every subject and then every feature, for each task', () => {
    expect(done.runs.map(({ reliance: measured }) => measured !== undefined)).toEqual([false, true, false, false])
    const { rows, repeats, owed } = done.runs[1].reliance!
    expect([rows, repeats, Object.keys(owed)]).toEqual([600, 5, ['vtr', 'vcr']])
    for (const all of Object.values(owed))
      expect(all.map(({ name, members }) => [name, members])).toEqual([
        ['who and what', ['user', 'video']],
        ...['user', 'video', 'length'].map((name) => [name, undefined]),
      ])
  })

  it('finds that labels come of who, what and how long, and that who and what together count more than either', () => {
    const measured = done.runs[1].reliance!
    const both = owedTo(measured, 'vcr', 'who and what')
    for (const name of ['user', 'length']) expect(isOwed(owedTo(measured, 'vcr', name))).toBe(true)
    expect(isOwed(both)).toBe(true)
    for (const name of ['user', 'video']) expect(both.mean).toBeGreaterThan(owedTo(measured, 'vcr', name).mean)
  })

  it('leaves out a task of which these rows have no label', () => {
    const feed = tinyFeed(40)
    const unlabelled = new Float32Array(40).fill(NaN)
    // As it is, whichever rows are asked for: what is selected of the original has the original's labels.
    const test: Dataset = { ...feed.test, labels: { ...feed.test.labels, vtr: unlabelled }, select: () => test }
    const model = buildsOf(HOUSE, 2).ple(feed.features, feed.tasks, 1)
    expect(Object.keys(relianceOf(model, { ...feed, test }, { compiled: true }).owed)).toEqual(['vcr'])
  })
})

describe('what is told', () => {
  const told = (owed: Reliance['owed']): Document => {
    const runs = [{ ...done.runs[1], reliance: { rows: 4096, repeats: 5, owed } }]
    return new JSDOM(reliance({ ...done, runs })!.markup).window.document
  }
  const paragraphs = (owed: Reliance['owed']): readonly string[] =>
    [...told(owed).querySelectorAll('p:not(.remark)')].map(({ textContent }) => textContent ?? '')
  const of = (name: string, mean: number, half: number): Owed => ({ name, mean, half })

  it('names what matters most to each task, how many intervals hold 0, and what is worse than nothing', () => {
    const [vtr, vcr] = paragraphs({
      vtr: [of('tab', 0.05, 0.01), of('user', 0.07, 0.02), of('hour', 0.003, 0.004), of('year', -0.002, 0.001)],
      vcr: [of('tab', 0.001, 0.002), of('user', 0, 0), of('hour', -0.001, 0.002), of('year', 0.001, 0.0011)],
    })
    expect(vtr).toBe(
      'To VTR, user matters most (AUC falls by 0.0700 ±.0200), then tab. Of 4 intervals, 1 holds 0. Those of year lie below 0: it did better without.',
    )
    expect(vcr).toBe('To VCR, no feature matters by itself, as far as these rows tell. Of 4 intervals, 4 hold 0.')
  })

  it('sets apart a feature that matters to one task and not to another, and none that intervals leave open', () => {
    const [, , apart] = paragraphs({
      vtr: [of('tab', 0.05, 0.01), of('user', 0.07, 0.02), of('hour', 0.001, 0.002)],
      vcr: [of('tab', 0.001, 0.002), of('user', 0.01, 0.002), of('hour', 0.008, 0.009)],
    })
    expect(apart).toBe(
      'Apart: tab matters to VTR (+0.0500 ±.0100) and, as far as these rows tell, not to VCR (+0.0010 ±.0020).',
    )
    expect(paragraphs({ vtr: [of('tab', 0.05, 0.01)], vcr: [of('tab', 0.01, 0.001)] })).toHaveLength(2)
  })

  it('fills a mark only where the interval excludes 0, and shows at most twelve features', () => {
    const names = Array.from({ length: 15 }, (_, index) => `f${index}`)
    const vtr = names.map((name, index) => of(name, 0.1 - index / 200, index % 2 === 0 ? 0.01 : 0.2))
    const [figure] = told({ vtr }).querySelectorAll('.large svg')
    const marks = [...figure.querySelectorAll('g[aria-label="dot"] *')]
    expect(marks.map((mark) => mark.getAttribute('fill'))).toEqual(
      vtr.slice(0, 12).map((each) => (isOwed(each) ? 'var(--heat)' : 'var(--card)')),
    )
    expect(figure.getAttribute('aria-label')).toBe(
      'VTR: how far AUC falls without. f0 +0.1000, f1 +0.0950, f2 +0.0900.',
    )
  })

  it('says on how many rows, and that features alike stand in for each other', () => {
    const note = [...notes(done)].find((each) => each.startsWith('What PLE relies on'))
    expect(note).toContain('600 test rows, each feature shuffled 5 times, of seed 3')
    expect(note).toContain('of two that say the same it may rely on either')
    expect([...notes({ ...done, runs: [] })].join(' ')).not.toContain('relies on')
    expect(reliance({ ...done, runs: [] })).toBeUndefined()
  })
})

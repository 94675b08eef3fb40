/** The sweep over correlations: slopes paired within seeds, what it says of them, and models of equal size. */
import { describe, expect, it } from 'vitest'
import { estimate } from '../../cli/compare/interval.ts'
import { BUILDS, feedOf, sweep } from '../../bench/quality/studies/sweep.ts'
import type { Run } from '../../bench/quality/setting.ts'
import { summarize } from '../../bench/quality/summary.ts'
import { slope, trend } from '../../bench/quality/trend.ts'
import { countParameters, denseFeature } from '../../src/index.ts'
import { run } from './madeUp.ts'

/** ln of error by cell, as 1 − correlation times a number, which differs a little between seeds. */
const runsOf = (rises: Readonly<Record<string, number>>, seeds = 4, starts: typeof rises = {}): readonly Run[] =>
  sweep.settings.flatMap(({ name, x = NaN, cells }) =>
    cells.flatMap((cell) =>
      Array.from({ length: seeds }, (_, seed) => {
        const log = seed - 3 + (starts[cell.name] ?? 0) + (rises[cell.name] ?? 0) * (1 - x) * (1 + 0.1 * seed)
        return run(name, cell.name, seed, { mse: Math.exp(log), 'log mse': log })
      }),
    ),
  )

const says = (rises: Readonly<Record<string, number>>, seeds?: number, starts?: typeof rises): string =>
  sweep.finding(summarize(sweep, runsOf(rises, seeds, starts)))

describe('the finding', () => {
  it('says that both gains grow, from where to where and how fast', () => {
    const text = says({ 'shared-bottom': 0.4, mmoe: 0.2, cgc: 0.1, ple: 0.05 })
    expect(text).toMatch(/MMoE over shared-bottom 0\.0000 .* at correlation 1, \+0\.2300 .* at 0, a slope of \+0\.2300/)
    expect(text).toMatch(/CGC over MMoE .* a slope of \+0\.1150/)
    expect(text).toMatch(/PLE over MMoE .* a slope of \+0\.1725/)
    expect(text).toContain('The shape of the MMoE paper is reproduced: MMoE gains on shared-bottom')
    expect(text).toContain('The shape of the PLE paper is reproduced: CGC gains on MMoE')
  })

  it('says plainly which does not', () => {
    const text = says({ mmoe: 0.2 })
    expect(text).toContain('The shape of the MMoE paper is NOT reproduced: it is not so here that MMoE gains on')
    expect(text).toContain('The shape of the PLE paper is reproduced')
    expect(says({ cgc: 0.2, ple: 0.2 })).toContain('The shape of the PLE paper is NOT reproduced')
  })

  it('does not take a deficit that shrinks for an advantage', () => {
    const text = says({ 'shared-bottom': 0.4, mmoe: 0.2 }, 4, { 'shared-bottom': -1 })
    expect(text).toContain('it is not so here that MMoE has less error than shared-bottom at correlation 0.')
    expect(text).toContain('What is as in the MMoE paper: MMoE gains on shared-bottom as correlation falls.')
  })

  it('concludes nothing from one seed, and tells of no slope where a correlation is missing', () => {
    expect(says({ 'shared-bottom': 1 }, 1)).not.toMatch(/reproduced/)
    const some = runsOf({}).filter(({ setting }) => setting !== sweep.settings[0].name)
    expect(sweep.finding(summarize(sweep, some))).toMatch(/^No seed has run at every correlation/)
  })
})

describe('the trend', () => {
  it('is the mean of slopes of seeds, rising as correlation falls', () => {
    const found = trend(summarize(sweep, runsOf({ mmoe: 0.2 })), 'cgc', 'log mse')
    const expected = estimate([0, 1, 2, 3].map((seed) => 0.2 * (1 + 0.1 * seed)))
    expect(found?.mean).toBeCloseTo(expected.mean, 10)
    expect(found?.half).toBeCloseTo(expected.half!, 10)
  })

  it('is of least squares', () => {
    expect(slope([0, 1, 2].map((x) => [x, [1, 0, 4][x]]))).toBeCloseTo(1.5)
  })
})

it('draws the errors and the advantages', async () => {
  const figures = await sweep.figures(summarize(sweep, runsOf({ mmoe: 0.2 })))
  expect(figures.map(({ title }) => title)).toEqual([
    'Error as correlation falls',
    'Advantage over MMoE as correlation falls',
  ])
  for (const { drawing } of figures) expect(drawing.markup).toContain('shared-bottom')
})

it('compares models of sizes within 4 %', () => {
  const tasks = { first: 'regression', second: 'regression' } as const
  const sizes = Object.values(BUILDS).map((build) =>
    countParameters(build([denseFeature('x', { dimension: 16 })], tasks, 1)),
  )
  expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.04)
})

it('standardises labels by training rows', () => {
  const { train } = feedOf(0, 1)
  for (const values of Object.values(train.labels)) {
    const mean = values.reduce((total, value) => total + value, 0) / values.length
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(0, 3)
    expect(variance).toBeCloseTo(1, 2)
  }
})

/** Means, intervals and paired gains, against numbers worked out by hand. */
import { describe, expect, it } from 'vitest'
import { estimate, verdict } from '../../cli/compare/interval.ts'
import { figuresOf, printed } from '../../bench/quality/published.ts'
import type { Published } from '../../bench/quality/setting.ts'
import { summarize } from '../../bench/quality/summary.ts'
import { MADE_UP, run } from './madeUp.ts'

describe('estimate', () => {
  it('is mean ± t·s/√n', () => {
    // Of 1 2 3 4 5: s = √2.5, and the 97.5 % quantile of 4 degrees of freedom is 2.776445.
    const { mean, half, count } = estimate([1, 2, 3, 4, 5])
    expect([mean, count]).toEqual([3, 5])
    expect(half).toBeCloseTo((2.776445105 * Math.sqrt(2.5)) / Math.sqrt(5), 8)
  })

  it('is wide for two values, as wide as one degree of freedom is', () => {
    expect(estimate([0, 2]).half).toBeCloseTo(12.7062047362, 7)
  })

  it('has no interval for one value', () => {
    expect(estimate([0.7])).toEqual({ mean: 0.7, count: 1 })
  })
})

describe('verdict', () => {
  it.each([
    [{ mean: 0.2, half: 0.1, count: 5 }, 'gains'],
    [{ mean: -0.2, half: 0.1, count: 5 }, 'loses'],
    [{ mean: 0.1, half: 0.1, count: 5 }, 'ties'],
    [{ mean: -0.05, half: 0.1, count: 5 }, 'ties'],
    [{ mean: 0, half: 0, count: 5 }, 'ties'],
    [{ mean: 0.2, count: 1 }, undefined],
  ] as const)('of %j is %s', (gain, word) => {
    expect(verdict(gain)).toBe(word)
  })
})

describe('summarize', () => {
  const setting = 'nothing'
  const auc = (name: string, seed: number, value: number) => run(setting, name, seed, { 'click auc': value })

  it('pairs gains within the seed: what seeds share does not blur them', () => {
    // Values differ by 0.1 from seed to seed, gains by 0.01 only: 0.01, 0.02, 0.03.
    const runs = [
      ...[0.5, 0.6, 0.7].map((value, seed) => auc('single', seed, value)),
      ...[0.51, 0.62, 0.73].map((value, seed) => auc('other', seed, value)),
    ]
    const { lines } = summarize(MADE_UP, runs).blocks[0]
    const { value, gain } = lines[1].results['click auc']
    expect(gain?.mean).toBeCloseTo(0.02, 12)
    expect(gain?.half).toBeCloseTo((4.3026527297 * 0.01) / Math.sqrt(3), 9)
    expect(value.half).toBeCloseTo((4.3026527297 * 0.11) / Math.sqrt(3), 9)
    expect(lines[0].results['click auc'].gain).toBeUndefined()
  })

  it('counts a lower squared error as a gain', () => {
    const [only] = MADE_UP.settings
    const measures = [{ name: 'share mse', label: 'share', metric: 'mse', twin: 'single' } as const]
    const study = { ...MADE_UP, settings: [{ ...only, measures }] }
    const runs = [run(setting, 'single', 1, { 'share mse': 0.3 }), run(setting, 'other', 1, { 'share mse': 0.1 })]
    expect(summarize(study, runs).blocks[0].lines[1].results['share mse'].gain?.mean).toBeCloseTo(0.2, 12)
  })

  it('takes gains of seeds only that both have run, whatever their order', () => {
    const runs = [auc('other', 3, 0.9), auc('other', 1, 0.6), auc('single', 1, 0.5), auc('single', 2, 0.1)]
    const { gain, value } = summarize(MADE_UP, runs).blocks[0].lines[1].results['click auc']
    expect([gain?.count, value.count]).toEqual([1, 2])
    expect(gain?.mean).toBeCloseTo(0.1, 12)
  })

  it('leaves out cells that have not run, and measures that a cell does not have', () => {
    const { blocks, seeds } = summarize(MADE_UP, [run(setting, 'other', 4, { elsewhere: 1 })])
    expect(seeds).toEqual([4])
    expect(blocks[0].lines.map(({ cell, results }) => [cell.name, results])).toEqual([['other', {}]])
  })
})

describe('printed', () => {
  const measure = { name: 'a', label: 'A', metric: 'mse', twin: 'single' } as const
  const paper: Published = {
    name: 'paper',
    source: 'Table 1',
    differs: 'all of it.',
    figures: figuresOf(['a'], { single: [0.2], other: [0.15], third: [0.25] }),
    gains: { third: { a: -0.049 } },
  }

  it('takes gains over the printed twin, or as printed', () => {
    expect(printed(paper, 'single', measure)).toEqual({ value: 0.2 })
    expect(printed(paper, 'other', measure)?.gain).toBeCloseTo(0.05, 12)
    expect(printed(paper, 'third', measure)).toEqual({ value: 0.25, gain: -0.049 })
    expect(printed(paper, 'fourth', measure)).toBeUndefined()
  })
})

/** Invented data: the same for the same seed, as correlated as asked, and fit for a dataset. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataset, syntheticFeed, syntheticTasks } from '../../src/data/index.ts'
import type { SyntheticFeedOptions } from '../../src/data/index.ts'

/** Pearson's, over the rows where both are numbers. */
function pearson(a: Float32Array, b: Float32Array): number {
  const rows = [...a.keys()].filter((row) => !Number.isNaN(a[row] + b[row]))
  const mean = (of: (row: number) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length
  const [meanA, meanB] = [mean((row) => a[row]), mean((row) => b[row])]
  const covariance = mean((row) => (a[row] - meanA) * (b[row] - meanB))
  return covariance / Math.sqrt(mean((row) => (a[row] - meanA) ** 2) * mean((row) => (b[row] - meanB) ** 2))
}

const CORRELATIONS = [-1, -0.5, 0, 0.5, 1]
const SEEDS = [11, 12, 13]

const rises = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > values[index - 1])

describe('syntheticTasks', () => {
  it('makes one dense feature and two regressions', () => {
    const data = dataset(syntheticTasks({ rows: 10, correlation: 0.5, dimension: 3 }))
    expect(data).toMatchObject({ rows: 10, taskNames: ['first', 'second'] })
    expect(data.numbers.x.length).toBe(30)
  })

  it.each(SEEDS)('correlates labels the more, the more correlation is asked for (seed %i)', (seed) => {
    const correlations = CORRELATIONS.map((correlation) => {
      const { first, second } = syntheticTasks({ rows: 4000, dimension: 10, correlation, seed }).labels
      return pearson(first, second)
    })
    expect(rises(correlations)).toBe(true)
    expect(Math.abs(correlations[2])).toBeLessThan(0.15)
    expect(correlations[4]).toBeGreaterThan(0.9)
  })

  it('makes tasks of correlation 1 equal, but for their noise', () => {
    const { first, second } = syntheticTasks({ rows: 50, dimension: 5, correlation: 1, noise: 0 }).labels
    expect(first).toEqual(second)
  })

  it('makes straight lines of standard deviation `scale` without waves and noise', () => {
    const line = { rows: 5000, dimension: 5, correlation: 0.3, waves: 0, noise: 0, scale: 3 }
    const { first, second } = syntheticTasks(line).labels
    const variance = first.reduce((sum, value) => sum + value * value, 0) / first.length
    expect(Math.sqrt(variance)).toBeCloseTo(3, 0)
    expect(pearson(first, second)).toBeCloseTo(0.3, 1)
  })

  it('has noise of the standard deviation asked for', () => {
    const options = { rows: 5000, dimension: 5, correlation: 0.3, seed: 12 }
    const noisy = syntheticTasks({ ...options, noise: 0.5 }).labels.first
    const clean = syntheticTasks({ ...options, noise: 0 }).labels.first
    const variance = noisy.reduce((sum, value, row) => sum + (value - clean[row]) ** 2, 0) / noisy.length
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1)
  })

  it.each([
    [{ rows: -1 }, 'rows to be an integer of at least 0 but got -1'],
    [{ correlation: 1.1 }, 'correlation to be a number in [-1, 1] but got 1.1'],
    [{ correlation: NaN }, 'correlation to be a number in [-1, 1] but got NaN'],
    [{ dimension: 1 }, 'dimension to be an integer of at least 2 but got 1'],
    [{ waves: 0.5 }, 'waves to be an integer of at least 0 but got 0.5'],
    [{ noise: -1 }, 'noise to be a number in [0, ∞) but got -1'],
    [{ seed: 0.5 }, 'seed to be an integer but got 0.5'],
  ])('refuses %j', (option, said) => {
    expect(() => syntheticTasks({ rows: 2, correlation: 0, ...option })).toThrow(`expected ${said}`)
  })
})

describe('syntheticFeed', () => {
  it('is the same for the same seed and another for another', () => {
    expect(syntheticFeed({ rows: 300, seed: 11 })).toEqual(syntheticFeed({ rows: 300, seed: 11 }))
    const [a, b] = [11, 12].map((seed) => syntheticFeed({ rows: 300, seed }))
    expect(a.columns.user_id).not.toEqual(b.columns.user_id)
    expect(a.labels.vcr).not.toEqual(b.labels.vcr)
  })

  it('begins with the same rows, however many are asked for', () => {
    const few = dataset(syntheticFeed({ rows: 100 }))
    const many = dataset(syntheticFeed({ rows: 3000 }))
    const first = many.select(Int32Array.from({ length: 100 }, (_, row) => row))
    expect([first.ids, first.numbers, first.labels]).toEqual([few.ids, few.numbers, few.labels])
  })

  it('is fit for a dataset, whatever its size', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 0, max: 30 }),
      users: fc.integer({ min: 1, max: 20 }),
      videos: fc.integer({ min: 1, max: 20 }),
      tags: fc.integer({ min: 1, max: 9 }),
      dimension: fc.integer({ min: 1, max: 9 }),
      seed: fc.integer(),
    })
    fc.assert(
      fc.property(sizes, (size) => {
        const data = dataset(syntheticFeed(size))
        expect(data.rows).toBe(size.rows)
        expect(data.labels.vcr.every((watched) => Number.isNaN(watched) || (watched >= 0 && watched <= 1))).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  it('gives a video one author, one duration and one to four tags, all different', () => {
    const { ids } = dataset(syntheticFeed({ rows: 2000, videos: 40, tags: 6 }))
    const known = new Map<number, string>()
    for (const [row, video] of ids.video_id.entries()) {
      const tags = [...ids.tags.subarray(4 * row, 4 * row + 4)].filter((tag) => tag !== 0)
      expect(tags.length).toBeGreaterThan(0)
      expect(new Set(tags).size).toBe(tags.length)
      const what = `${ids.author_id[row]} ${ids.duration[row]} ${tags.join(' ')}`
      expect(known.get(video) ?? what).toBe(what)
      known.set(video, what)
    }
  })

  it.each(SEEDS)('has about three valid views in ten, and leaves a few rows out of vcr (seed %i)', (seed) => {
    const { vtr, vcr } = syntheticFeed({ rows: 10_000, seed }).labels
    const share = (labels: Float32Array, fits: (label: number) => boolean): number =>
      labels.filter(fits).length / labels.length
    expect(share(vtr, (label) => label === 1)).toBeCloseTo(0.3, 1)
    expect(Math.abs(share(vcr, Number.isNaN) - 0.03)).toBeLessThan(0.01)
    expect(share(syntheticFeed({ rows: 100, outside: 0 }).labels.vcr, Number.isNaN)).toBe(0)
  })

  it.each(SEEDS)('correlates tasks the more, the more correlation is asked for (seed %i)', (seed) => {
    const correlations = CORRELATIONS.map((correlation) => {
      const { vtr, vcr } = syntheticFeed({ rows: 6000, correlation, seed }).labels
      return pearson(vtr, vcr)
    })
    expect(rises(correlations)).toBe(true)
  })

  it.each<[Partial<SyntheticFeedOptions>, string]>([
    [{ rows: 1.5 }, 'rows to be an integer of at least 0 but got 1.5'],
    [{ users: 0 }, 'users to be an integer of at least 1 but got 0'],
    [{ videos: 0 }, 'videos to be an integer'],
    [{ tags: 0 }, 'tags to be an integer'],
    [{ outside: 1.5 }, 'outside to be a number in [0, 1] but got 1.5'],
    [{ noise: NaN }, 'noise to be a number in [0, ∞) but got NaN'],
    [{ correlation: -2 }, 'correlation to be a number in [-1, 1] but got -2'],
    [{ dimension: 0 }, 'dimension to be an integer'],
  ])('refuses %j', (option, said) => {
    expect(() => syntheticFeed({ rows: 2, ...option })).toThrow(said)
  })
})

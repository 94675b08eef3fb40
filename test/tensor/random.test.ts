/** Random streams: the same from the same seed, independent under other names, and as random as they say. */
import { describe, expect, it } from 'vitest'
import { stream } from '../../src/index.ts'

const N = 100_000
const draw = (value: (counter: number) => number, count = N): number[] =>
  Array.from({ length: count }, (_, j) => value(j))
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** Pearson's correlation: within ±4/√n for independent draws, but for one time in 16 000. */
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    x.reduce((sum, value, j) => sum + (value - mx) * (y[j] - my), 0)
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}

/** χ² of counts that should all be equal. */
const chiSquare = (counts: readonly number[]): number => {
  const expected = mean(counts)
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

const histogram = (values: readonly number[], bins: number): number[] => {
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of values) counts[Math.floor(value * bins)]++
  return counts
}

describe('a stream', () => {
  it('gives the same numbers from the same seed, in any order', () => {
    const [one, other] = [stream(42), stream(42)]
    expect(draw((j) => one.uniform(j), 100)).toEqual(draw((j) => other.uniform(j), 100))
    expect(one.normal(99)).toBe(other.normal(99))
    expect(one.uniform(7)).toBe(one.uniform(7))
    expect(one.stream('a').stream('b').key).toBe(other.stream('a').stream('b').key)
  })

  it('gives other numbers from another seed, however close or far', () => {
    const keys = [0, 1, -1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map((seed) => stream(seed).key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('gives other numbers under another name, also along another path', () => {
    const root = stream(1)
    const names = ['', 'a', 'b', 'ab', 'ba', 'aa', 'expert 1', 'expert 2', 'expert 11', 'levels.0', 'levels.1']
    const keys = [
      root,
      ...names.map((name) => root.stream(name)),
      ...names.map((name) => root.stream('a').stream(name)),
    ].map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('refuses a seed that is not whole', () => {
    expect(() => stream(0.5)).toThrow(new RangeError('stream: expected an integer seed but got 0.5'))
    expect(() => stream(NaN)).toThrow('stream: expected an integer seed but got NaN')
    expect(() => stream(2 ** 53)).toThrow('stream: expected an integer seed but got 9007199254740992')
    expect(() => stream('5' as never)).toThrow("stream: expected an integer seed but got '5'")
  })

  it('refuses a name that is none, for all of them would be one, and positions between numbers', () => {
    const random = stream(1)
    expect(() => random.stream(1 as never)).toThrow(
      new RangeError('stream: expected the name of a stream to be a string but got 1'),
    )
    expect(() => random.uniform(0.5)).toThrow(
      'uniform: expected counter to be an integer from 0 to 4294967295 but got 0.5',
    )
    expect(() => random.uniform(2 ** 32)).toThrow('uniform: expected counter')
    expect(() => random.normal(-1)).toThrow('normal: expected counter to be an integer from 0 to 2147483647 but got -1')
    expect(() => random.permutation(2.5)).toThrow(
      'permutation: expected n to be an integer from 0 to 2147483647 but got 2.5',
    )
    expect(() => random.permutation('5' as never)).toThrow('permutation: expected n')
  })
})

describe('uniform numbers', () => {
  it.each([0, 1, 2, 12345])('of seed %d are uniform in (0, 1) and do not follow from their neighbours', (seed) => {
    const values = draw((j) => stream(seed).uniform(j))
    expect(Math.min(...values.slice(0, 1e4))).toBeGreaterThan(0)
    expect(Math.max(...values.slice(0, 1e4))).toBeLessThan(1)
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * N))
    // 99.99 % of χ² with 63 degrees of freedom lie below 113.
    expect(chiSquare(histogram(values, 64))).toBeLessThan(113)
    for (const lag of [1, 2, 3, 16, 64])
      expect(Math.abs(correlation(values.slice(lag), values.slice(0, -lag)))).toBeLessThan(4 / Math.sqrt(N - lag))
  })

  it('of a stream and of those derived from it are independent', () => {
    const root = stream(3)
    const family = [
      root,
      ...['a', 'b', 'expert 1', 'expert 2'].map((name) => root.stream(name)),
      root.stream('a').stream('a'),
      stream(4),
    ]
    const values = family.map((each) => draw((j) => each.uniform(j), 20_000))
    values.forEach((a, i) =>
      values.slice(i + 1).forEach((b) => expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(20_000))),
    )
  })
})

describe('normal numbers', () => {
  it('have the moments of the standard normal distribution, and its tails', () => {
    const values = draw((j) => stream(9).normal(j))
    const moment = (power: number): number => mean(values.map((x) => x ** power))
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(N))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / N))
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / N))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / N))
    const beyond = values.filter((x) => Math.abs(x) > 1.96).length / N
    expect(beyond).toBeCloseTo(0.05, 2)
    expect(values.every(Number.isFinite)).toBe(true)
  })

  it('do not follow from their neighbours', () => {
    const values = draw((j) => stream(9).normal(j))
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(N))
  })
})

describe('a permutation', () => {
  it('has every number once', () => {
    for (const n of [0, 1, 2, 7, 1000])
      expect([...stream(n).permutation(n)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, j) => j))
  })

  it('is the same from the same stream, and leaves few numbers in their place', () => {
    expect(stream(1).permutation(50)).toEqual(stream(1).permutation(50))
    const fixed = [...stream(1).permutation(1000)].filter((value, index) => value === index).length
    expect(fixed).toBeLessThan(8)
  })

  it('is any of the 24 orders of four, as often', () => {
    const counts = new Map<string, number>()
    const root = stream(77)
    for (let j = 0; j < 24_000; j++) {
      const order = root.stream(`epoch ${j}`).permutation(4).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    // 99.99 % of χ² with 23 degrees of freedom lie below 56.
    expect(chiSquare([...counts.values()])).toBeLessThan(56)
  })
})

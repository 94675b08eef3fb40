/** Fixed keys throughout: these tests cannot fail by chance, only by a change of the hash. */
import { describe, expect, it } from 'vitest'
import { cpuKernels, randomBits, randomUniform } from '../../src/kernels/index.ts'
import { law, output } from './law.ts'

const DRAWS = 30_000
const KEYS = [0, 1, 2, 3, 42, -1, 0x9e3779b9, 2 ** 31, 123456789]
/** How many standard deviations from its mean a truly random statistic strays once in 16,000 times. */
const FAR = 4

/** How many standard deviations the counts of a draw into `bins` equal bins lie from even, by chi². */
function unevenness(bins: number, draws: number, bin: (draw: number) => number): number {
  const counts = new Float64Array(bins)
  for (let draw = 0; draw < draws; draw++) counts[bin(draw)]++
  const expected = draws / bins
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  return Math.abs(chi2 - (bins - 1)) / Math.sqrt(2 * (bins - 1))
}

/** The correlation of two sequences of uniform numbers, in standard deviations from none. */
function correlation(draws: number, x: (draw: number) => number, y: (draw: number) => number): number {
  let sum = 0
  for (let draw = 0; draw < draws; draw++) sum += (x(draw) - 0.5) * (y(draw) - 0.5)
  return Math.abs((sum / draws) * 12 * Math.sqrt(draws))
}

describe('random bits', () => {
  it('are a function of key and counter', () => {
    expect(randomBits(7, 9)).toBe(randomBits(7, 9))
    expect(randomBits(7, 9)).not.toBe(randomBits(7, 10))
    expect(randomBits(7, 9)).not.toBe(randomBits(8, 9))
    expect(randomBits(7, 9)).not.toBe(randomBits(9, 7))
  })

  it('are integers in [0, 2³²), and uniform numbers lie strictly within (0, 1)', () => {
    for (const key of KEYS) {
      for (let counter = 0; counter < 1000; counter++) {
        const bits = randomBits(key, counter)
        const uniform = randomUniform(key, counter)
        if (bits !== bits >>> 0 || uniform <= 0 || uniform >= 1) expect.fail(`${bits} and ${uniform} under key ${key}`)
      }
    }
  })

  it.each(KEYS)('fill high and low bins evenly under key %d', (key) => {
    expect(unevenness(256, DRAWS, (draw) => randomBits(key, draw) >>> 24)).toBeLessThan(FAR)
    expect(unevenness(256, DRAWS, (draw) => randomBits(key, draw) & 255)).toBeLessThan(FAR)
    expect(unevenness(1000, DRAWS, (draw) => Math.floor(randomUniform(key, draw) * 1000))).toBeLessThan(FAR)
  })

  it.each([0, 1, 1000])('fill bins evenly across keys at counter %d', (counter) => {
    expect(unevenness(256, DRAWS, (draw) => randomBits(draw, counter) >>> 24)).toBeLessThan(FAR)
    expect(unevenness(256, DRAWS, (draw) => randomBits(draw, counter) & 255)).toBeLessThan(FAR)
  })

  it.each(KEYS)('have the mean and the variance of a uniform number under key %d', (key) => {
    let [sum, squares] = [0, 0]
    for (let draw = 0; draw < DRAWS; draw++) {
      const centred = randomUniform(key, draw) - 0.5
      sum += centred
      squares += centred * centred
    }
    expect(Math.abs(sum / DRAWS)).toBeLessThan(FAR * Math.sqrt(1 / 12 / DRAWS))
    expect(Math.abs(squares / DRAWS - 1 / 12)).toBeLessThan(FAR * Math.sqrt(1 / 180 / DRAWS))
  })

  it.each([1, 2, 3, 16, 64, 1000])('are uncorrelated with those %i further on', (lag) => {
    for (const key of KEYS) {
      const here = (draw: number) => randomUniform(key, draw)
      const there = (draw: number) => randomUniform(key, draw + lag)
      expect(correlation(DRAWS, here, there)).toBeLessThan(FAR)
      const pair = (draw: number) => (randomBits(key, draw) >>> 28) * 16 + (randomBits(key, draw + lag) >>> 28)
      expect(unevenness(256, DRAWS, pair)).toBeLessThan(FAR)
    }
  })

  it.each([1, 2, 4, 2 ** 16, 2 ** 31])('are uncorrelated with those of a key that differs in bit %d', (bit) => {
    for (const key of KEYS) {
      for (const shift of [0, 1]) {
        const here = (draw: number) => randomUniform(key, draw)
        const there = (draw: number) => randomUniform(key ^ bit, draw + shift)
        expect(correlation(DRAWS, here, there)).toBeLessThan(FAR)
      }
    }
  })

  it('flip half of their bits when any bit of key or counter flips', () => {
    const draws = 4000
    const flips = new Float64Array(32)
    for (const input of ['key', 'counter']) {
      for (let bit = 0; bit < 32; bit++) {
        flips.fill(0)
        for (let draw = 0; draw < draws; draw++) {
          // Small keys and counters, as models use them.
          const [key, counter] = [(draw % 50) << 10, (draw / 50) << 10]
          const flipped =
            input === 'key' ? randomBits(key ^ (1 << bit), counter) : randomBits(key, counter ^ (1 << bit))
          const changed = randomBits(key, counter) ^ flipped
          for (let output = 0; output < 32; output++) flips[output] += (changed >>> output) & 1
        }
        // 2048 tests of a count that may have been taken twice over, hence the wider bound.
        for (const count of flips) expect(Math.abs(count / draws - 0.5)).toBeLessThan(7 * Math.sqrt(0.25 / draws))
      }
    }
  })
})

describe('dropout', () => {
  law('keeps where the coin is at least the rate, scaled by 1 / (1 − rate)', 'n', ({ n }, draw) => {
    const [rate, key, counter] = [draw.below(10) / 10, draw.below(1e9), draw.below(1e9)]
    return {
      inputs: [n],
      out: n,
      run: ([x], out) => cpuKernels.dropout(x, out, n, rate, key, counter),
      formula: ([x], at) => (randomUniform(key, counter + at) >= rate ? x[at] / (1 - rate) : 0),
    }
  })

  it('looks its key up once in every call where that is a function', () => {
    const ones = new Float64Array(20).fill(1)
    const plain = (key: number) => output(20, (out) => cpuKernels.dropout(ones, out, 20, 0.5, key, 3))
    let looks = 0
    const changing = () => output(20, (out) => cpuKernels.dropout(ones, out, 20, 0.5, () => 100 + looks++, 3))
    expect([changing(), changing()]).toEqual([plain(100), plain(101)])
    expect(looks).toBe(2)
    expect(plain(100)).not.toEqual(plain(101))
  })

  it('keeps about 1 − rate of the values', () => {
    const n = 100_000
    const ones = new Float64Array(n).fill(1)
    for (const rate of [0.1, 0.5, 0.9]) {
      const kept = output(n, (out) => cpuKernels.dropout(ones, out, n, rate, 5, 0)).filter((value) => value > 0).length
      expect(Math.abs(kept / n - (1 - rate))).toBeLessThan(FAR * Math.sqrt((rate * (1 - rate)) / n))
    }
  })

  it('copies at rate 0, drops all at rate 1, and passes NaN on where it keeps', () => {
    const x = Float64Array.of(1, NaN, -Infinity)
    expect(output(3, (out) => cpuKernels.dropout(x, out, 3, 0, 1, 2))).toEqual([1, NaN, -Infinity])
    expect(output(3, (out) => cpuKernels.dropout(x, out, 3, 1, 1, 2))).toEqual([0, 0, 0])
  })
})

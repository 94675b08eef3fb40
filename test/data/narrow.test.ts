/** Numbers that float32 cannot tell apart: which columns are refused for it, and which are not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Column, Dataset, DenseFeature } from '../../src/data/index.ts'
import { stream } from '../../src/tensor/index.ts'

const START = 1_700_000_000_000
const DAY = 86_400_000
const random = stream(3)
const drawn = (rows: number, value: (uniform: number, row: number) => number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => value(random.uniform(row), row))
/** A file's rows from two weeks, in the order of time or not. */
const stamps = drawn(20_000, (u) => START + Math.floor(14 * DAY * u))
const evenly = drawn(20_000, (_, row) => START + 61_440 * row)

const one = (x: Column, options: Partial<Pick<DenseFeature, 'transform' | 'dimension'>> = {}): Dataset =>
  dataset({ features: [denseFeature('x', options)], columns: { x } })

describe('numbers of which float32 makes far fewer', () => {
  it('are refused, with how many there are before and after, and what to do', () => {
    expect(() => one(evenly)).toThrow(
      new RangeError(
        "dataset: expected numbers in column 'x' that float32 tells apart but got 20000 different ones of which it makes " +
          '9375: because its steps are 131072 at 1701228738560; pass (x - 1700000000000) / 1228738560 instead, by a ' +
          'transform where it is a feature, or parts such as day and hour, or a Float32Array if this is meant',
      ),
    )
    expect(new Set(new Float32Array(evenly)).size).toBe(9375)
  })

  it.each<[string, Column]>([
    ['stamps in any order', stamps],
    ['as a plain list', [...stamps]],
    ['sorted', stamps.slice().sort()],
    ['a part of them', stamps.subarray(0, 8000)],
    ['two', [START, START + 1000]],
    ['a millisecond apart', drawn(500, (_, row) => START + row)],
    ['microseconds', drawn(20_000, (u) => 1000 * (START + Math.floor(14 * DAY * u)))],
    ['many', drawn(300_000, (u) => START + Math.floor(14 * DAY * u))],
    ['with zeros where there is none', drawn(5000, (u, row) => (row % 4 === 0 ? 0 : START + Math.floor(DAY * u)))],
    ['before 1970', drawn(5000, (u) => -START - Math.floor(DAY * u))],
    ['identities', drawn(2000, (_, row) => 5_000_000_000 + row)],
    ['seconds with fractions', drawn(20_000, (u) => START / 1000 + 14 * 86_400 * u)],
    ['with a spread of the last digits', drawn(2000, (u) => 1 + 1e-6 * u)],
    ['below what float32 has', drawn(2000, (u) => 1e-50 * u)],
  ])('are refused: %s', (_, column) => {
    expect(() => one(column)).toThrow(/^dataset: expected numbers in column 'x' that float32 tells apart but got/)
  })

  it('are refused in one place of many, once transformed, as weights and as labels', () => {
    const pairs = Array.from(stamps, (at, row) => [row, at])
    expect(() => one(pairs, { dimension: 2 })).toThrow("numbers in column 'x' that float32 tells apart")
    expect(() => one(stamps, { transform: Math.log })).toThrow(
      "expected numbers in column 'x', once transformed, that float32 tells apart",
    )
    const seen = varLenFeature('seen', { vocabularySize: 3, maxLength: 2, weights: 'at' })
    const lists = Array.from(stamps, () => [1])
    expect(() => dataset({ features: [seen], columns: { seen: lists, at: Array.from(stamps, (at) => [at]) } })).toThrow(
      "expected weights in column 'at' that float32 tells apart",
    )
    const labelled = { features: [denseFeature('x')], columns: { x: Array.from(stamps, (_, row) => row) } }
    const missing = Array.from(stamps, (at, row) => (row % 3 === 0 ? NaN : at))
    expect(() => dataset({ ...labelled, labels: { at: missing } })).toThrow(
      "expected labels of 'at' that float32 tells apart",
    )
    expect(() => dataset({ ...labelled, labels: { at: BigInt64Array.from(stamps, BigInt) } })).toThrow('tells apart')
  })
})

describe('numbers that are taken', () => {
  it('as the error says: made smaller, in parts, or in float32 already', () => {
    const share = (x: number): number => (x - START) / (14 * DAY)
    expect(new Set(one(stamps, { transform: share }).numbers.x).size).toBeGreaterThan(19_900)
    expect(one(stamps, { transform: (x) => Math.floor(x / DAY) }).rows).toBe(20_000)
    expect(one(new Float32Array(stamps)).numbers.x).toEqual(new Float32Array(stamps))
    expect(one(stamps, { transform: Math.fround }).numbers.x).toEqual(new Float32Array(stamps))
  })

  it.each<[string, Column]>([
    ['uniform', drawn(100_000, (u) => u)],
    ['normal', Float64Array.from({ length: 40_000 }, (_, row) => random.normal(row))],
    ['far from 0 in their own spread', drawn(30_000, (u) => 1000 + u)],
    ['longitudes of a town', drawn(30_000, (u) => -122.5 + 0.15 * u)],
    ['years of seconds', drawn(20_000, (u) => 1.6e9 + Math.floor(1e8 * u))],
    ['latitudes of a country', drawn(30_000, (u) => 47 + 7 * u)],
    ['prices', drawn(20_000, (u) => Math.floor(1e6 * u) / 100)],
    ['prices with rounding errors', drawn(20_000, (u, row) => (Math.floor(99 * u) / 10) * (1 + (row % 50) * 2 ** -52))],
    ['sums that ended in other orders', [0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3, 0.6 - 0.3]],
    ['a constant', new Float64Array(50).fill(Math.PI)],
    ['counts', drawn(1000, (_, row) => row)],
    ['few of which two are close', [1, 1 + 1e-9, 5, 9]],
    ['zeros and what is next to them', [0, 1e-300, -1e-300, 1]],
    ['one', [START]],
    ['none', []],
  ])('%s', (_, column) => {
    expect([...one(column).numbers.x]).toEqual(Array.from(column as ArrayLike<number>, Math.fround))
  })

  it('any that are float32 already, in rows of any width', () => {
    const rows = fc
      .integer({ min: 1, max: 3 })
      .chain((width) =>
        fc.tuple(
          fc.constant(width),
          fc.array(
            fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width }),
          ),
        ),
      )
    fc.assert(
      fc.property(rows, ([dimension, lists]) => {
        expect([...one(lists, { dimension }).numbers.x]).toEqual(lists.flat())
      }),
    )
  })
})

/** Crossed features: what a combination of columns is hashed to, in datasets and in rows that are served alike. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MISSING_ID,
  checkFeatures,
  crossedFeature,
  dataset,
  denseFeature,
  emptyBatch,
  featuresFromJSON,
  featuresToJSON,
  fitVocabulary,
  hashTuple,
  rowWriter,
  sameFeature,
  sparseFeature,
  varLenFeature,
} from '../../src/data/index.ts'
import type { Column, Feature, FeatureJSON, MaybeValue } from '../../src/data/index.ts'
import { SharedBottom } from '../../src/models/index.ts'
import { evaluate } from '../../src/training/index.ts'

const MANY = 2 ** 30
const crossed = crossedFeature(['user_id', 'tab'], { hashBuckets: MANY, dimension: 2 })

/** The ids of a crossed feature of these columns. */
const encode = (columns: Readonly<Record<string, Column>>, hashBuckets = MANY): number[] => {
  const feature = crossedFeature(Object.keys(columns), { hashBuckets })
  return [...dataset({ features: [feature], columns }).ids[feature.name]]
}
const tuples = (...rows: readonly (readonly MaybeValue[])[]): number[] =>
  encode(Object.fromEntries(rows[0].map((_, part) => [`part${part}`, rows.map((row) => row[part])])))

/** Short texts of few letters, among them those that separators are made of, numbers, and all that is missing. */
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '|', ',', '_', '\0', '\uffff'), maxLength: 4 }),
  fc.integer({ min: -2, max: 12 }),
  fc.constantFrom(null, undefined, NaN, ''),
)
const missing = (cell: MaybeValue): boolean => cell === null || cell === undefined || cell === '' || Number.isNaN(cell)

describe('a crossed feature', () => {
  it('is a sparse one, named after its columns unless told otherwise', () => {
    expect(crossedFeature(['user_id', 'tab'], { hashBuckets: 100 })).toEqual({
      kind: 'sparse',
      name: 'user_id_x_tab',
      vocabularySize: 101,
      hashBuckets: 100,
      dimension: 4,
      table: 'user_id_x_tab',
      crosses: ['user_id', 'tab'],
    })
    const options = { hashBuckets: 9, name: 'taste', table: 'tastes', dimension: 'auto' } as const
    expect(crossedFeature(['a', 'b', 'c'], options)).toMatchObject({ name: 'taste', table: 'tastes', dimension: 6 })
  })

  it('gives one id to one combination, in its buckets, and 0 to one of which a part is missing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1 }),
        fc.integer({ min: 1, max: 50 }),
        (rows, hashBuckets) => {
          const ids = encode({ a: rows.map(([a]) => a), b: rows.map(([, b]) => b) }, hashBuckets)
          ids.forEach((id, row) => {
            if (rows[row].some(missing)) expect(id).toBe(MISSING_ID)
            else expect(id >= 1 && id <= hashBuckets).toBe(true)
            expect(id).toBe(hashTuple(rows[row], hashBuckets))
          })
        },
      ),
    )
  })

  it('tells combinations apart that read the same when written one behind the other', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '|', '_', '\0', '\uffff'), minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, first, second) => {
        const [i, j] = [first, second].map((at) => 1 + (at % (whole.length - 1)))
        const [one, other] = tuples([whole.slice(0, i), whole.slice(i)], [whole.slice(0, j), whole.slice(j)])
        expect(one === other).toBe(i === j)
      }),
    )
    expect(new Set(tuples(['a|b', 'c'], ['a', 'b|c'], ['c', 'a|b'], ['ab', '|c'])).size).toBe(4)
    expect(new Set([...tuples(['a', 'bc']), ...tuples(['a', 'b', 'c']), ...tuples(['ab', 'c'])]).size).toBe(3)
  })

  it('spreads combinations evenly', () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => [row % 200, Math.floor(row / 200)] as const)
    const counts = new Float64Array(100)
    for (const row of rows) counts[hashTuple(row, 100) - 1]++
    // 200 each are expected, give or take 14.
    expect(Math.min(...counts)).toBeGreaterThan(130)
    expect(Math.max(...counts)).toBeLessThan(270)
    expect(new Set(rows.map((row) => hashTuple(row, MANY))).size).toBeGreaterThan(19_990)
  })

  it('is encoded alike in a dataset and in a row that is served', () => {
    const features: readonly Feature[] = [
      sparseFeature('tab', { vocabulary: fitVocabulary(['home', 'work']) }),
      crossed,
      crossedFeature(['tab', 'hour', 'user_id'], { hashBuckets: 40, name: 'taste' }),
      denseFeature('hour'),
    ]
    const text = fc.oneof(fc.string(), fc.constantFrom(null, undefined, 'home'))
    fc.assert(
      fc.property(fc.array(fc.record({ user_id: value, tab: text, hour: fc.nat(1000) }), { minLength: 1 }), (rows) => {
        const columns = {
          user_id: rows.map((row) => row.user_id),
          tab: rows.map((row) => row.tab),
          hour: rows.map((row) => row.hour),
        }
        const { ids } = dataset({ features, columns })
        const batch = emptyBatch({ features, labels: {} }, rows.length)
        const write = rowWriter(features, batch)
        rows.forEach((row, at) => {
          write(row, at)
        })
        for (const name of ['tab', 'user_id_x_tab', 'taste'])
          expect([...batch.ids[name].values]).toEqual([...ids[name]])
      }),
    )
  })

  it('reads columns that other features read, or nobody else', () => {
    const columns = { user_id: [3, 1], tab: ['a', 'b'] }
    const alone = dataset({ features: [crossed], columns })
    expect(Object.keys(alone.ids)).toEqual(['user_id_x_tab'])
    const user = sparseFeature('user_id', { vocabularySize: 5 })
    const both = dataset({ features: [user, crossed], columns })
    expect(both.ids).toEqual({ user_id: Int32Array.of(3, 1), ...alone.ids })
    expect(both.select([1]).ids.user_id_x_tab[0]).toBe(alone.ids.user_id_x_tab[1])
  })

  it('wants its columns, all of one length, and no column of its own', () => {
    const refusal = (columns: Readonly<Record<string, Column>>) => () => dataset({ features: [crossed], columns })
    expect(refusal({ user_id: [1] })).toThrow(
      "dataset: expected a column 'tab' but got none: because feature 'user_id_x_tab' reads it",
    )
    expect(refusal({ user_id: [1], tab: [1], user_id_x_tab: [1] })).toThrow(
      "expected columns of features but got 'user_id_x_tab': because no feature reads it",
    )
    expect(refusal({ user_id: [1, 2], tab: [1] })).toThrow("expected 2 rows in column 'tab' but got 1")
    const tab = [0, 1]
    const user_id = [1, 2]
    expect(() =>
      dataset({ features: [crossed], columns: { user_id, tab }, labels: { tab: Float32Array.of(0, 1) } }),
    ).toThrow("expected labels apart from features but got 'tab' in both")
  })

  it('takes one string or finite number per row', () => {
    const expected = "column 'tab' to hold a string or a finite number per row but got"
    for (const [cell, shown] of [
      [[1, 2], 'a list of 2'],
      [Infinity, 'Infinity'],
      [true, 'true'],
    ] as const)
      expect(() =>
        dataset({ features: [crossed], columns: { user_id: [null, null], tab: ['x', cell as unknown as string] } }),
      ).toThrow(`dataset: expected ${expected} ${shown} at row 1: because 'user_id_x_tab' crosses it`)
    const batch = emptyBatch({ features: [crossed], labels: {} }, 1)
    expect(() => {
      rowWriter([crossed], batch, 'score')({ user_id: 1, tab: [2] }, 0)
    }).toThrow(`score: expected ${expected} a list of 1 at row 0`)
  })

  it('refuses fewer than two columns, one twice, its own, or names that no column can have', () => {
    const options = { hashBuckets: 9 }
    for (const columns of [[], ['a'], ['a', 'a']])
      expect(() => crossedFeature(columns, { ...options, name: 'x' })).toThrow(
        'crossedFeature: expected the first argument to be two or more different columns, each a non-empty string that ' +
          `no object already has, but got [${columns.map((name) => `'${name}'`).join(', ')}]`,
      )
    expect(() => crossedFeature(['a', 'b'], { ...options, name: 'a' })).toThrow(
      "feature 'a': expected a name of its own but got 'a'",
    )
    expect(() => crossedFeature(['a', 'constructor'], options)).toThrow("but got ['a', 'constructor']")
    expect(() => crossedFeature(['a', ''], options)).toThrow("but got ['a', '']")
    expect(() => crossedFeature('ab' as unknown as string[], options)).toThrow("but got 'ab'")
    expect(() => crossedFeature(['a', 'b'], { hashBuckets: 0 })).toThrow('hashBuckets to be an integer')
  })

  it.each<[string, Feature]>([
    ['tab', varLenFeature('tab', { vocabularySize: 3, maxLength: 2 })],
    ['tab', varLenFeature('other', { vocabularySize: 3, maxLength: 2, weights: 'tab' })],
    ['tab', denseFeature('tab', { dimension: 2 })],
  ])("refuses to cross '%s' where a row has many values: %o", (name, other) => {
    for (const features of [
      [crossed, other],
      [other, crossed],
    ])
      expect(() => {
        checkFeatures(features)
      }).toThrow(`feature 'user_id_x_tab': expected columns of one value per row to cross but got '${name}'`)
  })

  it('refuses to cross what is crossed itself', () => {
    const again = crossedFeature(['user_id_x_tab', 'hour'], { hashBuckets: 9 })
    expect(() => {
      checkFeatures([again, crossed])
    }).toThrow("feature 'user_id_x_tab_x_hour': expected columns to cross but got 'user_id_x_tab'")
  })

  it('comes back from JSON, and is checked as it does', () => {
    const features = [crossed, sparseFeature('tab', { hashBuckets: 3 })]
    const json = JSON.parse(JSON.stringify(featuresToJSON(features))) as FeatureJSON[]
    expect(featuresFromJSON(json)).toEqual(features)
    for (const [change, message] of [
      [{ crosses: ['tab'] }, 'two or more different columns'],
      [{ crosses: 'tab' }, 'two or more different columns'],
      [{ hashBuckets: undefined }, 'expected hashBuckets'],
    ] as const)
      expect(() => featuresFromJSON([{ ...json[0], ...change } as unknown as FeatureJSON])).toThrow(message)
  })

  it('of other columns, or in another order, is another feature to a model', () => {
    const ofFeature = (feature: Feature) =>
      new SharedBottom({ features: [feature], taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] })
    const data = (feature: Feature) =>
      dataset({ features: [feature], columns: { user_id: [1, 2], tab: [1, 1] }, labels: { a: [0, 1], b: [1, 0] } })
    const small = crossedFeature(['user_id', 'tab'], { hashBuckets: 7, name: 'both' })
    const turned = crossedFeature(['tab', 'user_id'], { hashBuckets: 7, name: 'both' })
    expect(() => evaluate(ofFeature(small), data(small))).not.toThrow()
    expect(() => evaluate(ofFeature(small), data(turned))).toThrow(
      "expected feature 'both' to be 4 sparse of 8 crossing user_id and tab but the data has 4 sparse of 8 crossing tab and user_id",
    )
  })
})

describe('two features', () => {
  const vocabulary = fitVocabulary(['a', 'b'])
  const user = { vocabularySize: 4, dimension: 2 }
  const log = (x: number): number => Math.log1p(x)

  it.each<[Feature, Feature]>([
    [sparseFeature('user', user), sparseFeature('user', user)],
    [sparseFeature('user', { vocabulary }), sparseFeature('user', { vocabulary: fitVocabulary(['b', 'a']) })],
    [crossed, crossedFeature(['user_id', 'tab'], { dimension: 2, hashBuckets: MANY })],
    [denseFeature('age', { transform: log }), denseFeature('age', { transform: log })],
  ])('are the same that were made alike: %o', (one, other) => {
    expect([sameFeature(one, other), sameFeature(other, one)]).toEqual([true, true])
  })

  it.each<[Feature, Feature]>([
    [sparseFeature('user', user), sparseFeature('user', { ...user, dimension: 3 })],
    [sparseFeature('user', user), sparseFeature('user', { ...user, table: 'people' })],
    [sparseFeature('user', user), varLenFeature('user', { ...user, maxLength: 1 })],
    [sparseFeature('user', { vocabulary }), sparseFeature('user', { vocabulary: fitVocabulary(['a', 'c']) })],
    [sparseFeature('user', { vocabulary }), sparseFeature('user', { vocabularySize: 4 })],
    [crossed, crossedFeature(['tab', 'user_id'], { dimension: 2, hashBuckets: MANY, name: 'user_id_x_tab' })],
    [denseFeature('age', { transform: log }), denseFeature('age')],
  ])('differ where one thing of them does: %o', (one, other) => {
    expect([sameFeature(one, other), sameFeature(other, one)]).toEqual([false, false])
  })
})

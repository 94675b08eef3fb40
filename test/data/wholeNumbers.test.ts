/** Whole numbers beyond 2^53: refused where they are ids, and taken as strings or big integers. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  crossedFeature,
  dataset,
  emptyBatch,
  fitVocabulary,
  hashBucket,
  hashTuple,
  rowWriter,
  sparseFeature,
  varLenFeature,
  vocabularyFromJSON,
} from '../../src/data/index.ts'
import type { Column, Feature, Row, Value } from '../../src/data/index.ts'
import { PLE } from '../../src/models/index.ts'
import { compilePredictor } from '../../src/training/index.ts'

const ROWS = 1000
/** Identities as databases draw them: 64 bits, one from the next but little apart. */
const users = BigInt64Array.from({ length: ROWS }, (_, row) => 9_007_199_254_741_000n + BigInt(row % 40))
const texts = Array.from(users, String)
const asNumbers = Float64Array.from(users, Number)
const BEYOND = 'whole numbers beyond 2^53 are read as their neighbours, so pass strings or BigInt'

const known = fitVocabulary(users)
const listed = { vocabulary: known, maxLength: 2 }
const features: readonly Feature[] = [
  sparseFeature('looked_up', { vocabulary: known }),
  sparseFeature('hashed', { hashBuckets: 1000 }),
  crossedFeature(['hashed', 'tab'], { hashBuckets: 1000 }),
  varLenFeature('list', listed),
  varLenFeature('hashed_list', { hashBuckets: 1000, maxLength: 2 }),
  sparseFeature('id', { vocabularySize: 40 }),
]
const rowOf = (user: Value, id: Value): Row => ({
  looked_up: user,
  hashed: user,
  tab: 'home',
  list: [user, user, user],
  hashed_list: [user],
  id,
})
const predictor = compilePredictor(
  new PLE({ features, taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'], expertDnnHiddenUnits: [4] }),
)

/** What one row becomes in a dataset. */
const encoded = (row: Row): unknown =>
  dataset({ features, columns: Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, [cell as never]])) })
    .ids
/** What it becomes in a batch that is served. */
const written = (row: Row): unknown => {
  const { ids } = emptyBatch({ features, labels: {} }, 1)
  rowWriter(features, { ...emptyBatch({ features, labels: {} }, 1), ids })(row, 0)
  return Object.fromEntries(Object.entries(ids).map(([name, { values }]) => [name, values]))
}

describe('whole numbers beyond 2^53', () => {
  it('fall together as numbers, so a vocabulary is not fitted to them', () => {
    expect([new Set(texts).size, new Set(asNumbers).size]).toEqual([40, 21])
    for (const column of [asNumbers, [...asNumbers], [[1, 2], [...asNumbers.subarray(0, 2)]], [2 ** 53], [-(2 ** 60)]])
      expect(() => fitVocabulary(column)).toThrow(BEYOND)
    expect(() => fitVocabulary([1, 2 ** 53])).toThrow(
      `fitVocabulary: expected a string, a BigInt or a finite number but got 9007199254740992 at row 1: because ${BEYOND}`,
    )
    expect(fitVocabulary([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0.5]).size).toBe(5)
  })

  it('are refused by vocabularies, of numbers or from JSON, and by hashes', () => {
    for (const call of [
      () => fitVocabulary([7]).encode(2 ** 53),
      () => vocabularyFromJSON({ values: [2 ** 53] }),
      () => hashBucket(2 ** 53, 10),
      () => hashTuple(['a', 2 ** 53], 10),
    ])
      expect(call).toThrow(BEYOND)
    for (const buckets of [0, -1, 1.5, NaN, '9']) {
      expect(() => hashBucket('a', buckets as number)).toThrow('hashBucket: expected buckets to be an integer of at')
      expect(() => hashTuple(['a'], buckets as number)).toThrow('hashTuple: expected buckets to be an integer of at')
    }
    expect(() => hashBucket(true as never, 9)).toThrow('hashBucket: expected a string, a BigInt or a finite number but')
  })

  it.each(['looked_up', 'hashed', 'list', 'hashed_list', 'tab'])('are refused in column %s at both doors', (name) => {
    const row = rowOf(users[3], 3)
    const bad = name.endsWith('list') ? [2 ** 53] : 2 ** 53
    const said = new RegExp(`expected column '${name}' to hold .+ but got 9007199254740992 at row 0: because`)
    const calls = [() => encoded({ ...row, [name]: bad }), () => predictor.score({ ...row, [name]: bad })]
    for (const call of calls) {
      expect(call).toThrow(said)
      expect(call).toThrow(BEYOND)
    }
  })
})

describe('big integers', () => {
  it('are the strings of their digits in a vocabulary', () => {
    expect(known.values).toEqual(fitVocabulary(texts).values)
    expect(known.size).toBe(42)
    expect(known.encode(users[7])).toBe(known.encode(texts[7]))
    expect([known.encode(5n), fitVocabulary([1n, '1', 2n]).values]).toEqual([1, ['1', '2']])
    expect(fitVocabulary([users.subarray(0, 2), [], BigUint64Array.of(3n)]).size).toBe(5)
    expect(vocabularyFromJSON(JSON.parse(JSON.stringify(known)) as never).values).toEqual(known.values)
    expect(() => fitVocabulary([1, 1n])).toThrow(
      'fitVocabulary: expected a number but got 1n at row 1: because the voc',
    )
    expect(() => fitVocabulary([1]).encode(1n)).toThrow('Vocabulary.encode: expected a number but got 1n')
  })

  it('share buckets with the strings of their digits', () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(hashBucket(value, 2 ** 30)).toBe(hashBucket(String(value), 2 ** 30))
        expect(hashTuple([value, 'a'], 2 ** 30)).toBe(hashTuple([String(value), 'a'], 2 ** 30))
      }),
    )
  })

  it('are encoded as the strings of their digits, in datasets and in rows that are served', () => {
    for (const row of [0, 1, 39, 999]) {
      const expected = encoded(rowOf(texts[row], row % 40))
      const big = rowOf(users[row], BigInt(row % 40))
      expect(encoded(big)).toEqual(expected)
      expect(written(big)).toEqual(expected)
      const { a } = predictor.score(big)
      expect(predictor.score(rowOf(texts[row], row % 40)).a).toBe(a)
    }
  })

  it('are columns of typed arrays, signed or not, of ids, values and labels', () => {
    const id = BigUint64Array.from({ length: ROWS }, (_, row) => BigInt(row % 40))
    const one = sparseFeature('user', { vocabulary: known })
    const data = (user: Column, y: ArrayLike<number | bigint>) =>
      dataset({
        features: [
          one,
          sparseFeature('id', { vocabularySize: 40 }),
          varLenFeature('ids', { vocabularySize: 40, maxLength: 2 }),
        ],
        columns: { user, id, ids: BigInt64Array.from({ length: 2 * ROWS }, (_, place) => BigInt(place % 40)) },
        labels: { y },
        tasks: { y: 'binary' },
      })
    const big = data(
      users,
      BigInt64Array.from(id, (value) => value % 2n),
    )
    const plain = data(
      texts,
      Array.from(id, (value) => Number(value) % 2),
    )
    expect([big.ids, big.labels]).toEqual([plain.ids, plain.labels])
    expect(new Set(big.ids.user).size).toBe(40)
    expect(big.ids.ids[41]).toBe(1)
    expect(() => data(users, new Array<bigint>(ROWS).fill(2n))).toThrow(
      "labels of 'y' to be 0, 1 or NaN but got 2n at row 0",
    )
  })

  it('that have no row in the table are refused', () => {
    for (const id of [40n, -1n, 2n ** 64n])
      expect(() => encoded(rowOf(users[0], id))).toThrow(`to hold integer ids from 0 to 39 but got ${id}n at row 0`)
  })
})

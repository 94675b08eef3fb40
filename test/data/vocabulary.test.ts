/** Vocabularies, hash buckets and quantile bins: the ways of values to ids. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binOf,
  fitVocabulary,
  growVocabulary,
  hashBucket,
  quantileBins,
  vocabularyFromJSON,
} from '../../src/data/index.ts'
import type { VocabularyJSON } from '../../src/data/index.ts'

describe('a vocabulary', () => {
  it('gives 0 to what is missing, 1 to what it does not know, and the rest to what it does', () => {
    const { encode, size, values } = fitVocabulary(['b', 'a', 'b', null, '', undefined])
    expect(values).toEqual(['b', 'a'])
    expect(size).toBe(4)
    expect(['b', 'a', 'c', '', null, undefined, NaN].map(encode)).toEqual([2, 3, 1, 0, 0, 0, 0])
  })

  it('orders by descending count, then ascending value, numbers as numbers', () => {
    expect(fitVocabulary([10, 9, 9, 10, 2, 100]).values).toEqual([9, 10, 2, 100])
    expect(fitVocabulary(['b', 'a', 'B']).values).toEqual(['B', 'a', 'b'])
  })

  it('counts the members of lists', () => {
    expect(fitVocabulary([['a', 'b'], [], ['b', null], 'b']).values).toEqual(['b', 'a'])
  })

  it('leaves out what is rarer than minCount', () => {
    expect(fitVocabulary([1, 1, 2, 3, 3, 3], { minCount: 2 }).values).toEqual([3, 1])
  })

  it('keeps the most frequent values that fit into maxSize table rows', () => {
    expect(fitVocabulary([1, 1, 2, 3, 3, 3], { maxSize: 4 })).toMatchObject({ size: 4, values: [3, 1] })
    expect(fitVocabulary([1, 2], { maxSize: 2 }).encode(1)).toBe(1)
  })

  it('may be empty, and then knows nothing of any kind', () => {
    const { encode, size } = fitVocabulary([])
    expect([size, encode('a'), encode(7), encode(null)]).toEqual([2, 1, 1, 0])
  })

  it.each([0, -1, 1.5, NaN])('refuses a minCount and a maxSize of %d', (count) => {
    expect(() => fitVocabulary([], { minCount: count })).toThrow(
      `expected minCount to be an integer of at least 1 but got ${count}`,
    )
    expect(() => fitVocabulary([], { maxSize: count })).toThrow(
      `expected maxSize to be an integer of at least 2 or Infinity but got ${count}`,
    )
  })

  it('refuses to mix numbers and strings, since 7 and "7" would never meet', () => {
    expect(() => fitVocabulary([7, '7'])).toThrow(
      "fitVocabulary: expected a number but got '7' at row 1: because the vocabulary holds numbers",
    )
    expect(() => fitVocabulary(['7']).encode(7)).toThrow('Vocabulary.encode: expected a string but got 7')
  })

  it.each([Infinity, -Infinity, true, {}])('refuses %s as a value', (value) => {
    expect(() => fitVocabulary([value as number])).toThrow('expected a string, a BigInt or a finite number')
    expect(() => fitVocabulary(['a']).encode(value as number)).toThrow('expected a string, a BigInt or a finite number')
  })

  const column = fc.oneof(
    fc.array(fc.integer({ min: -5, max: 5 })),
    fc.array(fc.constantFrom('a', 'b', 'c', '', 'toString')),
  )

  it('does not depend on the order of rows', () => {
    const shuffled = column.chain((values) =>
      fc.tuple(fc.constant(values), fc.shuffledSubarray<string | number>(values, { minLength: values.length })),
    )
    fc.assert(
      fc.property(shuffled, ([values, other]) => {
        expect(fitVocabulary(other).values).toEqual(fitVocabulary(values).values)
      }),
    )
  })

  it('finds every value it has, also after a round through JSON', () => {
    fc.assert(
      fc.property(column, (values) => {
        const fitted = fitVocabulary(values)
        const restored = vocabularyFromJSON(JSON.parse(JSON.stringify(fitted)) as VocabularyJSON)
        expect(fitted.values.map(fitted.encode)).toEqual(fitted.values.map((_, index) => index + 2))
        expect(restored.size).toBe(fitted.size)
        expect(values.map(restored.encode)).toEqual(values.map(fitted.encode))
      }),
    )
  })

  it.each([
    [{ values: ['a', 'a'] }, "expected distinct values but got 'a' twice"],
    [{ values: ['a', 1] }, 'expected a string but got 1'],
    [{ values: [null] }, 'expected known values but got null'],
    [{ values: [], sizes: 1 }, "expected options among values but got 'sizes'"],
    [{ values: '' }, "expected a list of values but got ''"],
  ])('refuses %j from JSON', (json, said) => {
    expect(() => vocabularyFromJSON(json as VocabularyJSON)).toThrow(`vocabularyFromJSON: ${said}`)
  })
})

describe('a vocabulary that grows', () => {
  const words = fitVocabulary(['b', 'a', 'b'])

  it('has new values behind those that it knew, by descending count, then ascending value', () => {
    const grown = growVocabulary(words, ['d', 'a', 'e', ['e', null, 'c'], '', 'b'])
    expect(grown.values).toEqual(['b', 'a', 'e', 'c', 'd'])
    expect(['b', 'a', 'e', 'nobody', null].map(grown.encode)).toEqual([2, 3, 4, 1, 0])
    expect(words.values).toEqual(['b', 'a'])
  })

  it('keeps every id that there was, whatever comes', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'))
    fc.assert(
      fc.property(letters, letters, letters, (first, second, third) => {
        const vocabulary = fitVocabulary(first)
        const grown = growVocabulary(growVocabulary(vocabulary, second), third)
        expect(grown.values.slice(0, vocabulary.values.length)).toEqual(vocabulary.values)
        expect([...grown.values].sort()).toEqual([...new Set([...first, ...second, ...third])].sort())
      }),
    )
  })

  it('is as it was where nothing is new', () => {
    expect(growVocabulary(words, ['a', null]).values).toEqual(words.values)
    expect(growVocabulary(words, []).values).toEqual(words.values)
  })

  it('begins with what it is grown by where it was empty', () => {
    expect(growVocabulary(fitVocabulary([]), [7, 5, 7]).values).toEqual([7, 5])
  })

  it('leaves out what is rare in the further column, and what has no room', () => {
    const column = ['c', 'c', 'd', 'e', 'e', 'e', 'a']
    expect(growVocabulary(words, column, { minCount: 2 }).values).toEqual(['b', 'a', 'e', 'c'])
    expect(growVocabulary(words, column, { maxSize: 5 }).values).toEqual(['b', 'a', 'e'])
    expect(growVocabulary(words, column, { maxSize: 4 }).values).toEqual(['b', 'a'])
  })

  it('refuses what fitVocabulary refuses, values of another kind, and to lose what it knows', () => {
    expect(() => growVocabulary(words, 7 as never)).toThrow(
      'growVocabulary: expected the second argument to be an array or a typed one but got 7',
    )
    expect(() => growVocabulary([] as never, [])).toThrow(
      'growVocabulary: expected the first argument to be a vocabulary',
    )
    expect(() => growVocabulary(words, ['c', 7])).toThrow('growVocabulary: expected a string but got 7 at row 1')
    expect(() => growVocabulary(words, [], { minCount: 0 })).toThrow('expected minCount to be an integer of at least 1')
    expect(() => growVocabulary(words, [], { maxSize: 3 })).toThrow(
      'growVocabulary: expected maxSize of at least 4 but got 3: because values that are known keep their ids',
    )
  })
})

describe('a hash bucket', () => {
  const value = fc.oneof(fc.string({ minLength: 1 }), fc.integer())

  it('is one of 1 … buckets, and the same every time', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 2 ** 31 - 2 }), (some, buckets) => {
        const bucket = hashBucket(some, buckets)
        expect(bucket).toBe(hashBucket(some, buckets))
        expect(Number.isInteger(bucket) && bucket >= 1 && bucket <= buckets).toBe(true)
      }),
    )
  })

  it('is 0 where the value is missing, and the same for 7 and "7"', () => {
    expect([null, undefined, '', NaN].map((missing) => hashBucket(missing, 10))).toEqual([0, 0, 0, 0])
    expect(hashBucket(7, 1000)).toBe(hashBucket('7', 1000))
  })

  it('never changes, since saved models rely on it', () => {
    expect(['a', 'b', 'user_1', 42].map((some) => hashBucket(some, 1_000_000))).toMatchInlineSnapshot(`
      [
        277580,
        188690,
        116869,
        839583,
      ]
    `)
  })

  it.each([2, 10, 64, 1000])('is as good as drawn where values count up, over %i of them', (buckets) => {
    const counts = new Float64Array(buckets)
    const rows = 100 * buckets
    for (let row = 0; row < rows; row++) counts[hashBucket(`item-${row}`, buckets) - 1]++
    // Of buckets − 1 degrees of freedom: mean that, standard deviation √(2 · that).
    const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)
    expect(Math.abs(chiSquare - (buckets - 1))).toBeLessThan(5 * Math.sqrt(2 * (buckets - 1)))
  })

  it('changes with any letter', () => {
    const texts = Array.from({ length: 1000 }, (_, index) => String(index))
    const moved = texts.filter((text) => hashBucket(text, 2) !== hashBucket(`${text}x`, 2)).length
    expect(moved).toBeGreaterThan(400)
    expect(moved).toBeLessThan(600)
  })
})

describe('quantile bins', () => {
  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true })

  it('have the edges of pandas.qcut', () => {
    expect(quantileBins([1, 2, 3, 4, 5], 4)).toEqual([2, 3, 4])
    expect(quantileBins([10, 0], 4)).toEqual([2.5, 5, 7.5])
    expect(quantileBins([7], 5)).toEqual([])
  })

  it('merge where values repeat', () => {
    expect(quantileBins([0, 0, 0, 0, 0, 0, 1, 2], 4)).toEqual([0, 0.25])
    expect(quantileBins([3, 3, 3], 4)).toEqual([])
  })

  it('hold equally many distinct values', () => {
    const values = Float64Array.from({ length: 1000 }, (_, index) => (index * 617) % 1000)
    const counts = new Float64Array(20)
    const edges = quantileBins(values, 20)
    for (const value of values) counts[binOf(edges, value)]++
    expect([...counts]).toEqual(new Array(20).fill(50))
  })

  it('put a value behind all edges below it', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1 }),
        fc.integer({ min: 1, max: 12 }),
        finite,
        (values, bins, value) => {
          const edges = quantileBins(values, bins)
          expect(edges.length).toBeLessThan(bins)
          expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b))
          for (const some of [value, ...edges, -Infinity, Infinity])
            expect(binOf(edges, some)).toBe(edges.filter((edge) => edge < some).length)
          // No bin is empty of the values that made it.
          expect(new Set(values.map((some) => binOf(edges, some))).size).toBeLessThanOrEqual(edges.length + 1)
        },
      ),
    )
  })

  it('refuse no values, values that are not finite, and no bins', () => {
    expect(() => quantileBins([], 3)).toThrow('expected at least one value')
    expect(() => quantileBins([1, Infinity], 3)).toThrow('expected finite values but got Infinity at position 1')
    expect(() => quantileBins([null, NaN], 3)).toThrow('expected at least one value')
    expect(() => quantileBins([1], 0)).toThrow('expected bins to be an integer from 1 to 1048576 but got 0')
    expect(() => binOf([1], NaN)).toThrow('expected a number but got NaN')
  })
})

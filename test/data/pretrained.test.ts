/** What a table of embeddings starts with: numbers that are given, checked for shape and size before there is a feature. */
import { describe, expect, it } from 'vitest'
import {
  checkFeatures,
  crossedFeature,
  featuresFromJSON,
  featuresToJSON,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
} from '../../src/data/index.ts'
import type { FeatureJSON, PretrainedRows, TableOptions } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import { FeatureEmbedding } from '../../src/models/index.ts'
import { readSafetensors, writeSafetensors } from '../../src/safetensors/index.ts'
import { stream, normal } from '../../src/tensor/index.ts'

const words = fitVocabulary(['cat', 'dog'])
const ALL = [1, 2, 3, 4, 5, 6, 7, 8]
const drawn = [...normal([4, 2], stream(3).stream('word'), { deviation: 0.5 }).values]

/** The table of a feature (4 2) with a vocabulary, as a layer has it. */
const tableOf = (pretrained: PretrainedRows, more: TableOptions = {}): number[] => {
  const feature = sparseFeature('word', { vocabulary: words, dimension: 2, pretrained, ...more })
  return [...new FeatureEmbedding([feature], stream(3), { initStd: 0.5 }).tables.word.values]
}

const stored = readSafetensors(
  writeSafetensors({ words: { shape: [4, 2], values: Float32Array.from(ALL), dtype: 'BF16' } }),
).tensors.words

describe('a table starts with', () => {
  const ways: Readonly<Record<string, PretrainedRows>> = {
    'a list of numbers': ALL,
    'a typed array': Float32Array.from(ALL),
    'a list for each row': [[1, 2], [3, 4], Float64Array.of(5, 6), [7, 8]],
    'a tensor of a safetensors file': stored,
    'a shape and values': { shape: [4, 2], values: ALL },
  }
  it.each(Object.entries(ways))('%s', (_, pretrained) => {
    expect(tableOf(pretrained)).toEqual(ALL)
  })

  it('rows by value, and draws those that a map has not, as they are drawn without it', () => {
    expect(tableOf(new Map([['dog', [9, -9]]]))).toEqual([...drawn.slice(0, 6), 9, -9])
  })

  it('the mean of what a map has in rows that it has not, if that is asked for', () => {
    const pretrained = new Map([
      ['dog', [2, 4]],
      ['cat', [4, 0]],
    ])
    expect(tableOf(pretrained, { unlisted: 'mean' })).toEqual([3, 2, 3, 2, 4, 0, 2, 4])
  })

  it('what is known of a map of more values than the vocabulary has', () => {
    const more = new Map(['emu', 'cat', 'fox'].map((word, at) => [word, [at, at]]))
    expect(tableOf(more)).toEqual([...drawn.slice(0, 4), 1, 1, ...drawn.slice(6)])
  })

  it('rows by id, where ids are given', () => {
    const feature = sparseFeature('item', {
      vocabularySize: 3,
      dimension: 1,
      pretrained: new Map([[1, [5]]]),
      initStd: 0,
    })
    expect([...new FeatureEmbedding([feature], stream(3)).tables.item.values]).toEqual([0, 5, 0])
  })

  it('all rows of hashed values', () => {
    const feature = crossedFeature(['a', 'b'], { hashBuckets: 2, dimension: 1, pretrained: [1, 2, 3] })
    expect([...new FeatureEmbedding([feature], stream(3)).tables.a_x_b.values]).toEqual([1, 2, 3])
  })

  it('numbers of float64 as they are, where the backend has them', () => {
    const feature = sparseFeature('item', { vocabularySize: 2, dimension: 1, pretrained: [0.1, 0.2] })
    const { item } = new FeatureEmbedding([feature], stream(3), { backend: cpu64 }).tables
    expect([...item.values]).toEqual([0.1, 0.2])
  })

  it('a deviation of its own, and zeros for 0', () => {
    const features = [
      sparseFeature('word', { vocabularySize: 4, dimension: 2, initStd: 0.5 }),
      sparseFeature('none', { vocabularySize: 4, dimension: 2, initStd: 0 }),
    ]
    const { word, none } = new FeatureEmbedding(features, stream(3), { initStd: 7 }).tables
    expect([...word.values]).toEqual(drawn)
    expect(none.values.every((value) => value === 0)).toBe(true)
  })

  it('what one of the features that share it has, whichever that is', () => {
    const given = varLenFeature('b', { vocabularySize: 2, dimension: 1, table: 't', maxLength: 2, pretrained: [1, 2] })
    const other = sparseFeature('a', { vocabularySize: 2, dimension: 1, table: 't' })
    for (const features of [
      [given, other],
      [other, given],
    ])
      expect([...new FeatureEmbedding(features, stream(3)).tables.t.values]).toEqual([1, 2])
  })

  it('numbers of its own: what was given does not move with it', () => {
    const given = Float32Array.from(ALL)
    const feature = sparseFeature('word', { vocabulary: words, dimension: 2, pretrained: given })
    const [a, b] = [1, 2].map((seed) => new FeatureEmbedding([feature], stream(seed)).tables.word)
    a.assign(new Float32Array(8))
    expect([[...given], [...b.values]]).toEqual([ALL, ALL])
  })
})

describe('a feature refuses', () => {
  const wrong: Readonly<Record<string, readonly [unknown, string]>> = {
    'too few numbers': [[1, 2, 3], 'expected pretrained of shape (4×2) to be 8 numbers but got a list of 3'],
    'too few rows': [[[1, 2]], 'expected pretrained of shape (4×2) but got (1×2)'],
    'a row of another width': [
      [
        [1, 2],
        [1, 2],
        [1, 2, 3],
        [1, 2],
      ],
      'expected pretrained of row 2 to be 2 numbers but got a list of 3',
    ],
    'another shape of as many numbers': [
      { shape: [2, 4], values: ALL },
      'expected pretrained of shape (4×2) but got (2×4)',
    ],
    'integers of 64 bits': [
      { shape: [4, 2], values: new BigInt64Array(8) },
      'to be numbers within ±2^64 but got 0n at 0',
    ],
    NaN: [[1, 2, 3, NaN, 5, 6, 7, 8], 'to be numbers within ±2^64 but got NaN at 3'],
    'what no model may be saved with': [[1, 2, 3, -1e30, 5, 6, 7, 8], 'to be numbers within ±2^64 but got -1e+30 at 3'],
    strings: [['1', 2, 3, 4, 5, 6, 7, 8], "to be numbers within ±2^64 but got '1' at 0"],
    'what is empty': [null, 'a Map of rows by value but got null'],
    'a flag': [
      true,
      'expected pretrained to be numbers, lists of them, a tensor or a Map of rows by value but got true',
    ],
    'an object by value': [{ cat: [1, 2] }, 'a Map of rows by value but got an object of cat'],
    'a row by value of another width': [
      new Map([['cat', [1]]]),
      "expected pretrained of 'cat' to be 2 numbers but got a list of 1",
    ],
    'a row of a value that is missing': [new Map([['', [1, 2]]]), "expected pretrained by value but got ''"],
    'values that it has none of': [
      new Map([['emu', [1, 2]]]),
      'of some of its values but got none of them: because it has 1 others',
    ],
    'values of another kind': [new Map([[7, [1, 2]]]), 'expected a string but got 7'],
  }
  it.each(Object.entries(wrong))('%s', (_, [pretrained, message]) => {
    const made = (): unknown => tableOf(pretrained as PretrainedRows)
    expect(made).toThrow(message)
  })

  it('rows by id that its table has not, and rows by value where values are hashed', () => {
    const rows = new Map([[3, [1]]])
    expect(() => sparseFeature('item', { vocabularySize: 3, dimension: 1, pretrained: rows })).toThrow(
      "feature 'item': expected pretrained by id, from 0 to 2, but got 3",
    )
    expect(() => sparseFeature('item', { hashBuckets: 3, dimension: 1, pretrained: rows })).toThrow(
      "feature 'item': expected pretrained of all 4 rows but got rows by value: because values that are hashed may share one",
    )
  })

  it('unlisted where there is no map, and what is no way to start', () => {
    expect(() => tableOf(ALL, { unlisted: 'mean' })).toThrow(
      "feature 'word': expected a Map in pretrained but got all rows",
    )
    expect(() => tableOf(new Map([['cat', [1, 2]]]), { unlisted: 'zeros' as 'mean' })).toThrow(
      "expected unlisted to be 'drawn' or 'mean' but got 'zeros'",
    )
  })

  it('a deviation below 0, and a trainable that is no flag', () => {
    expect(() => sparseFeature('a', { vocabularySize: 2, initStd: -1 })).toThrow(
      'expected initStd to be a number in [0, ∞)',
    )
    expect(() => sparseFeature('a', { vocabularySize: 2, trainable: 0 as unknown as boolean })).toThrow(
      'expected trainable to be true or false but got 0',
    )
  })

  it('to be given another width afterwards', () => {
    const feature = sparseFeature('word', { vocabulary: words, dimension: 2, pretrained: ALL })
    expect(() => {
      checkFeatures([{ ...feature, dimension: 1 }])
    }).toThrow("feature 'word': expected pretrained of (4×1) but got (4×2): because its table has that shape")
  })

  it.each([
    [{ trainable: false }, {}, 'expected trainable false but got undefined'],
    [{}, { initStd: 1 }, 'expected initStd undefined but got 1'],
    [{ pretrained: [1, 2] }, { pretrained: [1, 2] }, 'expected no pretrained but got some'],
  ] as const)('to share a table with %j as %j', (one, other, message) => {
    const [a, b] = [one, other].map((more, at) =>
      sparseFeature('ab'[at], { vocabularySize: 2, dimension: 1, table: 't', ...more }),
    )
    expect(() => {
      checkFeatures([a, b])
    }).toThrow(`feature 'b': ${message}: because it shares table 't' with feature 'a'`)
  })
})

describe('JSON of a feature', () => {
  const feature = sparseFeature('word', {
    vocabulary: words,
    dimension: 2,
    pretrained: ALL,
    trainable: false,
    initStd: 0,
  })
  const json = JSON.parse(JSON.stringify(featuresToJSON([feature]))) as FeatureJSON[]

  it('says what is said of its table, and repeats no number', () => {
    expect(json).toEqual([
      {
        kind: 'sparse',
        name: 'word',
        vocabularySize: 4,
        dimension: 2,
        table: 'word',
        trainable: false,
        initStd: 0,
        vocabulary: { values: ['cat', 'dog'] },
      },
    ])
    const [back] = featuresFromJSON(json)
    expect(back).toMatchObject({ trainable: false, initStd: 0, vocabularySize: 4 })
    expect(back).not.toHaveProperty('pretrained')
  })

  it.each([
    [{ trainable: 'no' }, 'expected trainable to be true or false'],
    [{ initStd: -1 }, 'expected initStd to be a number in [0, ∞)'],
    [{ pretrained: ALL }, 'expected pretrained to be numbers, as sparseFeature takes them,'],
    [
      { pretrained: { shape: [4, 2], has: 1, start: 1 } },
      'expected pretrained to be numbers, as sparseFeature takes them,',
    ],
    [{ unlisted: 'mean' }, "but got 'unlisted'"],
  ])('is refused with %j', (damage, message) => {
    expect(() => featuresFromJSON([{ ...json[0], ...damage } as FeatureJSON])).toThrow(message)
  })
})

/** Feature columns: what they resolve to, what they refuse, and that they come back from JSON. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkFeatures,
  denseFeature,
  featuresFromJSON,
  featuresToJSON,
  fitVocabulary,
  inputWidth,
  sparseFeature,
  varLenFeature,
} from '../../src/data/index.ts'
import type { Feature, FeatureJSON, Transforms } from '../../src/data/index.ts'

const colours = fitVocabulary(['red', 'green', 'red'])

describe('a feature', () => {
  it('has a table of its own, four wide, unless told otherwise', () => {
    expect(sparseFeature('user', { vocabularySize: 10 })).toEqual({
      kind: 'sparse',
      name: 'user',
      vocabularySize: 10,
      dimension: 4,
      table: 'user',
    })
  })

  it('that is var-len pools by the mean unless told otherwise', () => {
    expect(varLenFeature('seen', { hashBuckets: 9, maxLength: 3, table: 'video', weights: 'age' })).toEqual({
      kind: 'varLen',
      name: 'seen',
      vocabularySize: 10,
      hashBuckets: 9,
      dimension: 4,
      table: 'video',
      maxLength: 3,
      pooling: 'mean',
      weights: 'age',
    })
  })

  it('that is dense is one number wide unless told otherwise', () => {
    expect(denseFeature('age')).toEqual({ kind: 'dense', name: 'age', dimension: 1 })
    expect(denseFeature('age', { dimension: 3, transform: Math.log1p })).toMatchObject({
      transform: Math.log1p,
      dimension: 3,
    })
  })

  it('has as many table rows as its encoding has ids', () => {
    expect(sparseFeature('colour', { vocabulary: colours }).vocabularySize).toBe(4)
    expect(sparseFeature('colour', { hashBuckets: 100 }).vocabularySize).toBe(101)
    expect(sparseFeature('colour', { vocabularySize: 1 }).vocabularySize).toBe(1)
  })

  it.each([
    [1, 6],
    [15, 6],
    [16, 12],
    [80, 12],
    [81, 18],
    [624, 24],
    [625, 30],
    [100_000_000, 600],
  ])("with 'auto' and %i rows is 6·⌊V^¼⌋ = %i wide, as in DeepCTR", (vocabularySize, dimension) => {
    expect(sparseFeature('user', { vocabularySize, dimension: 'auto' }).dimension).toBe(dimension)
  })

  it.each([0, -1, 2.5, NaN, Infinity, 2 ** 31])('refuses a vocabularySize of %d', (vocabularySize) => {
    expect(() => sparseFeature('user', { vocabularySize })).toThrow(
      `feature 'user': expected vocabularySize to be an integer from 1 to 2147483647 but got ${vocabularySize}`,
    )
  })

  it.each([0, -4, 1.5, NaN])('refuses a dimension of %d', (dimension) => {
    const said = 'expected dimension to be an integer from 1 to 2147483647'
    expect(() => sparseFeature('user', { vocabularySize: 3, dimension })).toThrow(
      `${said} or 'auto' but got ${dimension}`,
    )
    expect(() => denseFeature('age', { dimension })).toThrow(`${said} but got ${dimension}`)
  })

  it.each([0, -1, 0.5, NaN])('refuses %d hash buckets, and that as maxLength', (count) => {
    expect(() => sparseFeature('user', { hashBuckets: count })).toThrow(`expected hashBuckets to be an integer`)
    expect(() => varLenFeature('seen', { vocabularySize: 5, maxLength: count })).toThrow(
      `feature 'seen': expected maxLength to be an integer from 1 to 1048576 but got ${count}`,
    )
  })

  it.each(['', 'constructor', '__proto__', 'toString'])("refuses the name '%s'", (name) => {
    const said = 'to be a non-empty string that no object already has'
    expect(() => denseFeature(name)).toThrow(said)
    expect(() => sparseFeature('user', { vocabularySize: 3, table: name })).toThrow(said)
    expect(() => varLenFeature('seen', { vocabularySize: 3, maxLength: 2, weights: name })).toThrow(said)
  })

  it('refuses none or two ways of encoding', () => {
    const said = 'expected one of vocabularySize, vocabulary, hashBuckets and edges but got'
    expect(() => sparseFeature('user', {} as { vocabularySize: number })).toThrow(`${said} 0`)
    const both = { vocabularySize: 3, hashBuckets: 2 } as unknown as { vocabularySize: number }
    expect(() => sparseFeature('user', both)).toThrow(`${said} 2`)
  })

  it('refuses a pooling or a transform that is none', () => {
    const pooling = 'last' as 'mean'
    expect(() => varLenFeature('seen', { vocabularySize: 5, maxLength: 2, pooling })).toThrow(
      "feature 'seen': expected pooling to be 'mean' or 'sum' or 'max' or 'attention' but got 'last'",
    )
    expect(() => denseFeature('age', { transform: 'log' as unknown as Math['log'] })).toThrow(
      'expected transform to be a function',
    )
  })
})

describe('features', () => {
  it('are as wide as their embeddings and numbers together', () => {
    expect(inputWidth([])).toBe(0)
    const features = [
      sparseFeature('user', { vocabularySize: 10 }),
      varLenFeature('seen', { vocabularySize: 10, maxLength: 7, dimension: 8 }),
      denseFeature('age', { dimension: 3 }),
    ]
    expect(inputWidth(features)).toBe(15)
  })

  it('may share a table that they mean alike', () => {
    const again = fitVocabulary(['green', 'red', 'red'])
    const features = [
      sparseFeature('colour', { vocabulary: colours }),
      varLenFeature('colours', { vocabulary: again, maxLength: 3, table: 'colour' }),
    ]
    expect(() => checkFeatures(features)).not.toThrow()
  })

  it.each<[string, Feature]>([
    ['vocabularySize 4 but got 5', sparseFeature('other', { vocabularySize: 5, table: 'colour' })],
    ['dimension 4 but got 8', sparseFeature('other', { vocabulary: colours, dimension: 8, table: 'colour' })],
    ['hashBuckets undefined but got 3', sparseFeature('other', { hashBuckets: 3, table: 'colour' })],
    ['one vocabulary but got another', sparseFeature('other', { vocabularySize: 4, table: 'colour' })],
    [
      'one vocabulary but got another',
      sparseFeature('other', { vocabulary: fitVocabulary(['a', 'b']), table: 'colour' }),
    ],
  ])('may not share a table with %s', (what, other) => {
    expect(() => checkFeatures([sparseFeature('colour', { vocabulary: colours }), other])).toThrow(
      `feature 'other': expected ${what}: because it shares table 'colour' with feature 'colour'`,
    )
  })

  it('may not have one name twice', () => {
    expect(() => checkFeatures([denseFeature('age'), sparseFeature('age', { vocabularySize: 3 })])).toThrow(
      "feature 'age': expected distinct names but got this one twice",
    )
  })

  it("may share a column of weights, of one length, that is no feature's", () => {
    const seen = varLenFeature('seen', { vocabularySize: 5, maxLength: 3, weights: 'age' })
    const liked = varLenFeature('liked', { vocabularySize: 5, maxLength: 3, weights: 'age' })
    expect(() => checkFeatures([seen, liked])).not.toThrow()
    expect(() => checkFeatures([seen, { ...liked, maxLength: 4 }])).toThrow(
      "feature 'liked': expected maxLength 3 but got 4: because 'seen' has the same column of weights",
    )
    expect(() => checkFeatures([seen, denseFeature('age')])).toThrow(
      "feature 'seen': expected a column of weights of its own but got 'age': because a feature has that name",
    )
  })

  it('are checked even where no constructor made them', () => {
    const colour = sparseFeature('colour', { vocabulary: colours })
    expect(() => checkFeatures([{ ...colour, vocabularySize: 9 }])).toThrow('expected a vocabularySize of 4 but got 9')
    expect(() => checkFeatures([{ ...colour, hashBuckets: 3 }])).toThrow(
      'one of vocabulary, hashBuckets and edges but got 2',
    )
  })

  it('take no more ids per row than there is memory for', () => {
    const list = (maxLength: number) => () => varLenFeature('list', { vocabularySize: 3, maxLength })
    expect(list(2 ** 20)).not.toThrow()
    expect(list(2 ** 20 + 1)).toThrow("feature 'list': expected maxLength to be an integer from 1 to 1048576")
  })
})

describe('features as JSON', () => {
  const option = fc.record(
    { dimension: fc.integer({ min: 1, max: 9 }), table: fc.constantFrom('a', 'b') },
    { requiredKeys: [] },
  )
  const encoding = fc.oneof(
    fc.record({ vocabularySize: fc.integer({ min: 1, max: 99 }) }),
    fc.record({ hashBuckets: fc.integer({ min: 1, max: 99 }) }),
    fc.array(fc.oneof(fc.string(), fc.constant(''))).map((values) => ({ vocabulary: fitVocabulary(values) })),
    fc.array(fc.double({ min: -(2 ** 52), max: 2 ** 52 })).map((values) => ({ vocabulary: fitVocabulary(values) })),
  )
  const feature = fc.oneof(
    fc.tuple(encoding, option).map(([way, options]) => sparseFeature('x', { ...way, ...options })),
    fc
      .tuple(
        encoding,
        option,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('mean' as const, 'sum' as const, 'max' as const),
      )
      .map(([way, options, maxLength, pooling]) => varLenFeature('x', { ...way, ...options, maxLength, pooling })),
    fc.integer({ min: 1, max: 9 }).map((dimension) => denseFeature('x', { dimension })),
  )
  const through = (features: readonly Feature[]): readonly FeatureJSON[] =>
    JSON.parse(JSON.stringify(featuresToJSON(features))) as readonly FeatureJSON[]

  it('come back as they were', () => {
    fc.assert(
      fc.property(feature, (saved) => {
        const [restored] = featuresFromJSON(through([saved]))
        expect(featuresToJSON([restored])).toEqual(featuresToJSON([saved]))
        if (saved.kind === 'dense' || restored.kind === 'dense' || !saved.vocabulary) return
        for (const value of saved.vocabulary.values)
          expect(restored.vocabulary?.encode(value)).toBe(saved.vocabulary.encode(value))
      }),
    )
  })

  it('say that there was a transform, and want it again', () => {
    const json = through([denseFeature('age', { transform: Math.sqrt }), denseFeature('size')])
    expect(json).toEqual([
      { kind: 'dense', name: 'age', dimension: 1, transformed: true },
      { kind: 'dense', name: 'size', dimension: 1 },
    ])
    expect(featuresFromJSON(json, { age: Math.sqrt })).toEqual([
      { kind: 'dense', name: 'age', dimension: 1, transform: Math.sqrt },
      { kind: 'dense', name: 'size', dimension: 1 },
    ])
    expect(() => featuresFromJSON(json)).toThrow(
      "expected a transform of 'age' but got none: because JSON holds no function",
    )
    expect(() => featuresFromJSON(json, { age: Math.sqrt, size: Math.sqrt })).toThrow("expected no transform of 'size'")
    expect(() => featuresFromJSON(json, { age: 'sqrt' } as unknown as Transforms)).toThrow("but got 'sqrt' of 'age'")
    const both = [{ ...json[0], transform: 'sqrt' }] as unknown as FeatureJSON[]
    expect(() => featuresFromJSON(both, { age: Math.sqrt })).toThrow(
      "expected transform to be a function but got 'sqrt'",
    )
    expect(() => featuresFromJSON([{ ...json[1], transformed: false as unknown as true }])).toThrow(
      "feature 'size': expected transformed to be true where it is given but got false",
    )
  })

  it('are checked as they come back', () => {
    const [json] = through([sparseFeature('user', { vocabularySize: 3 })])
    expect(() => featuresFromJSON([{ ...json, dimension: 0 }])).toThrow("feature 'user': expected dimension")
    expect(() => featuresFromJSON([json, json])).toThrow('distinct names')
  })
})

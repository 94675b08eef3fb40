/** What data's options may be: a misspelt name or a value out of range is refused as it is given, in words. */
import { describe, expect, it } from 'vitest'
import {
  batches,
  binOf,
  crossedFeature,
  dataset,
  denseFeature,
  emptyBatch,
  fitVocabulary,
  quantileBins,
  rowWriter,
  sparseFeature,
  syntheticFeed,
  syntheticTasks,
  varLenFeature,
  vocabularyFromJSON,
} from '../../src/data/index.ts'
import type { Feature } from '../../src/data/index.ts'

/** As plain JavaScript calls it, to which no type says anything. */
const loose = (f: unknown): ((...given: unknown[]) => unknown) => f as (...given: unknown[]) => unknown
const [dense, sparse, varLen, crossed] = [denseFeature, sparseFeature, varLenFeature, crossedFeature].map(loose)
const [data, fitted, restored] = [dataset, fitVocabulary, vocabularyFromJSON].map(loose)
const [batched, binned, bin, tasks, feed] = [batches, quantileBins, binOf, syntheticTasks, syntheticFeed].map(loose)

const bare = (members: object): unknown => Object.assign(Object.create(null) as object, members)

const small = dataset({ features: [denseFeature('x')], columns: { x: [1, 2, 3] } })

describe('options that nobody knows', () => {
  it.each<[string, () => unknown, string]>([
    ['denseFeature', () => dense('x', { dimensions: 2 }), "'dimensions', did you mean 'dimension'?"],
    [
      'denseFeature, its name',
      () => dense('x', { name: 'y' }),
      "feature 'x': expected options among dimension, transf",
    ],
    ['sparseFeature', () => sparse('u', { vocabularySize: 3, embeddingDim: 16 }), "but got 'embeddingDim'"],
    ['sparseFeature alone', () => sparse('u', { embeddingDim: 16 }), "feature 'u': expected options among vocabularyS"],
    ['sparseFeature, of DeepCTR', () => sparse('u', { vocabulary_size: 3 }), "did you mean 'vocabularySize'?"],
    ['varLenFeature', () => varLen('s', { vocabularySize: 3, maxlen: 2 }), "but got 'maxlen', did you mean 'maxLength"],
    ['crossedFeature', () => crossed(['a', 'b'], { buckets: 9 }), 'crossedFeature: expected options among hashBuckets'],
    [
      'dataset',
      () => data({ features: [], columns: {}, weights: [1] }),
      'dataset: expected options among features, col',
    ],
    ['fitVocabulary', () => fitted([], { mincount: 2 }), "but got 'mincount', did you mean 'minCount'?"],
    ['batches', () => batched(small, { batchsize: 2 }), "but got 'batchsize', did you mean 'batchSize'?"],
    ['syntheticTasks', () => tasks({ rows: 1, correlation: 0, sed: 1 }), "but got 'sed', did you mean 'seed'?"],
    ['syntheticFeed', () => feed({ rows: 1, user: 3 }), 'syntheticFeed: expected options among rows'],
  ])('are refused by %s', (_, call, said) => {
    expect(call).toThrow(RangeError)
    expect(call).toThrow(said)
  })

  it('are refused in features that no constructor made, as is a kind that there is not', () => {
    const user = sparseFeature('user', { vocabularySize: 3 })
    const one = (feature: object): unknown => data({ features: [feature], columns: { user: [1] } })
    expect(() => one({ ...user, pooling: 'mean' })).toThrow("feature 'user': expected options among kind")
    expect(() => one({ ...user, kind: 'varlen' })).toThrow(
      "feature 'user': expected kind to be 'dense' or 'sparse' or 'varLen' but got 'varlen'",
    )
    expect(() => one({ ...user, table: undefined })).toThrow("feature 'user': expected table to be a non-empty string")
  })

  it('are told of the nearest one only where it is near', () => {
    const features: readonly Feature[] = [denseFeature('minutes')]
    expect(() => dataset({ features, columns: { user: [1] } })).toThrow(
      /^dataset: expected a column 'minutes' but got none: because feature 'minutes' reads it$/,
    )
    expect(() => dataset({ features, columns: { minute: [1] } })).toThrow("did you mean 'minute'?")
  })
})

describe('options out of range', () => {
  it.each<[string, () => unknown, string]>([
    [
      'no options',
      () => sparse('u'),
      "feature 'u': expected an object of options, as in { vocabularySize: … }, but got",
    ],
    ['null', () => sparse('u', null), 'but got null'],
    ['a number', () => dense('x', 3), "feature 'x': expected an object of options, as in { dimension: … }, but got 3"],
    [
      'no name',
      () => dense(5),
      'feature 5: expected name to be a non-empty string that no object already has but got 5',
    ],
    ['a text', () => dense('x', { dimension: '2' }), "dimension to be an integer from 1 to 2147483647 but got '2'"],
    ['no function', () => dense('x', { transform: 0 }), "feature 'x': expected transform to be a function but got 0"],
    [
      'a list',
      () => sparse('u', { vocabulary: ['a'] }),
      'a vocabulary, as fitVocabulary makes it, but got a list of 1',
    ],
    ['a table', () => sparse('u', { vocabularySize: 3, table: '' }), 'table to be a non-empty string that no object'],
    [
      'no length',
      () => varLen('s', { vocabularySize: 3 }),
      'maxLength to be an integer from 1 to 1048576 but got undefi',
    ],
    ['a big width', () => sparse('u', { vocabularySize: 7n, dimension: 'auto' }), 'to 2147483647 but got 7n'],
    ['a bare width', () => sparse('u', { vocabularySize: bare({}), dimension: 'auto' }), 'but got an empty object'],
    [
      'big buckets',
      () => sparse('u', { hashBuckets: 7n }),
      'expected hashBuckets to be an integer from 1 to 2147483647',
    ],
    [
      'no vocabulary',
      () => sparse('u', { vocabulary: { size: 'a', values: [], encode: 1 } }),
      'to be a vocabulary, as fit',
    ],
    ['no columns', () => crossed(null, { hashBuckets: 9 }), 'two or more different columns, each a non-empty string'],
    ['no dataset', () => data(), 'dataset: expected an object of options, as in { features: … }, but got undefined'],
    [
      'no features',
      () => data({ columns: {} }),
      'dataset: expected features to be a list, each to be a feature but got',
    ],
    ['a name', () => data({ features: ['x'], columns: {} }), "each to be a feature but got 'x' at position 0"],
    [
      'columns',
      () => data({ features: [], columns: [] }),
      'dataset: expected columns to be an object, each of its memb',
    ],
    [
      'a null column',
      () => fitted(null),
      'fitVocabulary: expected the first argument to be an array or a typed one but',
    ],
    ['a text column', () => fitted('abc'), "expected the first argument to be an array or a typed one but got 'abc'"],
    [
      'a null vocabulary',
      () => restored(null),
      'vocabularyFromJSON: expected the first argument to be what toJSON wrote',
    ],
    [
      'null values',
      () => binned(null, 3),
      'quantileBins: expected the first argument to be an array or a typed one but',
    ],
    ['bins', () => binned([1], '3'), "quantileBins: expected bins to be an integer from 1 to 1048576 but got '3'"],
    [
      'bins',
      () => binned([1], 2 ** 31),
      'quantileBins: expected bins to be an integer from 1 to 1048576 but got 2147483648',
    ],
    ['values', () => binned([1, 2n], 3), 'quantileBins: expected finite values but got 2n at position 1'],
    ['symbols', () => binned([Symbol('odd')], 3), 'expected finite values but got Symbol(odd) at position 0'],
    ['values', () => binned(['1'], 3), "quantileBins: expected finite values but got '1' at position 0"],
    ['a value', () => bin([1], '1'), "binOf: expected a number but got '1'"],
    ['a size', () => batched(small, { batchSize: '2' }), "batchSize to be an integer of at least 1 but got '2'"],
    [
      'no size',
      () => batched(small, {}),
      'batches: expected batchSize to be an integer of at least 1 but got undefined',
    ],
    [
      'no data',
      () => batched(null, { batchSize: 2 }),
      'batches: expected the first argument to be a dataset but got null',
    ],
    ['half a row', () => batched(small, { batchSize: 2, order: [0.5] }), 'but got 0.5 at position 0'],
    ['a backend', () => batched(small, { batchSize: 2, backend: 'cpu' }), "backend to be a backend but got 'cpu'"],
    [
      'no rows',
      () => tasks({ correlation: 0 }),
      'syntheticTasks: expected rows to be an integer of at least 0 but got',
    ],
    ['no correlation', () => tasks({ rows: 1 }), 'correlation to be a number in [-1, 1] but got undefined'],
    ['a scale', () => tasks({ rows: 1, correlation: 0, scale: NaN }), 'scale to be a number in [0, ∞) but got NaN'],
    [
      'users',
      () => feed({ rows: 1, users: '3' }),
      'syntheticFeed: expected users to be an integer of at least 1 but got',
    ],
    [
      'a selection',
      () => small.select(null as never),
      'Dataset.select: expected rows to be an array or a typed one but',
    ],
    [
      'a row',
      () => small.select(['1'] as never),
      "Dataset.select: expected rows from 0 to 2 but got '1' at position 0",
    ],
  ])('are refused: %s', (_, call, said) => {
    expect(call).toThrow(said)
  })

  it('may be objects without a prototype, as may rows', () => {
    const features = [sparse('u', bare({ vocabularySize: 4 })), dense('x', bare({}))] as readonly Feature[]
    const { ids, numbers } = data(
      bare({ features, columns: bare({ u: [3], x: [0.5] }), labels: bare({ y: [1] }), tasks: bare({ y: 'binary' }) }),
    ) as ReturnType<typeof dataset>
    const batch = emptyBatch({ features, labels: {} }, 1)
    rowWriter(features, batch)(bare({ u: 3, x: 0.5 }) as never, 0)
    expect([batch.ids.u.values, batch.numbers.x.values]).toEqual([ids.u, numbers.x])
    expect(() => {
      rowWriter(features, batch)(bare({ u: bare({}), x: 0.5 }) as never, 0)
    }).toThrow('but got an empty object at row 0')
  })
})

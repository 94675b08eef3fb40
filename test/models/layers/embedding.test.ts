/** Features become one matrix: rows of tables, pooled where there are several, then the dense numbers. */
import { describe, expect, it } from 'vitest'
import { RowSparse, gradients, mul, sum } from '../../../src/autograd/index.ts'
import { batches, dataset, denseFeature, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import type { Batch, Columns, Feature, Pooling } from '../../../src/data/index.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import { FeatureEmbedding } from '../../../src/models/index.ts'
import { stream, tensor } from '../../../src/tensor/index.ts'
import { device } from '../../laws/device.ts'
import { FEATURES, WIDTH, feed } from '../feed.ts'

const embeddingOf = (features: readonly Feature[]): FeatureEmbedding =>
  new FeatureEmbedding(features, stream(11), { initStd: 1, backend: cpu64 })

const batchOf = (features: readonly Feature[], columns: Columns): Batch => {
  const data = dataset({ features, columns })
  return [...batches(data, { batchSize: data.rows, backend: cpu64 })][0]
}

/** Row `id` of a table. */
const rowOf = (embedding: FeatureEmbedding, table: string, id: number): number[] => {
  const { values, shape } = embedding.tables[table]
  return [...values.subarray(id * shape[1], (id + 1) * shape[1])]
}

const LISTS = [[3, 1, 4], [], [2], [5, 5], [1, 2]]
const WEIGHTS = [[0.5, -2, 1], [], [3], [1, 0.25], [0, -1]]

/** The pooled vector of one row, column by column, as its words say. */
function pooled(vectors: readonly number[][], weights: readonly number[], pooling: Pooling): number[] {
  if (vectors.length === 0) return [0, 0]
  return [0, 1].map((column) => {
    const values = vectors.map((vector, place) => vector[column] * weights[place])
    if (pooling === 'max') return Math.max(...values)
    const total = values.reduce((sum, value) => sum + value, 0)
    return pooling === 'sum' ? total : total / vectors.length
  })
}

describe('var-len features', () => {
  const CASES = (['mean', 'sum', 'max'] as const).flatMap((pooling) =>
    [false, true].map((weighted) => [pooling, weighted] as const),
  )

  it.each(CASES)('are pooled by %s, padding left out, weighted: %s', (pooling, weighted) => {
    const features = [
      varLenFeature('tags', {
        vocabularySize: 6,
        dimension: 2,
        maxLength: 4,
        pooling,
        ...(weighted && { weights: 'w' }),
      }),
    ]
    const embedding = embeddingOf(features)
    const y = embedding.forward(batchOf(features, { tags: LISTS, ...(weighted && { w: WEIGHTS }) }))
    expect(y.shape).toEqual([LISTS.length, 2])
    const expected = LISTS.flatMap((list, row) =>
      pooled(
        list.map((id) => rowOf(embedding, 'tags', id)),
        weighted ? WEIGHTS[row] : list.map(() => 1),
        pooling,
      ),
    )
    y.values.forEach((value, at) => expect(value, `element ${at}`).toBeCloseTo(expected[at], 12))
  })

  it.each(CASES)('give rows of nothing but padding zeros, under %s and weighted: %s', (pooling, weighted) => {
    const features = [
      varLenFeature('tags', {
        vocabularySize: 6,
        dimension: 2,
        maxLength: 2,
        pooling,
        ...(weighted && { weights: 'w' }),
      }),
    ]
    const embedding = embeddingOf(features)
    const y = embedding.forward(batchOf(features, { tags: [[], []], ...(weighted && { w: [[], []] }) }))
    expect([...y.values].map(Math.abs)).toEqual([0, 0, 0, 0])
    const [gradient] = gradients(sum(y), [embedding.tables.tags])
    expect([...gradient.values].every((value) => value === 0)).toBe(true)
  })

  it.each(CASES)('pass nothing back to padding, under %s and weighted: %s', (pooling, weighted) => {
    const features = [
      varLenFeature('tags', {
        vocabularySize: 6,
        dimension: 2,
        maxLength: 4,
        pooling,
        ...(weighted && { weights: 'w' }),
      }),
    ]
    const embedding = embeddingOf(features)
    const y = embedding.forward(batchOf(features, { tags: LISTS, ...(weighted && { w: WEIGHTS }) }))
    const [gradient] = gradients(sum(mul(y, tensor([3, 7], undefined, cpu64))), [embedding.tables.tags])
    expect([...gradient.values.subarray(0, 2)].map(Math.abs)).toEqual([0, 0])
    expect([...gradient.values.subarray(2)].some((value) => value !== 0)).toBe(true)
  })

  it('keep the largest where all are far below zero', () => {
    const features = [varLenFeature('tags', { vocabularySize: 3, dimension: 1, maxLength: 3, pooling: 'max' })]
    const embedding = embeddingOf(features)
    embedding.tables.tags.assign([1e6, -5e6, -7e6])
    expect([...embedding.forward(batchOf(features, { tags: [[1, 2], [2]] })).values]).toEqual([-5e6, -7e6])
  })
})

describe('the matrix of features', () => {
  it('has sparse features first, then var-len ones, then dense ones, each in the order given', () => {
    const embedding = embeddingOf(FEATURES)
    const data = feed(5)
    const [batch] = batches(data, { batchSize: 5, backend: cpu64 })
    const y = embedding.forward(batch)
    expect(embedding.width).toBe(WIDTH)
    expect(y.shape).toEqual([5, WIDTH])
    const row = 3
    const values = [...y.values.subarray(row * WIDTH, (row + 1) * WIDTH)]
    expect(values.slice(0, 3)).toEqual(rowOf(embedding, 'user', data.ids.user[row]))
    expect(values.slice(3, 5)).toEqual(rowOf(embedding, 'item', data.ids.item[row]))
    const history = data.ids.history.subarray(row * 3, row * 3 + 3)
    const heard = [...history].filter((id) => id !== 0).map((id) => rowOf(embedding, 'item', id))
    pooled(
      heard,
      heard.map(() => 1),
      'mean',
    ).forEach((value, at) => expect(values[5 + at]).toBeCloseTo(value, 12))
    expect(values.slice(12, 13)).toEqual([data.numbers.age[row]])
    expect(values.slice(13)).toEqual([...data.numbers.place.subarray(row * 2, row * 2 + 2)])
  })

  it('shares a table between features that name one, and adds up what both say of it', () => {
    const features = [
      sparseFeature('item', { vocabularySize: 4, dimension: 1 }),
      varLenFeature('history', { vocabularySize: 4, dimension: 1, maxLength: 2, pooling: 'sum', table: 'item' }),
    ]
    const embedding = embeddingOf(features)
    expect(Object.keys(embedding.tables)).toEqual(['item'])
    const y = embedding.forward(batchOf(features, { item: [2, 0], history: [[2, 3], [1]] }))
    const [whole] = gradients(sum(y), [embedding.tables.item])
    // Row 0 counts where it is an item, and not where it is padding.
    expect([...whole.values]).toEqual([1, 1, 2, 1])
    const [sparse] = gradients(sum(y), [embedding.tables.item], { sparse: true })
    expect(sparse).toBeInstanceOf(RowSparse)
  })

  it("gives a table 6·⌊V^¼⌋ columns where its dimension is 'auto'", () => {
    const features = [sparseFeature('item', { vocabularySize: 81, dimension: 'auto' })]
    const embedding = embeddingOf(features)
    expect(embedding.tables.item.shape).toEqual([81, 18])
    expect(embedding.forward(batchOf(features, { item: [80] })).shape).toEqual([1, 18])
  })

  it('may have no table at all', () => {
    const features = [denseFeature('age'), denseFeature('place', { dimension: 2 })]
    const embedding = embeddingOf(features)
    expect(embedding.tables).toEqual({})
    expect([...embedding.forward(batchOf(features, { age: [1, 2], place: [3, 4, 5, 6] })).values]).toEqual([
      1, 3, 4, 2, 5, 6,
    ])
  })

  it('pools where numbers are on a device, without reading the ids', async () => {
    const features = (['mean', 'sum', 'max'] as const).map((pooling) =>
      varLenFeature(pooling, { vocabularySize: 6, dimension: 2, maxLength: 3, pooling }),
    )
    const columns = Object.fromEntries(features.map(({ name }) => [name, LISTS]))
    const [near, far] = [cpu, device].map((backend) => {
      const data = dataset({ features, columns })
      const [batch] = batches(data, { batchSize: data.rows, backend })
      return new FeatureEmbedding(features, stream(11), { initStd: 1, backend }).forward(batch)
    })
    expect(far.backend).toBe(device)
    expect([...(await far.read())]).toEqual([...near.values])
  })

  it('leaves sparse gradients whose cost depends on the batch', () => {
    const features = [sparseFeature('user', { vocabularySize: 100_000, dimension: 2 })]
    const embedding = embeddingOf(features)
    const y = embedding.forward(batchOf(features, { user: [99_999, 5, 99_999] }))
    const [gradient] = gradients(sum(y), [embedding.tables.user], { sparse: true })
    if (!(gradient instanceof RowSparse)) expect.fail('the gradient is dense')
    expect(gradient.rows.shape).toEqual([3, 2])
    expect([...gradient.ids.values]).toEqual([99_999, 5, 99_999])
  })

  it('starts tables with the deviation and the l2 it is given, 1e-4 and 1e-5 unless told', () => {
    const features = [sparseFeature('user', { vocabularySize: 2000, dimension: 4 })]
    const deviation = ({ tables: { user } }: FeatureEmbedding): number =>
      Math.sqrt([...user.values].reduce((total, value) => total + value * value, 0) / user.size)
    const plain = new FeatureEmbedding(features, stream(11))
    expect(Math.abs(deviation(plain) / 1e-4 - 1)).toBeLessThan(0.04)
    expect(plain.tables.user.l2).toBe(1e-5)
    const told = new FeatureEmbedding(features, stream(11), { initStd: 2, l2RegEmbedding: 0.5 })
    expect(Math.abs(deviation(told) / 2 - 1)).toBeLessThan(0.04)
    expect(told.tables.user.l2).toBe(0.5)
  })

  const user = sparseFeature('user', { vocabularySize: 5 })
  it.each([
    [
      'no feature',
      [],
      {},
      /^FeatureEmbedding: expected features to be a list of at least 1, each to be a feature but got a list of 0$/,
    ],
    ['a name twice', [user, denseFeature('user')], {}, /'user'.*twice/],
    [
      'two sizes of one table',
      [user, sparseFeature('other', { vocabularySize: 6, table: 'user' })],
      {},
      /vocabularySize 5 but got 6/,
    ],
    [
      'an l2 below 0',
      [user],
      { l2RegEmbedding: -1 },
      /^FeatureEmbedding: expected l2RegEmbedding to be a number in \[0, ∞\) but got -1$/,
    ],
    [
      'a deviation that is no number',
      [user],
      { initStd: NaN },
      /^FeatureEmbedding: expected initStd to be a number in \[0, ∞\) but got NaN$/,
    ],
  ])('is refused with %s', (_, features, options, message) => {
    const build = () => new FeatureEmbedding(features, stream(1), options)
    expect(build).toThrow(RangeError)
    expect(build).toThrow(message)
  })
})

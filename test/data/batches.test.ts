/** Batches: every row once, in order, on whatever backend, with masks that tell sample spaces. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, dataset, denseFeature, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Batch, Dataset } from '../../src/data/index.ts'
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import type { Backend, Floats } from '../../src/kernels/index.ts'
import { stream } from '../../src/tensor/index.ts'

/** Row r has user r, numbers 2r and 2r + 1, the list r, r + 1, … and labels where r is not a multiple of 3. */
const numbered = (rows: number): Dataset => {
  const each = Array.from({ length: rows }, (_, row) => row)
  return dataset({
    features: [
      sparseFeature('user', { vocabularySize: 1000 }),
      denseFeature('place', { dimension: 2 }),
      varLenFeature('seen', { vocabularySize: 1003, maxLength: 3, weights: 'age' }),
    ],
    columns: {
      user: each,
      place: Float32Array.from({ length: 2 * rows }, (_, index) => index),
      seen: each.map((row) => Array.from({ length: row % 5 }, (_, place) => row + place)),
      age: each.map((row) => Array.from({ length: row % 5 }, (_, place) => row - place)),
    },
    labels: { click: each.map((row) => (row % 3 === 0 ? NaN : row % 2)), share: each.map((row) => row / 2) },
    tasks: { click: 'binary', share: 'regression' },
  })
}

const joined = (parts: readonly ArrayLike<number>[]): number[] => parts.flatMap((part) => Array.from(part))
const cases = fc.record({
  rows: fc.integer({ min: 0, max: 40 }),
  batchSize: fc.integer({ min: 1, max: 50 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
})

describe('batches', () => {
  it('cover each row once, in the order given', () => {
    fc.assert(
      fc.property(cases, ({ rows, batchSize, seed }) => {
        const data = numbered(rows)
        const order = stream(seed).permutation(rows)
        const all = [...batches(data, { batchSize, order })]
        const users = joined(all.map(({ ids }) => ids.user.values))
        expect(users).toEqual([...order])
        expect([...users].sort((a, b) => a - b)).toEqual([...data.ids.user])
      }),
    )
  })

  it('are those of the selected rows, in all that they hold', () => {
    fc.assert(
      fc.property(cases, ({ rows, batchSize, seed }) => {
        const data = numbered(rows)
        const order = stream(seed).permutation(rows)
        const picked = data.select(order)
        const ordered = [...batches(data, { batchSize, order })]
        const plain = [...batches(picked, { batchSize })]
        const all = (parts: readonly Batch[], of: (batch: Batch) => ArrayLike<number>): number[] =>
          joined(parts.map(of))
        for (const parts of [ordered, plain]) {
          expect(all(parts, ({ ids }) => ids.user.values)).toEqual([...picked.ids.user])
          expect(all(parts, ({ ids }) => ids.seen.values)).toEqual([...picked.ids.seen])
          expect(all(parts, ({ numbers }) => numbers.place.values)).toEqual([...picked.numbers.place])
          expect(all(parts, ({ numbers }) => numbers.age.values)).toEqual([...picked.numbers.age])
          expect(all(parts, ({ labels }) => labels.share.values)).toEqual([...picked.labels.share])
        }
      }),
    )
  })

  it('are full but for the last one', () => {
    fc.assert(
      fc.property(cases, ({ rows, batchSize }) => {
        const sizes = [...batches(numbered(rows), { batchSize })].map((batch) => batch.rows)
        expect(sizes.slice(0, -1).every((size) => size === batchSize)).toBe(true)
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rows)
        expect(sizes.every((size) => size > 0)).toBe(true)
      }),
    )
  })

  it('give each input its shape, and ids the bound of their table', () => {
    const [, { rows, ids, numbers, labels, masks }] = batches(numbered(7), { batchSize: 4 })
    expect(rows).toBe(3)
    expect([ids.user.shape, ids.seen.shape]).toEqual([[3], [3, 3]])
    expect([numbers.place.shape, numbers.age.shape]).toEqual([
      [3, 2],
      [3, 3],
    ])
    expect([labels.click.shape, masks.click.shape]).toEqual([[3], [3]])
    expect([ids.user.bound, ids.seen.bound]).toEqual([1000, 1003])
  })

  it('may end with a single row', () => {
    const last = [...batches(numbered(5), { batchSize: 4 })][1]
    expect(last.rows).toBe(1)
    expect([...last.ids.user.values]).toEqual([4])
    expect([...last.ids.seen.values]).toEqual([5, 6, 7])
    expect([...last.numbers.place.values]).toEqual([8, 9])
    expect([...last.labels.share.values]).toEqual([2])
  })

  it('mark rows outside of a sample space by a mask of 0 and a label of 0', () => {
    const [{ labels, masks }] = batches(numbered(5), { batchSize: 5 })
    expect([...masks.click.values]).toEqual([0, 1, 1, 0, 1])
    expect([...labels.click.values]).toEqual([0, 1, 0, 0, 0])
    expect([...masks.share.values]).toEqual([1, 1, 1, 1, 1])
  })

  it('of no rows are none', () => {
    expect([...batches(numbered(0), { batchSize: 4 })]).toEqual([])
    expect([...batches(numbered(3), { batchSize: 4, order: new Int32Array(0) })]).toEqual([])
  })

  it('may visit some rows only, or again', () => {
    const [{ ids }] = batches(numbered(9), { batchSize: 4, order: Int32Array.of(8, 2, 8) })
    expect([...ids.user.values]).toEqual([8, 2, 8])
  })

  it('do not change the dataset, nor each other', () => {
    const data = numbered(4)
    const [first, second] = batches(data, { batchSize: 2 })
    first.ids.user.values.fill(9)
    first.labels.click.values.fill(9)
    expect([...second.ids.user.values]).toEqual([2, 3])
    expect([...data.ids.user]).toEqual([0, 1, 2, 3])
    expect([...data.labels.click]).toEqual([NaN, 1, 0, NaN])
  })

  it('are of the dtype of their backend', () => {
    const [{ numbers, ids }] = batches(numbered(3), { batchSize: 3, backend: cpu64 })
    expect(numbers.place.values).toEqual(Float64Array.of(0, 1, 2, 3, 4, 5))
    expect([numbers.place.backend, ids.user.backend]).toEqual([cpu64, cpu64])
  })

  it('are written to a backend whose memory is out of reach', async () => {
    const far: Backend<Floats, Int32Array> = { ...cpu, name: 'far', view: () => undefined, viewIds: () => undefined }
    const [{ numbers, ids, labels, masks }] = batches(numbered(4), { batchSize: 4, backend: far })
    expect([...(await numbers.place.read())]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect([...(await labels.click.read())]).toEqual([0, 1, 0, 0])
    expect([...(await masks.click.read())]).toEqual([0, 1, 1, 0])
    expect(ids.user.buffer).toEqual(Int32Array.of(0, 1, 2, 3))
  })

  it.each([0, -1, 1.5, NaN, Infinity])('refuse a batchSize of %d before the first of them', (batchSize) => {
    expect(() => batches(numbered(3), { batchSize })).toThrow(
      `batches: expected batchSize to be an integer of at least 1 but got ${batchSize}`,
    )
  })

  it.each([-1, 3])('refuse an order that names row %i of three', (row) => {
    expect(() => batches(numbered(3), { batchSize: 2, order: Int32Array.of(0, row) })).toThrow(
      `batches: expected an order of rows from 0 to 2 but got ${row} at position 1`,
    )
  })
})

/** Features with edges: numbers become the ids of what lies between them, wherever they are read. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkFeatures,
  dataset,
  emptyBatch,
  featuresFromJSON,
  featuresToJSON,
  quantileBins,
  rowWriter,
  sameFeature,
  sparseFeature,
  varLenFeature,
} from '../../src/data/index.ts'
import type { FeatureJSON, Row } from '../../src/data/index.ts'

const number = fc.double({ min: -1e300, max: 1e300, noNaN: true })
const cells = fc.option(fc.oneof(number, fc.integer({ min: -9, max: 9 })))

describe('a feature with edges', () => {
  it('has an id for each bin, 1 and how many edges lie below, and 0 for what is missing', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(number, fc.integer({ min: -9, max: 9 })), { maxLength: 6 }),
        fc.array(cells),
        (some, x) => {
          const edges = [...some].map((edge) => edge + 0).sort((a, b) => a - b)
          fc.pre(new Set(edges).size === edges.length)
          const feature = sparseFeature('x', { edges })
          expect(feature.vocabularySize).toBe(edges.length + 2)
          const expected = x.map((cell) => (cell === null ? 0 : 1 + edges.filter((edge) => edge < cell).length))
          const features = [feature]
          expect([...dataset({ features, columns: { x } }).ids.x]).toEqual(expected)
          const batch = emptyBatch({ features, labels: {} }, x.length)
          const write = rowWriter(features, batch)
          x.forEach((cell, at) => {
            write({ x: cell }, at)
          })
          expect([...batch.ids.x.values]).toEqual(expected)
          const [again] = featuresFromJSON(JSON.parse(JSON.stringify(featuresToJSON(features))) as FeatureJSON[])
          expect(sameFeature(again, feature)).toBe(true)
          expect(sameFeature(again, sparseFeature('x', { edges: [...edges, Number.MAX_VALUE] }))).toBe(false)
        },
      ),
    )
  })

  it('shares rows of a column evenly among bins that were fitted on it, whatever is missing', () => {
    const x = Array.from({ length: 1000 }, (_, row) => (row % 5 === 0 ? null : (row * 7919) % 1009))
    const edges = quantileBins(x, 4)
    const { ids } = dataset({ features: [sparseFeature('x', { edges })], columns: { x } })
    const counts = [0, 1, 2, 3, 4].map((id) => ids.x.filter((each) => each === id).length)
    expect(counts).toEqual([200, 200, 200, 200, 200])
  })

  it('may be var-len, and share its table', () => {
    const edges = [0, 10]
    const features = [
      sparseFeature('x', { edges, table: 't' }),
      varLenFeature('list', { edges, table: 't', maxLength: 3 }),
    ]
    const columns = { x: [5], list: [[-1, null, 11]] }
    expect([...dataset({ features, columns }).ids.list]).toEqual([1, 0, 3])
    expect(() => {
      checkFeatures([features[0], sparseFeature('y', { edges: [0, 11], table: 't' })])
    }).toThrow("feature 'y': expected the same edges but got others: because it shares table 't' with feature 'x'")
  })

  it.each<readonly [unknown, string]>([
    [
      [2, 1],
      "feature 'x': expected edges to be a list of finite numbers, each higher than the one before, but got [2, 1]",
    ],
    [[1, 1], 'but got [1, 1]'],
    [[NaN], 'but got [NaN]'],
    [[1, Infinity], 'but got [1, Infinity]'],
    ['12', "but got '12'"],
  ])('refuses edges of %j, as it is made and as a file has it', (edges, said) => {
    expect(() => sparseFeature('x', { edges } as never)).toThrow(said)
    const json = { kind: 'sparse', name: 'x', dimension: 1, table: 'x', vocabularySize: 4, edges }
    expect(() => featuresFromJSON([json] as never)).toThrow(said)
  })

  it('refuses another way to ids beside them, and a table of another size', () => {
    expect(() => sparseFeature('x', { edges: [1], hashBuckets: 3 } as never)).toThrow(
      "feature 'x': expected one of vocabularySize, vocabulary, hashBuckets and edges but got 2",
    )
    const json = { kind: 'sparse', name: 'x', dimension: 1, table: 'x', vocabularySize: 4, edges: [1] }
    expect(() => featuresFromJSON([json] as never)).toThrow("feature 'x': expected a vocabularySize of 3 but got 4")
    expect(() => featuresFromJSON([{ ...json, hashBuckets: 3 }] as never)).toThrow(
      "feature 'x': expected one of vocabulary, hashBuckets and edges but got 2",
    )
  })

  it.each([Infinity, '3', 3n, true])('refuses %s in a dataset and in a row', (cell) => {
    const features = [sparseFeature('x', { edges: [1] })]
    const said = /expected column 'x' to hold finite numbers but got .* at row 0: because edges lie between them/
    expect(() => dataset({ features, columns: { x: [cell] } as never })).toThrow(said)
    const write = rowWriter(features, emptyBatch({ features, labels: {} }, 1))
    expect(() => {
      write({ x: cell } as Row, 0)
    }).toThrow(said)
  })
})

/** What a dataset refuses a predictor refuses, in the same words, and what one takes the other reads alike. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  crossedFeature,
  dataset,
  denseFeature,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
} from '../../../src/data/index.ts'
import type { Row } from '../../../src/data/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import { SharedBottom } from '../../../src/models/index.ts'
import { compilePredictor } from '../../../src/training/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const features = [
  sparseFeature('country', { vocabulary: fitVocabulary(['DE', 'FR', '7']) }),
  sparseFeature('year', { vocabulary: fitVocabulary([1999, 7]) }),
  sparseFeature('city', { hashBuckets: 20 }),
  sparseFeature('hour', { vocabularySize: 24 }),
  crossedFeature(['country', 'device'], { hashBuckets: 9 }),
  varLenFeature('tags', { hashBuckets: 9, maxLength: 2, weights: 'heat' }),
  varLenFeature('seen', { vocabularySize: 24, maxLength: 3 }),
  varLenFeature('words', { vocabulary: fitVocabulary(['a', 'b']), maxLength: 2 }),
  denseFeature('minutes', { transform: Math.log1p }),
  denseFeature('place', { dimension: 2 }),
  denseFeature('height', { scaling: { missing: [1.7], indicator: true, least: [1], log: true, deviation: [0.2] } }),
  denseFeature('size', { dimension: 2, scaling: { missing: [1, 2], mean: [3, 4] } }),
  sparseFeature('price', { edges: [0.5, 7, 1999] }),
  varLenFeature('bids', { edges: [0, 7], maxLength: 2 }),
]
const GOOD: Readonly<Record<string, unknown>> = {
  country: 'DE',
  year: 7,
  city: 'Bonn',
  hour: 0,
  device: 'phone',
  tags: ['x', 'y', 'z'],
  heat: [1, 2, 3],
  seen: [1, 23],
  words: ['b'],
  minutes: 3,
  place: [1, 2],
  height: 1.8,
  size: [3, null],
  price: 9.5,
  bids: [1, null, 8],
}

const values = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('DE', 'a', '7', 7, 1999, 0, 23, 1, 0.5, 'Ulm') },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined, NaN, '', -0) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      ...[24, -1, -2, 1.5, 2 ** 53, 2 ** 53 + 2, 1e39, -Infinity, Infinity, 7n, 23n, 2n ** 70n, true, {}],
      ...[new Date(0), Math.abs, Symbol.iterator, [], [7], [[7]], new Map(), new DataView(new ArrayBuffer(8))],
    ),
  },
)
const lists = fc.oneof(
  fc.array(values, { maxLength: 4 }),
  fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 4 }).map((list) => Int32Array.from(list)),
  fc.array(fc.double(), { maxLength: 3 }).map((list) => Float64Array.from(list)),
  fc.constantFrom<unknown>(BigInt64Array.of(1n, 2n), 'list', { length: 2 }, 5),
)
const names = Object.keys(GOOD)

/** A row of good cells, of which some are others, some are not there, and some have other names. */
const drawn = fc
  .record({
    cells: fc.dictionary(fc.constantFrom(...names), fc.oneof(values, lists), { maxKeys: 3 }),
    dropped: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(fc.constantFrom(...names), { maxLength: 2 })),
    added: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      fc.array(fc.constantFrom('contry', 'hours', 'label', '', 'heet', '0'), { maxLength: 2 }),
    ),
    kind: fc.constantFrom('plain', 'plain', 'nobody’s', 'inherited'),
  })
  .map(({ cells, dropped, added, kind }): Row => {
    const all = { ...GOOD, ...cells }
    for (const name of dropped) Reflect.deleteProperty(all, name)
    for (const name of added) Reflect.set(all, name, 'DE')
    if (kind === 'inherited') return Object.create(all) as Row
    return (kind === 'plain' ? all : Object.assign(Object.create(null), all)) as Row
  })

const isList = (cell: unknown): boolean => Array.isArray(cell) || (ArrayBuffer.isView(cell) && 'length' in cell)

/** What a door says, without its name. */
function saying(door: () => unknown): string {
  try {
    door()
    return 'welcome'
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message.replace(/^(dataset|score|scoreAll): /, '')}`
  }
}

const model = new SharedBottom({
  features,
  taskNames: ['a', 'b'],
  taskTypes: ['binary', 'binary'],
  bottomDnnHiddenUnits: [2],
})
const predictor = compilePredictor(model, { rows: 2, backend: cpu })

/** The row as the second of two: what is told of a column of numbers goes by its first cell. */
const datasetOf = (row: Row) => {
  const first = (name: string): unknown =>
    ['minutes', 'height'].includes(name) && isList(row[name]) ? [GOOD[name]] : (GOOD[name] ?? 'DE')
  return dataset({
    features,
    columns: Object.fromEntries(Object.keys(row).map((name) => [name, [first(name), row[name]]])) as never,
  })
}

describe('a dataset and a predictor', () => {
  it('take and refuse the same rows in the same words, and read the same from those they take', () => {
    const seen = new Set<string>()
    const property = fc.property(drawn, (row) => {
      const expected = saying(() => datasetOf(row))
      // That is told of a column as a whole, which a row has not.
      fc.pre(!expected.includes('float32 tells apart'))
      seen.add(expected === 'welcome' ? expected : expected.split(' but got ')[0])
      expect(saying(() => predictor.scoreAll([GOOD as Row, row]))).toBe(expected)
      expect(saying(() => predictor.score(row))).toBe(expected.replace('at row 1', 'at row 0'))
      if (expected !== 'welcome') return
      const data = datasetOf(row)
      predictor.scoreAll([GOOD as Row, row])
      for (const [name, ids] of Object.entries(data.ids))
        expect([...predictor.batch.ids[name].values]).toEqual([...ids])
      for (const [name, numbers] of Object.entries(data.numbers))
        expect([...predictor.batch.numbers[name].values]).toEqual([...numbers])
    })
    fc.assert(property, { seed: seedOfRun(), numRuns: 3000 })
    // Rows of all kinds were drawn: both doors would agree on none at all, too.
    expect([...seen].filter((what) => what === 'welcome')).toHaveLength(1)
    expect(seen.size).toBeGreaterThan(25)
  })

  it.each([
    ['null', null],
    ['nothing', undefined],
    ['a number', 5],
    ['a string', 'DE'],
    ['a list', ['DE']],
    ['a function', Math.abs],
  ])('refuse %s for a row', (_, row) => {
    expect(() => predictor.score(row as never)).toThrow(
      /^score: expected a row to be an object of values by column but got /,
    )
    expect(() => predictor.scoreAll([GOOD as Row, row as never])).toThrow(/^score: expected a row to be an object /)
    expect(() => dataset({ features, columns: row as never })).toThrow(/^dataset: expected columns to be an object/)
  })

  it.each([
    [null, 'null'],
    [5, '5'],
    [{}, 'an empty object'],
    ['DE', "'DE'"],
    [new Set([GOOD]), 'a Set'],
  ])('refuses %j for a list of rows', (rows, shown) => {
    expect(() => predictor.scoreAll(rows as never)).toThrow(
      new RangeError(`scoreAll: expected the rows to be a list but got ${shown}`),
    )
  })

  it('names the column that is spelt like the one that is not there', () => {
    const { country, ...others } = GOOD
    expect(() => predictor.score({ ...others, contry: country } as Row)).toThrow(
      new RangeError(
        "score: expected a column 'country' but got none: because feature 'country' reads it, did you mean 'contry'?",
      ),
    )
  })
})

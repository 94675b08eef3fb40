/** Datasets: what becomes of columns and labels, and all that is refused before there is one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { show } from '../../src/checks/index.ts'
import { dataset, denseFeature, fitVocabulary, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Column, DatasetOptions } from '../../src/data/index.ts'

const user = sparseFeature('user', { vocabularySize: 5 })
const age = denseFeature('age')
const seen = varLenFeature('seen', { vocabularySize: 9, maxLength: 3, weights: 'liking' })

const valid: DatasetOptions = {
  features: [user, age, seen],
  columns: {
    user: [4, 0],
    age: [0.5, 2],
    seen: [[1, 2], []],
    liking: [[0.25, -1], []],
  },
  labels: { click: [1, NaN], share: [0.5, 1] },
  tasks: { click: 'binary', share: 'regression' },
}

/** The one column of a dataset of one feature. */
const encode = (feature: DatasetOptions['features'][number], column: Column): number[] => {
  const { ids, numbers } = dataset({ features: [feature], columns: { [feature.name]: column } })
  return Array.from(feature.kind === 'dense' ? numbers[feature.name] : ids[feature.name])
}

const refusal = (change: Partial<DatasetOptions>): string => {
  try {
    dataset({ ...valid, ...change })
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    return (error as RangeError).message
  }
  throw new Error('nothing was refused')
}
const withColumn = (name: string, column: unknown): Partial<DatasetOptions> => ({
  columns: { ...valid.columns, [name]: column as Column },
})

describe('a dataset', () => {
  it('holds ids, numbers and labels as flat typed arrays', () => {
    const { rows, taskNames, features, ids, numbers, labels } = dataset(valid)
    expect(rows).toBe(2)
    expect(taskNames).toEqual(['click', 'share'])
    expect(features).toBe(valid.features)
    expect(ids).toEqual({ user: Int32Array.of(4, 0), seen: Int32Array.of(1, 2, 0, 0, 0, 0) })
    expect(numbers).toEqual({ age: Float32Array.of(0.5, 2), liking: Float32Array.of(0.25, -1, 0, 0, 0, 0) })
    expect(labels).toEqual({ click: Float32Array.of(1, NaN), share: Float32Array.of(0.5, 1) })
  })

  it('shares nothing with its columns', () => {
    const column = Int32Array.of(1, 2)
    const { ids } = dataset({ features: [user], columns: { user: column } })
    column[0] = 3
    expect([...ids.user]).toEqual([1, 2])
  })

  it('may have no labels and no rows', () => {
    expect(dataset({ features: [user], columns: { user: [] } })).toMatchObject({ rows: 0, taskNames: [] })
  })

  it('looks values up, and can be read back', () => {
    const value = fc.constantFrom('a', 'b', 'c', 'd', 'e', '', null)
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (train, test) => {
        const vocabulary = fitVocabulary(train)
        const ids = encode(sparseFeature('letter', { vocabulary }), test)
        const read = ids.map((id) => (id === 0 ? null : id === 1 ? 'unknown' : vocabulary.values[id - 2]))
        expect(read).toEqual(test.map((some) => (!some ? null : train.includes(some) ? some : 'unknown')))
      }),
    )
  })

  it('hashes values into the buckets of their feature', () => {
    const ids = encode(sparseFeature('word', { hashBuckets: 7 }), ['a', 'b', '', 12, '12', null])
    expect(ids.map((id) => id >= 1 && id <= 7)).toEqual([true, true, false, true, true, false])
    expect(ids[3]).toBe(ids[4])
    expect([ids[2], ids[5]]).toEqual([0, 0])
  })

  it('transforms numbers', () => {
    expect(encode(denseFeature('size', { transform: Math.sqrt }), [4, 9])).toEqual([2, 3])
  })

  it('takes rows of several numbers as lists or flat', () => {
    const place = denseFeature('place', { dimension: 2 })
    expect(encode(place, [[1, 2], Float32Array.of(3, 4)])).toEqual([1, 2, 3, 4])
    expect(encode(place, Float64Array.of(1, 2, 3, 4))).toEqual([1, 2, 3, 4])
    expect(encode(place, [1, 2, 3, 4])).toEqual([1, 2, 3, 4])
    expect(encode(age, [[1], [2]])).toEqual([1, 2])
  })

  it('pads short lists behind and keeps the last of long ones', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 })), (lists) => {
        const expected = lists.flatMap((list) => [...list.slice(-3), 0, 0, 0].slice(0, 3))
        const flat = varLenFeature('seen', { vocabularySize: 9, maxLength: 3 })
        expect(encode(flat, lists)).toEqual(expected)
        expect(encode(flat, Int32Array.from(expected))).toEqual(expected)
      }),
    )
  })

  it('looks up the members of lists, and takes a missing list as an empty one', () => {
    const tags = varLenFeature('tags', { vocabulary: fitVocabulary(['a', 'b']), maxLength: 2 })
    expect(encode(tags, [['b', 'x'], null, ['a', ''], undefined])).toEqual([3, 1, 0, 0, 2, 0, 0, 0])
  })

  it('cuts weights as it cuts their lists, or takes both flat', () => {
    const columns = { seen: [[1, 2, 3, 4], [5]], liking: [[0.1, 0.2, 0.3, 0.4], [0.5]] }
    const nested = dataset({ features: [seen], columns })
    expect([...nested.numbers.liking]).toEqual([0.2, 0.3, 0.4, 0.5, 0, 0].map(Math.fround))
    const flat = dataset({
      features: [seen],
      columns: { seen: nested.ids.seen, liking: nested.numbers.liking },
    })
    expect(flat.numbers.liking).toEqual(nested.numbers.liking)
  })

  it('selects rows in any order, more than once, and as another dataset', () => {
    const all = dataset(valid)
    const { rows, ids, numbers, labels, features, taskNames } = all.select([1, 0, 1])
    expect([rows, features, taskNames]).toEqual([3, all.features, all.taskNames])
    expect(ids).toEqual({ user: Int32Array.of(0, 4, 0), seen: Int32Array.of(0, 0, 0, 1, 2, 0, 0, 0, 0) })
    expect(numbers.age).toEqual(Float32Array.of(2, 0.5, 2))
    expect(labels.click).toEqual(Float32Array.of(NaN, 1, NaN))
    expect(all.select([]).rows).toBe(0)
    expect(all.select([]).select([]).rows).toBe(0)
    expect(all.select([1]).select([0]).ids.user).toEqual(Int32Array.of(0))
  })

  it.each([-1, 2, 0.5, NaN])('refuses to select row %d of two', (row) => {
    expect(() => dataset(valid).select([0, row])).toThrow(
      `Dataset.select: expected rows from 0 to 1 but got ${row} at position 1`,
    )
  })
})

describe('columns', () => {
  it('must all be there, by their names', () => {
    const { user: _, ...columns } = valid.columns
    expect(refusal({ columns: { ...columns, usr: [1, 2] } })).toBe(
      "dataset: expected a column 'user' but got none: because feature 'user' reads it, did you mean 'usr'?",
    )
    const { liking: __, ...unweighted } = valid.columns
    expect(refusal({ columns: unweighted })).toContain(
      "expected a column 'liking' but got none: because feature 'seen' reads it",
    )
    expect(refusal({ columns: {} })).toBe(
      "dataset: expected a column 'user' but got none: because feature 'user' reads it",
    )
  })

  it('must all be read', () => {
    expect(refusal(withColumn('agee', [1, 2]))).toBe(
      "dataset: expected columns of features but got 'agee': because no feature reads it, did you mean 'age'?",
    )
  })

  it.each([
    ['age', [1, 2, 3], "expected 2 rows in column 'age' but got 3: because column 'user' has 2"],
    ['seen', [[1]], "expected 2 rows in column 'seen' but got 1: because column 'user' has 2"],
    ['liking', [[0.25, -1], [], []], "expected 2 rows in column 'liking' but got 3: because column 'user' has 2"],
    [
      'seen',
      Int32Array.of(1, 2, 3, 4),
      "expected column 'seen' to hold a multiple of 3 values but got 4: because a row has 3",
    ],
  ])('must be as long as each other: %s', (name, column, said) => {
    expect(refusal(withColumn(name, column))).toBe(`dataset: ${said}`)
  })

  it.each([
    [5, '5'],
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    ['3', "'3'"],
    [null, 'null'],
    [[1], 'a list of 1'],
    ['', "''"],
    [5n, '5n'],
    [Object.create(null), 'an empty object'],
  ])('of ids must hold integers that have a row: not %s', (id, shown) => {
    expect(refusal(withColumn('user', [0, id]))).toBe(
      `dataset: expected column 'user' to hold integer ids from 0 to 4 but got ${shown} at row 1: because its table has 5 rows`,
    )
  })

  it('of lists of ids must hold integers that have a row', () => {
    expect(refusal(withColumn('seen', [[1, 9], []]))).toContain(
      "expected column 'seen' to hold integer ids from 0 to 8 but got 9 at row 0",
    )
    expect(refusal(withColumn('seen', Int32Array.of(1, 2, 0, 0, -3, 0)))).toContain('but got -3 at row 1')
  })

  it.each([NaN, Infinity, 1e39, '1', null, true])('of numbers must be finite in float32: not %s', (number) => {
    expect(refusal(withColumn('age', [0, number]))).toMatch(
      /^dataset: expected numbers in column 'age' to be finite float32 numbers but got .+ at row 1: because/,
    )
    expect(refusal(withColumn('liking', [[1, number], []]))).toMatch(/weights in column 'liking' .+ at row 0: because/)
  })

  it('must stay finite once transformed', () => {
    const options = {
      features: [denseFeature('age', { transform: Math.log })],
      columns: { age: [1, 0] },
      labels: {},
      tasks: {},
    }
    expect(refusal(options)).toContain(
      "numbers in column 'age', once transformed, to be finite float32 numbers but got -Infinity at row 1",
    )
  })

  it('must have the width of their feature in every row', () => {
    const options = { features: [denseFeature('place', { dimension: 2 })], labels: {}, tasks: {} }
    expect(refusal({ ...options, columns: { place: [[1, 2], [1]] } })).toContain(
      "expected 2 numbers in column 'place' but got 1 at row 1",
    )
    expect(refusal({ ...options, columns: { place: [1, 2, 3] } })).toContain('to hold a multiple of 2 values but got 3')
    expect(refusal({ ...options, columns: { place: [[1, 2], 3] as Column } })).toContain(
      'to hold a list per row but got 3 at row 1',
    )
  })

  it('must be lists where their feature is var-len', () => {
    expect(refusal(withColumn('seen', [[1], 2]))).toContain(
      "expected column 'seen' to hold a list per row but got 2 at row 1",
    )
    expect(refusal(withColumn('seen', ['a', 'b']))).toContain("to hold a list per row but got 'a' at row 0")
  })

  it('must hold as many weights as there are ids', () => {
    expect(refusal(withColumn('liking', [[0.25], []]))).toBe(
      "dataset: expected 2 weights in column 'liking' but got 1 at row 0: because 'seen' has so many ids there",
    )
  })

  it('must hold values, not ids, where values are encoded', () => {
    const features = [varLenFeature('tags', { vocabulary: fitVocabulary([7, 8]), maxLength: 2 })]
    expect(refusal({ features, columns: { tags: Int32Array.of(7, 8) }, labels: {}, tasks: {} })).toContain(
      "expected column 'tags' to hold a list per row but got a flat typed array",
    )
  })

  it('must hold what their vocabulary holds', () => {
    const only = (vocabulary: ReturnType<typeof fitVocabulary>, column: Column): string =>
      refusal({ features: [sparseFeature('tag', { vocabulary })], columns: { tag: column }, labels: {}, tasks: {} })
    expect(only(fitVocabulary(['7']), ['7', 7])).toBe(
      "dataset: expected column 'tag' to hold strings but got 7 at row 1: because its vocabulary holds strings",
    )
    expect(only(fitVocabulary([7]), ['7'])).toContain("expected column 'tag' to hold numbers but got '7' at row 0")
    expect(only(fitVocabulary([7]), [Infinity])).toContain('got Infinity at row 0')
  })

  it('that are hashed must hold strings or numbers', () => {
    const features = [sparseFeature('word', { hashBuckets: 4 })]
    expect(refusal({ features, columns: { word: ['a', ['b']] }, labels: {}, tasks: {} })).toContain(
      "expected column 'word' to hold strings or finite numbers but got a list of 1 at row 1: because it is hashed",
    )
  })
})

describe('labels', () => {
  it.each([2, 0.5, -1, Infinity, '1', '', null, true])('of a binary task must be 0, 1 or NaN: not %s', (label) => {
    expect(refusal({ labels: { ...valid.labels, click: [0, label as number] } })).toBe(
      `dataset: expected labels of 'click' to be 0, 1 or NaN but got ${show(label)} at row 1: because only NaN leaves a row out`,
    )
  })

  it.each([Infinity, -Infinity, 1e39, '1', '', null, undefined])(
    'of a regression must be finite or NaN: not %s',
    (label) => {
      const said = `labels of 'share' to be finite float32 numbers or NaN but got ${show(label)} at row 0`
      expect(refusal({ labels: { ...valid.labels, share: [label as number, 1] } })).toContain(said)
      expect(refusal({ labels: { share: [label as number, 1] }, tasks: {} })).toContain(said)
    },
  )

  it('must be as many as rows', () => {
    expect(refusal({ labels: { ...valid.labels, share: [1] } })).toBe(
      "dataset: expected 2 rows in labels of 'share' but got 1: because column 'user' has 2",
    )
  })

  it('must not be features, by name or as the very same array', () => {
    const because = 'because a model would read what it is to predict'
    expect(refusal({ labels: { ...valid.labels, age: [0, 1] } })).toBe(
      `dataset: expected labels apart from features but got 'age' in both: ${because}`,
    )
    expect(refusal({ labels: { ...valid.labels, liking: [0, 1] } })).toContain("got 'liking' in both")
    expect(refusal(withColumn('click', [0, 1]))).toContain("got 'click' in both")
    const clicks = [0, 1]
    expect(refusal({ columns: { ...valid.columns, age: clicks }, labels: { click: clicks }, tasks: {} })).toBe(
      "dataset: expected labels apart from features but got label 'click' as column 'age': because they are the very same array",
    )
  })

  it('must be there for every task, by names that records can have', () => {
    expect(refusal({ labels: { clicks: [0, 1], share: [0, 1] } })).toBe(
      "dataset: expected labels of task 'click' but got none: because tasks name it, did you mean 'clicks'?",
    )
    expect(refusal({ labels: { constructor: [0, 1] }, tasks: {} })).toContain('label names that no object already has')
    expect(refusal({ tasks: { click: 'ordinal' as 'binary' } })).toContain(
      "expected tasks to be an object, each of its members to be 'binary' or 'regression' or a kind of task but got 'ordinal' of 'click'",
    )
  })
})

it.each([undefined, null, 7, 'abc', new Set([1, 2]), new DataView(new ArrayBuffer(2))])(
  'refuses %s for a column or for labels',
  (value) => {
    const said = 'to be an object, each of its members to be an array or a typed one but got'
    expect(refusal(withColumn('user', value))).toBe(`dataset: expected columns ${said} ${show(value)} of 'user'`)
    expect(refusal({ labels: { click: value as unknown as number[] }, tasks: {} })).toBe(
      `dataset: expected labels ${said} ${show(value)} of 'click'`,
    )
  },
)

it('refuses to be without features, or with features that do not go together', () => {
  expect(refusal({ features: [] })).toContain('expected at least one feature but got none')
  expect(refusal({ features: [user, user] })).toContain("feature 'user': expected distinct names")
})

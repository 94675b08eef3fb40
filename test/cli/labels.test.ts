/** Which columns are labels, and of what kind, for tables that are written down here. */
import { describe, expect, it } from 'vitest'
import { labelsIn } from '../../cli/labels.ts'
import { openTable } from '../../src/tables.ts'

const ROWS = `SELECT i % 2 = 0 AS liked, i % 4 AS stars, ['news', 'drama', 'it''s', NULL][1 + i % 4] AS genre, i - 3 AS below,
  [i] AS seen, [i % 2, 1] AS flags, CASE WHEN i % 3 > 0 THEN ['loud', 'short'][:i % 3] END AS tags, 'same' AS same FROM range(12) rows(i)`

const labels = async (...given: readonly string[]) => {
  const table = await openTable({ sql: ROWS })
  try {
    return await labelsIn(table, given)
  } finally {
    table.close()
  }
}

describe('labels', () => {
  it('are of the kind that is asked for, or that their values may be', async () => {
    expect(await labels('liked', 'stars', 'stars:count')).toEqual([
      { column: 'liked', kind: 'binary', why: 'asked for' },
      { column: 'stars', kind: 'regression', why: 'asked for' },
      { column: 'stars', kind: 'count', why: 'asked for' },
    ])
  })

  it('of classes are as many as numbers say, or have the names that texts are, in order', async () => {
    const names = ['drama', "it's", 'news']
    expect(await labels('stars:multiclass', 'genre', 'genre:multiclass')).toEqual([
      { column: 'stars', kind: 'multiclass', classes: 4, why: 'asked for' },
      { column: 'genre', kind: 'multiclass', classes: names, why: 'asked for' },
      { column: 'genre', kind: 'multiclass', classes: names, why: 'asked for' },
    ])
  })

  it('of several a row are as many as lists are long, or the names that are in them', async () => {
    expect(await labels('flags:multilabel', 'tags', 'tags:multilabel')).toEqual([
      { column: 'flags', kind: 'multilabel', classes: 2, why: 'asked for' },
      { column: 'tags', kind: 'multilabel', classes: ['loud', 'short'], why: 'asked for' },
      { column: 'tags', kind: 'multilabel', classes: ['loud', 'short'], why: 'asked for' },
    ])
  })

  it('are guessed by name, and texts are not', async () => {
    expect((await labels()).map(({ column }) => column)).toEqual(['liked', 'stars'])
  })

  it.each([
    ['genre:binary', 'expected multiclass, as texts are, for --label genre but got binary'],
    [
      'liked:ordinal',
      'expected one of binary, regression, count, multiclass, multilabel for --label liked but got ordinal',
    ],
    [
      'below:multiclass',
      'expected classes from 0 to at most 999, or their names for --label below but got numbers from -3 to 8',
    ],
    ['seen', 'expected numbers or texts of more than one value for --label seen but got column of BIGINT[]'],
    ['tags:binary', 'expected multilabel, as lists are, for --label tags but got binary'],
    ['seen:multilabel', 'expected lists of 2 to 1000 labels for --label seen but got lists of at most 1'],
    ['liked:multilabel', 'expected a column of lists, as multilabel is, for --label liked but got column of BOOLEAN'],
    ['same', 'expected numbers or texts of more than one value for --label same but got column of VARCHAR'],
    ['lik', "expected a column 'lik' but got none"],
  ])('%s is refused in words', async (given, words) => {
    await expect(labels(given)).rejects.toThrow(words)
  })
})

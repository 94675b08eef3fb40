/** Labels of tasks that have several a row: from a column of lists or from a column each, as `dataset` has them. */
import { describe, expect, it } from 'vitest'
import { dataset, sparseFeature } from '../../src/index.ts'
import { tableDataset } from '../../src/tables.ts'
import type { TableDatasetOptions } from '../../src/tables.ts'
import { multilabel } from '../../src/tasks.ts'

const ROWS = `FROM (VALUES (0, ['short'], [1, 0], true, 1.0), (1, ['loud', 'short'], [NULL, 1], false, NULL), (2, [], [0, 0], true, 0),
  (0, NULL, NULL, NULL, NULL)) rows(user, names, flags, sweet, salty)`

const NAMES = ['short', 'loud']
const tags = multilabel(NAMES)
const COLUMNS = { user: [0, 1, 2, 0] }

const read = async (labels: NonNullable<TableDatasetOptions['labels']>, rows = ROWS) =>
  (
    await tableDataset({
      sql: rows,
      features: [{ kind: 'sparse', name: 'user', vocabularySize: 3 }],
      tasks: { tags },
      labels,
    })
  ).training.labels.tags

const byHand = (labels: readonly (number | readonly (number | string)[])[]): Float32Array =>
  dataset({
    features: [sparseFeature('user', { vocabularySize: 3 })],
    columns: COLUMNS,
    labels: { tags: labels },
    tasks: { tags },
  }).labels.tags

describe('several labels a row', () => {
  it.each<[from: string, labels: NonNullable<TableDatasetOptions['labels']>, same: Parameters<typeof byHand>[0]]>([
    ['a list of their names', { tags: 'names' }, [['short'], ['loud', 'short'], [], NaN]],
    ['a list of numbers', { tags: 'flags' }, [[1, 0], [NaN, 1], [0, 0], NaN]],
    ['a column for each', { tags: ['sweet', 'salty'] }, [[1, 1], [0, NaN], [1, 0], NaN]],
  ])('come from %s', async (_, labels, same) => {
    expect(await read(labels)).toEqual(byHand(same))
  })

  it('of which there are thousands of rows, chunk by chunk', async () => {
    const rows = `SELECT i % 3 AS user, [i % 2, i % 5 // 4] AS tags FROM range(5000) rows(i)`
    const labels = await read({}, rows)
    expect(labels).toEqual(
      Float32Array.from({ length: 10_000 }, (__, at) => (at % 2 ? Math.floor(((at >> 1) % 5) / 4) : (at >> 1) % 2)),
    )
  })

  it.each<[what: string, labels: NonNullable<TableDatasetOptions['labels']>, words: string]>([
    [
      'another number of columns',
      { tags: ['sweet'] },
      "expected a column for each of 2 labels of task 'tags' but got 1: because each is a number of a row",
    ],
    [
      'a column without lists',
      { tags: 'sweet' },
      "expected lists, or a column for each label, for feature 'tags' but got column 'sweet' of BOOLEAN",
    ],
    [
      'several columns for one label',
      { tags: 'names', liked: ['sweet', 'salty'] },
      "expected one column for task 'liked' but got 2",
    ],
    [
      'a column that a feature reads',
      { tags: ['sweet', 'user'] },
      "expected labels apart from features but got 'user' of task 'tags' in feature 'user'",
    ],
    ['a column that is not there', { tags: ['sweet', 'salt'] }, "expected a column 'salt' but got none"],
  ])('are refused of %s', async (_, labels, words) => {
    await expect(read(labels)).rejects.toThrow(words)
  })

  it('are refused of names that the task does not know, with the row', async () => {
    const rows = `FROM (VALUES (0, ['short']), (1, ['sweet'])) rows(user, tags)`
    await expect(read({}, rows)).rejects.toThrow(
      /labels of 'tags' to be lists of 2 numbers.*but got \[.*sweet.*\] at row 1/,
    )
  })
})

/** Tables of one's own: what columns are taken for, and every way in which one is refused. */
import { describe, expect, it } from 'vitest'
import { DEFAULTS } from '../../lab/watch/settings.ts'
import type { Roles } from '../../lab/watch/settings.ts'
import { foundIn, parsed, tablePrepared } from '../../lab/watch/table.ts'
import { viewsTable } from './viewsTable.ts'

const ROLES: Roles = { number: ['minutes'], category: ['user'], binary: ['liked'], regression: ['watched'] }

describe('a table', () => {
  it('is read by column, empty lines, quotes and a mark of its encoding aside', () => {
    const text = `\uFEFFa,b,"c, d"\r\n${'1,2,"x\ny"\r\n\r\n'.repeat(8)}`
    const { names, rows, cells } = parsed(text)
    expect(names).toEqual(['a', 'b', 'c, d'])
    expect(rows).toBe(8)
    expect(cells['c, d'][7]).toBe('x\ny')
  })

  it('has the last two columns of numbers for tasks, and leaves out what names rows', () => {
    const { rows, columns } = foundIn(parsed(viewsTable(90)))
    expect(rows).toBe(90)
    expect(columns.map(({ name, guess, empty }) => [name, guess, empty])).toEqual([
      ['view', 'out', 0],
      ['user', 'category', 0],
      ['minutes', 'number', 10],
      ['liked', 'binary', 8],
      ['watched', 'regression', 0],
    ])
  })

  it.each([
    ['no third column', 'a,b\n1,2\n', 'at least three columns but got 2'],
    ['a column without a name', `a,,c\n${'1,2,3\n'.repeat(9)}`, 'a name for every column but got none for column 2'],
    ['one name twice', `a,b,a\n${'1,2,3\n'.repeat(9)}`, "columns of different names but got 'a' twice"],
    ['a line that is short', `a,b,c\n${'1,2,3\n'.repeat(9)}1,2\n`, '3 cells in line 11 but got 2'],
    ['a quote that is open', `a,b,c\n${'1,2,3\n'.repeat(9)}1,"2,3\n`, 'quotes that are closed but got one in line 11'],
    ['hardly a row', 'a,b,c\n1,2,3\n', 'at least 8 rows but got 1'],
  ])('is refused with %s', (_, text, words) => {
    expect(() => parsed(text)).toThrow(words)
  })
})

describe('rows of it', () => {
  const prepared = (text: string, roles: Partial<Roles> = {}) =>
    tablePrepared(parsed(text), { ...ROLES, ...roles }, DEFAULTS)

  it('are standardised by those that train alone, and an empty label is not known', () => {
    const { train, validation, tasks, notes } = prepared(viewsTable(400))
    expect(tasks).toEqual({ liked: 'binary', watched: 'regression' })
    expect([train.rows, validation.rows]).toEqual([300, 100])
    const { watched, liked } = train.labels
    const mean = watched.reduce((total, each) => total + each, 0) / 300
    expect(mean).toBeCloseTo(0, 5)
    expect(watched.reduce((total, each) => total + each * each, 0) / 300).toBeCloseTo(1, 5)
    const unknown = [...liked, ...validation.labels.liked].filter(Number.isNaN)
    expect(unknown).toHaveLength(37)
    expect(notes[0]).toMatch(/^watched is standardised/)
  })

  it.each([
    [
      'a label that is no number',
      viewsTable(30).replace(/,0\.\d+\n$/, ',x\n'),
      {},
      "numbers or nothing in column 'watched' but got 'x' in line 31",
    ],
    [
      'a label that is neither yes nor no',
      viewsTable(30).replace(/,[01],/, ',2,'),
      {},
      "0, 1 or nothing in column 'liked' but got '2' in line 2",
    ],
    [
      'a number that is none',
      viewsTable(30).replace(/(ann|bob|cem|dee|eva),[\d.]+/, '$1,long'),
      {},
      "numbers or nothing in column 'minutes' but got 'long'",
    ],
    ['one task', viewsTable(30), { binary: [] }, 'at least two tasks but got 1'],
    [
      'nothing to predict from',
      viewsTable(30),
      { number: [], category: [] },
      'at least one column to predict from but got none',
    ],
    ['a column of another file', viewsTable(30), { number: ['hours'] }, "columns of the file but got 'hours'"],
  ])('are refused with %s', (_, text, roles, words) => {
    expect(() => prepared(text, roles)).toThrow(words)
  })
})

/**
 * A table of one's own: its columns as they were read, and rows to train on as the roles of columns say. What cannot be read
 * is refused by line and column; nothing is guessed about a cell.
 */
import Papa from 'papaparse'
import { dataset, denseFeature, fitVocabulary, sparseFeature } from '../../src/index.ts'
import type { Column, Feature } from '../../src/index.ts'
import { fitScaling } from '../../src/encoding.ts'
import type { FoundColumn, FoundTable } from './messages.ts'
import type { Roles, Settings } from './settings.ts'
import { rowOrder } from './data.ts'
import type { Prepared } from './data.ts'

/** Beyond these a page would be busy for too long. */
const MOST_BYTES = 50e6
const MOST_COLUMNS = 200
const LEAST_ROWS = 8
/** Of the cells that are not empty, so many have to be numbers for a column to be taken as one of numbers. */
const NUMBERS = 0.9
/** A column of more values than this share of its rows names rows, and says nothing about others. */
const NAMES = 0.9

export interface ParsedTable {
  readonly names: readonly string[]
  readonly rows: number
  /** By column, as they stand. */
  readonly cells: Readonly<Record<string, readonly string[]>>
}

const refuse = (expected: string, got: string, because: string): never => {
  throw new RangeError(`table: expected ${expected} but got ${got}: because ${because}`)
}

/** The cells of a file by column. @throws RangeError naming the line, where it is no table. */
export function parsed(text: string): ParsedTable {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' })
  const quote = errors.find(({ type }) => type === 'Quotes')
  if (quote) refuse('quotes that are closed', `one in line ${(quote.row ?? 0) + 1} that is not`, quote.message)
  const [header = [], ...rows] = data
  const names = header.map((name) => name.trim())
  if (names.length < 3)
    refuse('at least three columns', `${names.length}`, 'two tasks have to be predicted from something')
  if (names.length > MOST_COLUMNS) refuse(`at most ${MOST_COLUMNS} columns`, `${names.length}`, 'this is a page')
  names.forEach((name, at) => {
    if (name === '') refuse('a name for every column', `none for column ${at + 1}`, 'the first line has to be names')
    if (names.indexOf(name) < at) refuse('columns of different names', `'${name}' twice`, 'a role is told by name')
  })
  rows.forEach((row, at) => {
    if (row.length !== names.length)
      refuse(`${names.length} cells in line ${at + 2}`, `${row.length}`, 'the first line has as many names')
  })
  if (rows.length < LEAST_ROWS) refuse(`at least ${LEAST_ROWS} rows`, `${rows.length}`, 'a quarter of them validates')
  const cells = Object.fromEntries(names.map((name, at) => [name, rows.map((row) => row[at].trim())]))
  return { names, rows: rows.length, cells }
}

/** A file as text. @throws RangeError where it is too large. */
async function textOf(file: Blob): Promise<string> {
  if (file.size > MOST_BYTES)
    refuse(`a file of at most ${MOST_BYTES / 1e6} MB`, `${(file.size / 1e6).toFixed(1)} MB`, 'this page reads it whole')
  return file.text()
}

const isNumber = (cell: string): boolean => Number.isFinite(Number(cell))

function guessOf(cells: readonly string[], distinct: number): FoundColumn['guess'] {
  const there = cells.filter((cell) => cell !== '')
  if (distinct < 2) return 'out'
  if (there.filter(isNumber).length >= NUMBERS * there.length) return 'number'
  return distinct > NAMES * there.length ? 'out' : 'category'
}

/** What columns are, and what they may be for: the last two of numbers are taken for the tasks. */
export function foundIn({ names, rows, cells }: ParsedTable): FoundTable {
  const columns = names.map((name): FoundColumn => {
    const distinct = new Set(cells[name].filter((cell) => cell !== '')).size
    const empty = cells[name].filter((cell) => cell === '').length
    const example = cells[name].find((cell) => cell !== '') ?? ''
    return { name, guess: guessOf(cells[name], distinct), distinct, empty, example }
  })
  const tasks = columns.filter(({ guess }) => guess === 'number').slice(-2)
  const isBinary = (name: string): boolean => cells[name].every((cell) => ['', '0', '1'].includes(cell))
  return {
    rows,
    columns: columns.map((column) =>
      tasks.includes(column) ? { ...column, guess: isBinary(column.name) ? 'binary' : 'regression' } : column,
    ),
  }
}

/** Cells as numbers, NaN where there is none. @throws RangeError at the first that is another thing, by its line. */
function numbersOf(name: string, cells: readonly string[], as: string, fits = isNumber): Float64Array {
  return Float64Array.from(cells, (cell, row) => {
    if (cell === '') return NaN
    return fits(cell)
      ? Number(cell)
      : refuse(`${as} or nothing in column '${name}'`, `'${cell}' in line ${row + 2}`, 'this is what the column is for')
  })
}

/** The deviation of what is there, and its mean. */
function momentsOf(values: Float64Array, rows: Int32Array): { readonly mean: number; readonly deviation: number } {
  const there = Array.from(rows, (row) => values[row]).filter((value) => !Number.isNaN(value))
  const mean = there.reduce((total, value) => total + value, 0) / there.length
  const variance = there.reduce((total, value) => total + (value - mean) ** 2, 0) / there.length
  return { mean, deviation: Math.sqrt(variance) }
}

/**
 * A table as features and labels. Scalings and vocabularies are fitted on rows that train.
 * @throws RangeError where roles do not fit the table, or a cell not its role.
 */
export function tablePrepared({ names, rows, cells }: ParsedTable, roles: Roles, { seed }: Settings): Prepared {
  const used = Object.values(roles).flat() as readonly string[]
  const strange = used.find((name) => !names.includes(name))
  if (strange !== undefined) refuse('columns of the file', `'${strange}'`, `it has ${names.join(', ')}`)
  const tasks = [...roles.binary, ...roles.regression]
  if (tasks.length < 2) refuse('at least two tasks', `${tasks.length}`, 'one task has nobody to learn with')
  if (roles.number.length + roles.category.length === 0)
    refuse('at least one column to predict from', 'none', 'tasks and what is left out are none')
  const order = rowOrder(rows, seed)
  const notes: string[] = []
  const columns: Record<string, Column> = {}
  const features = [
    ...roles.number.map((name): Feature => {
      const values = numbersOf(name, cells[name], 'numbers')
      columns[name] = values
      const fitted = Array.from(order.train, (row) => values[row])
      return denseFeature(name, { scaling: fitScaling(fitted, { missing: 'median', standardise: true }) })
    }),
    ...roles.category.map((name): Feature => {
      const values = cells[name].map((cell) => (cell === '' ? null : cell))
      columns[name] = values
      const vocabulary = fitVocabulary(Array.from(order.train, (row) => values[row]))
      return sparseFeature(name, { vocabulary, dimension: 4 })
    }),
  ]
  const labels: Record<string, Float64Array> = {}
  for (const name of roles.binary)
    labels[name] = numbersOf(name, cells[name], '0, 1', (cell) => cell === '0' || cell === '1')
  for (const name of roles.regression) {
    const values = numbersOf(name, cells[name], 'numbers')
    const { mean, deviation } = momentsOf(values, order.train)
    if (!(deviation > 0)) refuse(`labels of '${name}' that differ`, 'one number', 'there is nothing to learn')
    labels[name] = values.map((value) => (value - mean) / deviation)
    notes.push(
      `${name} is standardised: (x − ${mean.toPrecision(4)}) / ${deviation.toPrecision(4)}, so that an error of 1 is that of its mean.`,
    )
  }
  const kinds = Object.fromEntries(
    tasks.map((task) => [task, roles.binary.includes(task) ? 'binary' : 'regression'] as const),
  )
  const all = dataset({ features, columns, labels, tasks: kinds })
  return { tasks: kinds, train: all.select(order.train), validation: all.select(order.validation), notes }
}

/** What the columns of a file are. @throws RangeError where it is no table. */
export const foundInFile = async (file: Blob): Promise<FoundTable> => foundIn(parsed(await textOf(file)))

/** A file as features and labels. @throws RangeError where roles or cells do not fit. */
export const preparedFile = async (file: Blob, settings: Settings): Promise<Prepared> =>
  tablePrepared(parsed(await textOf(file)), settings.roles, settings)

/**
 * What features read, as SQL that leaves two kinds of cells: numbers, NaN where one is missing, and texts. It refuses
 * columns whose type has no one meaning for a feature, saying what to write instead.
 */
import type { Feature } from '../data/index.ts'
import { nameOf } from './featureSpec.ts'
import type { DenseSpec, FeatureSpec, ColumnSpec, SparseSpec, VarLenSpec } from './featureSpec.ts'
import type { Table } from './openTable.ts'
import { literal, quoted } from './sql.ts'
import { readType } from './types.ts'
import type { Cell, ReadType } from './types.ts'

/** A column as a dataset has it: under its name there, an expression of the table's columns. */
export interface ColumnRead {
  readonly name: string
  readonly sql: string
  readonly cell: Cell
  readonly list: boolean
}

const NAN = `'nan'::DOUBLE`
const INTEGER = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^BIGNUM$/

/** Says what is read, of which column and type. */
interface Asked {
  readonly who: string
  readonly name: string
  readonly column: string
  readonly type: string
  readonly read: ReadType
}

const refuse = ({ who, name, column, type, read }: Asked, expected: string, because?: string): never => {
  const { instead = 'CAST(x AS VARCHAR)' } = read.use
  throw new RangeError(
    `${who}: expected ${expected} for feature '${name}' but got column '${column}' of ${type}: because ` +
      `${because ?? 'it has no one meaning as that'}; write ${instead.replaceAll(/\bx\b/g, () => quoted(column))} in sql`,
  )
}

function ask(who: string, table: Table, name: string, column: string): Asked {
  const { type } = table.column(who, column)
  return { who, name, column, type, read: readType(type) }
}

/** Microseconds since 1970, whatever the type of a date or time. */
const microseconds = (x: string): string => `epoch_us(${x})`

/** A part of a date or a time as a DOUBLE, in UTC. */
function timePart(asked: Asked, table: Table, { time, until }: Pick<ColumnSpec, 'time' | 'until'>): string {
  const x = quoted(asked.column)
  const { list, use } = asked.read
  if (list || use.time === undefined || (use.time === 'clock' && time !== 'hour'))
    refuse(asked, `a ${use.time === 'clock' ? 'date' : 'date or a time'} with ${time!}`)
  if (use.time === 'clock') return `CAST(hour(${x}) AS DOUBLE)`
  const moment = `make_timestamp(${microseconds(x)})`
  if (time !== 'age') return `CAST(${time === 'weekday' ? 'isodow' : time!}(${moment}) AS DOUBLE)`
  if (until === undefined) refuse(asked, 'until, a date or a column, beside age', 'an age is of some day')
  const known = table.columns.some(({ name }) => name === until)
  const end = known ? quoted(until!) : `CAST(${literal(until!)} AS TIMESTAMP)`
  return `(${microseconds(end)} - ${microseconds(x)}) / 86400000000.0`
}

/** Numbers of one column: lists of them where it has lists. */
function numbers(asked: Asked, what = 'a number'): Pick<ColumnRead, 'sql' | 'cell' | 'list'> {
  const { read, column } = asked
  const { number } = read.use
  if (!number) return refuse(asked, what)
  const of = (x: string): string => `coalesce(${number(x)}, ${NAN})`
  return read.list
    ? { ...listed(quoted(column), read, of), cell: 'number' }
    : { sql: of(quoted(column)), cell: 'number', list: false }
}

const listed = (x: string, { element }: ReadType, of: (v: string) => string): { sql: string; list: true } => ({
  sql: `list_transform(coalesce(CAST(${x} AS ${element}[]), []), lambda v: ${of('v')})`,
  list: true,
})

/** How a feature tells values apart: by what its vocabulary has, by a spec, or by the column's type. */
function cellOf(asked: Asked, spec: SparseSpec | VarLenSpec | undefined, feature: Feature | undefined): Cell {
  const values = feature && feature.kind !== 'dense' ? feature.vocabulary?.values : undefined
  if (values && values.length > 0) return typeof values[0] === 'string' ? 'text' : 'number'
  if (spec?.as) return spec.as
  return asked.read.use.category ?? refuse(asked, 'a category')
}

/** Categories of one column. */
function categories(
  asked: Asked,
  spec?: SparseSpec | VarLenSpec,
  feature?: Feature,
): Pick<ColumnRead, 'sql' | 'cell' | 'list'> {
  const { read, column } = asked
  const x = quoted(column)
  if (spec?.kind === 'varLen' && spec.separator !== undefined) {
    if (read.list || read.use.category !== 'text') refuse(asked, 'texts to split')
    const text = `CAST(${x} AS VARCHAR)`
    const parts = `string_split(${text}, ${literal(spec.separator)})`
    return {
      sql: `CASE WHEN coalesce(${text}, '') = '' THEN []::VARCHAR[] ELSE ${parts} END`,
      cell: 'text',
      list: true,
    }
  }
  const cell = cellOf(asked, spec, feature)
  if (cell === 'number') return numbers(asked, 'numbers as categories')
  if (read.use.category !== 'text' && !INTEGER.test(read.element))
    refuse(asked, 'texts as categories', `'1.0' and '1' would differ`)
  const of = (v: string): string => `CAST(${v} AS VARCHAR)`
  return read.list ? { ...listed(x, read, of), cell } : { sql: of(x), cell, list: false }
}

/** Of a row without a list, as many missing numbers as it should have. */
const filled = (x: string, list: string, dimension: number): string =>
  `CASE WHEN ${x} IS NULL THEN list_resize([]::DOUBLE[], ${dimension}, ${NAN}) ELSE ${list} END`

/** What the values of one feature are, as SQL. */
export function readOf(
  who: string,
  table: Table,
  spec: Exclude<FeatureSpec, { kind: 'crossed' }>,
  feature?: Feature,
): ColumnRead {
  const { name, column = name } = spec
  const asked = ask(who, table, name, column)
  if (spec.kind !== 'varLen' && spec.time !== undefined)
    return { name, sql: `coalesce(${timePart(asked, table, spec)}, ${NAN})`, cell: 'number', list: false }
  if (spec.kind === 'dense') {
    const read = numbers(asked)
    if (!read.list || spec.missing === undefined) return { name, ...read }
    return { name, ...read, sql: filled(quoted(column), read.sql, dimensionOf(table, spec)) }
  }
  const given = [spec.edges, spec.bins, spec.vocabularySize].some((way) => way !== undefined)
  const read = given ? numbers(asked) : categories(asked, spec, feature)
  if (read.list !== (spec.kind === 'varLen'))
    refuse(
      asked,
      spec.kind === 'varLen' ? 'lists, or a separator,' : 'one value per row',
      `a ${spec.kind} feature has ${read.list ? 'one value' : 'a list'} in a row`,
    )
  return { name, ...read }
}

/**
 * The labels of a task that has several a row: a column of numbers for each, or one column of lists, of numbers or of names.
 * A row without a list has one missing label in its place.
 */
export function labelsRead(who: string, table: Table, task: string, columns: string | readonly string[]): ColumnRead {
  const read = { name: task, list: true }
  if (typeof columns !== 'string') {
    const each = columns.map((column) => numberRead(who, table, task, column).sql)
    return { ...read, sql: `list_value(${each.join(', ')})`, cell: 'number' }
  }
  const asked = ask(who, table, task, columns)
  const { list, element, use } = asked.read
  if (!list) refuse(asked, 'lists, or a column for each label,', 'a row has several labels')
  const of = use.number ? `coalesce(${use.number('v')}, ${NAN})` : 'CAST(v AS VARCHAR)'
  const items = `list_transform(CAST(${quoted(columns)} AS ${element}[]), lambda v: ${of})`
  return { ...read, sql: `coalesce(${items}, [${use.number ? NAN : 'NULL'}])`, cell: use.number ? 'number' : 'text' }
}

/** How many numbers a row has: those of an array, where nobody says. */
export const dimensionOf = (table: Table, { dimension, name, column = name }: DenseSpec): number =>
  dimension ?? readType(table.columns.find((each) => each.name === column)?.type ?? '').length ?? 1

/** What all features read, each column once: weights and crossed columns too. */
export function readsOf(
  who: string,
  table: Table,
  specs: readonly FeatureSpec[],
  features: readonly Feature[],
): readonly ColumnRead[] {
  const reads = new Map<string, ColumnRead>()
  const add = (read: ColumnRead): void => void reads.set(read.name, read)
  specs.forEach((spec, place) => {
    if (spec.kind === 'crossed') return
    add(readOf(who, table, spec, features.at(place)))
    if (spec.kind === 'varLen' && spec.weights !== undefined)
      add({ name: spec.weights, ...numbers(ask(who, table, nameOf(spec), spec.weights), 'weights') })
  })
  for (const spec of specs)
    for (const name of spec.kind === 'crossed' ? spec.columns : [])
      if (!reads.has(name)) add({ name, ...categories(ask(who, table, nameOf(spec), name)) })
  return [...reads.values()]
}

/** A column of labels or of what rows count for: numbers, NaN where there is none, or, where they may be, names of classes. */
export function numberRead(who: string, table: Table, name: string, column: string, named = false): ColumnRead {
  const asked = ask(who, table, name, column)
  const isText = named && !asked.read.use.number
  const read = isText ? categories(asked) : numbers(asked, 'labels or weights')
  if (read.list) refuse(asked, 'one number per row')
  return { name, ...read }
}

/**
 * The columns of an Arrow table as `dataset` takes them, and as DuckDB would read them: Arrow's own memory where it holds
 * numbers one behind the other. It refuses columns whose type has no one meaning as a number or a category, by name.
 */
import { checkOptions, didYouMean, having, checkValue, listOf, oneOf, text } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import type { Column, LabelColumn } from '../data/index.ts'
import { isLong, joined, listed, lookedUp, numbersOf, textsOf } from './arrowCells.ts'
import type { Cells, ReadCells } from './arrowCells.ts'
import { days, microseconds, momentOf, partRead, timeOf } from './arrowTime.ts'
import { ARROW } from './arrowTypes.ts'
import type { ArrowData, ArrowTable, ArrowType, ArrowVector } from './arrowTypes.ts'
import type { TimePart } from './featureSpec.ts'

/** How a column is read, where its type does not say it: as in the specs of features. */
export interface ArrowRead {
  readonly name: string
  /** The column of the table. Default the name. */
  readonly column?: string
  /** Default numbers, but texts for texts, dates and, as big integers, whole numbers of 64 bits. */
  readonly as?: 'text' | 'number'
  /** Of a date or a time, the part that is taken, in UTC. `age` is in days, up to `until`. */
  readonly time?: TimePart
  /** Of `age`: a column, or a date such as `2024-05-31`. */
  readonly until?: string
  /** What a column of texts is split at, such as a comma. */
  readonly separator?: string
}

/** A column, for features or for labels: what is in it says which, and `dataset` checks it. */
export type ArrowColumn = Column & LabelColumn

const READ: Checks<ArrowRead> = {
  name: text,
  column: text,
  as: oneOf('text', 'number'),
  time: oneOf('hour', 'weekday', 'day', 'month', 'year', 'age'),
  until: text,
  separator: text,
}

const WHO = 'arrowColumns'

const fail = (expected: string, got: string, because: string): never => {
  throw new RangeError(`${WHO}: expected ${expected} but got ${got}: because ${because}`)
}

/** A column that is asked for. */
interface Asked extends ArrowRead {
  readonly column: string
  readonly vector: ArrowVector
}

const refuse = ({ name, column, vector }: Asked, expected: string, because: string): never =>
  fail(`${expected} for '${name}'`, `column '${column}' of ${vector.type.toString()}`, because)

const LISTS: readonly number[] = [ARROW.list, ARROW.largeList, ARROW.fixedSizeList]

/** How cells of a type are read, or nothing. */
function readOf(type: ArrowType, as: ArrowRead['as']): ReadCells | undefined {
  if (type.typeId === ARROW.dictionary) {
    const read = readOf(type.dictionary!, as)
    return read && lookedUp(read)
  }
  if (LISTS.includes(type.typeId)) {
    const { type: element } = type.children![0]
    const read = LISTS.includes(element.typeId) ? undefined : readOf(element, as)
    return read && listed(read)
  }
  if (as) return as === 'text' ? textsOf(type) : numbersOf(type)
  return isLong(type) ? textsOf(type) : (numbersOf(type) ?? textsOf(type))
}

/** Days from each time to an end: a moment, or that of another column in the same row. */
function ages(asked: Asked, columns: ReadonlyMap<string, ArrowVector>): Cells {
  const { until } = asked
  if (until === undefined) return refuse(asked, 'until, a date or a column, beside age', 'an age is of some day')
  const other = columns.get(until)
  if (other && timeOf(other.type) !== 'calendar')
    return fail(`a date or a time in column '${until}'`, other.type.toString(), `'${asked.name}' is an age up to it`)
  const times = ({ data }: ArrowVector): readonly (bigint | undefined)[] =>
    data.flatMap((part: ArrowData) => {
      const at = microseconds(part)
      return Array.from({ length: part.length }, (_, index) => (part.getValid(index) ? at(index) : undefined))
    })
  const fixed =
    other === undefined
      ? (momentOf(until) ??
        fail(`until of '${asked.name}' to be a column or a date such as 2024-05-31`, `'${until}'`, 'it is neither'))
      : undefined
  const ends = other && times(other)
  return Float64Array.from(times(asked.vector), (from, row) => {
    const to = ends ? ends[row] : fixed
    return from === undefined || to === undefined ? NaN : days(from, to)
  })
}

function cellsOf(asked: Asked, columns: ReadonlyMap<string, ArrowVector>): Cells {
  const { vector, as, time, separator } = asked
  const { type } = vector
  const is = timeOf(type)
  if (time !== undefined) {
    if (is === undefined || (is === 'clock' && time !== 'hour'))
      return refuse(
        asked,
        is === 'clock' ? `a date with ${time}` : `a date or a time with ${time}`,
        'it has no such part',
      )
    return time === 'age' ? ages(asked, columns) : joined(vector.data.map(partRead(time)))
  }
  if (asked.until !== undefined) return refuse(asked, 'time: age beside until', 'an age is of some day')
  const read = readOf(type, separator === undefined ? as : 'text')
  if (separator !== undefined) {
    const held = type.typeId === ARROW.dictionary ? type.dictionary! : type
    if (!read || numbersOf(held) || LISTS.includes(type.typeId))
      return refuse(asked, 'texts to split', 'there are none')
    return Array.from(joined(vector.data.map(read)) as readonly (string | null)[], (cell) =>
      cell ? cell.split(separator) : [],
    )
  }
  if (read) return joined(vector.data.map(read))
  return refuse(
    asked,
    as === undefined ? 'numbers, texts or lists of them' : `${as}s`,
    is
      ? `a time is read by a part of it; give { name: '${asked.column}_hour', column: '${asked.column}', time: 'hour' }, or leave it out by table.select`
      : 'it has no one meaning as that; make another column of it, or leave it out by table.select',
  )
}

/**
 * The columns of a table of apache-arrow, by name, as DuckDB would read them: booleans are 0 and 1, decimals numbers, dates
 * texts, whole numbers of 64 bits BigInt, dictionaries what they stand for. A number that is missing is NaN, which in labels
 * leaves the row out; a text or a list that is missing is null. Nothing is copied where a column is one stretch of numbers
 * without nulls, or lists of such; what comes then is Arrow's own memory, and must not be written to.
 *
 * @param reads what is read otherwise, and under other names. A column that is named in none is read as its type says.
 * @throws RangeError if an option is not known, there is no such column, or its type cannot be read like that.
 */
export function arrowColumns(
  table: ArrowTable,
  reads: readonly ArrowRead[] = [],
): Readonly<Record<string, ArrowColumn>> {
  checkValue(WHO, 'the first argument', table, having('a table of apache-arrow', 'schema', 'getChildAt'))
  checkValue(WHO, 'the second argument', reads, listOf(having('a reading', 'name')))
  const names = table.schema.fields.map(({ name }) => name)
  const columns = new Map(names.map((name, place) => [name, table.getChildAt(place)!]))
  for (const read of reads) {
    checkOptions(WHO, read, READ)
    const { name, column = name } = read
    if (!columns.has(column)) fail(`a column '${column}'`, 'none', `'${name}' reads it${didYouMean(column, names)}`)
  }
  const named = reads.map(({ name, column = name }) => column)
  const all: readonly ArrowRead[] = [
    ...names.filter((name) => !named.includes(name)).map((name) => ({ name })),
    ...reads,
  ]
  const twice = [...names.filter((name, at) => names.indexOf(name) < at), ...all.map(({ name }) => name)].find(
    (name, at, list) => list.indexOf(name) < at,
  )
  if (twice !== undefined) fail('columns of different names', `'${twice}' twice`, 'records are keyed by them')
  return Object.fromEntries(
    all.map((read) => {
      const { column = read.name } = read
      return [read.name, cellsOf({ ...read, column, vector: columns.get(column)! }, columns) as ArrowColumn]
    }),
  )
}

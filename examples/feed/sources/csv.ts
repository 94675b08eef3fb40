/**
 * Reads named columns of a .csv or .csv.gz file into arrays, as it streams by. It refuses a row that is too short or too
 * long, and a number that is none, by file, line and column.
 */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CsvError, parse } from 'csv-parse/sync'
import type { Info } from 'csv-parse/sync'

/** What a column holds. An empty field is an empty string, and no number. */
export type ColumnType = 'number' | 'string'

export type Table<T extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof T]: T[Name] extends 'number' ? Float64Array : readonly string[]
}

interface Line {
  readonly fields: readonly string[]
  /** In the file, from 1. */
  readonly number: number
}

/** The lines of a block of whole lines. Only quotes need a parser; most blocks have none, and splitting is ten times as fast. */
function linesOf(file: string, block: string, first: number): readonly Line[] {
  if (!block.includes('"')) {
    const lines = block.replace(/\r?\n$/, '').split(/\r?\n/)
    return lines.map((line, index) => ({ fields: line.split(','), number: first + index }))
  }
  const lines: Line[] = []
  const take = (fields: string[], { lines: last }: Info): undefined =>
    void lines.push({ fields, number: first + last - 1 })
  try {
    parse(block, { relax_column_count: true, on_record: take })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const at = first + Number(error.lines) - 1
    throw new Error(`${file}, line ${at}: expected quotes around whole fields but got ${error.code}`, { cause: error })
  }
  return lines
}

/** All lines of a file, block by block. A block ends where a line does, and not within quotes. */
async function* blocks(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder()
  let pending = ''
  let first = 1
  for await (const chunk of bytes) {
    pending += decoder.decode(chunk, { stream: true })
    const end = pending.lastIndexOf('\n') + 1
    const block = pending.slice(0, end)
    if (end === 0 || block.split('"').length % 2 === 0) continue
    yield linesOf(file, block, first)
    first += block.split('\n').length - 1
    pending = pending.slice(end)
  }
  if (pending !== '') yield linesOf(file, pending, first)
}

/** Takes the fields of one column. Equal strings become one, for the sake of memory. */
interface Sink {
  readonly take: (field: string, line: number) => void
  readonly done: () => Float64Array | readonly string[]
}

function numbers(file: string, column: string): Sink {
  const values: number[] = []
  return {
    take: (field, line) => {
      const value = field.trim() === '' ? NaN : Number(field)
      if (!Number.isFinite(value))
        throw new Error(
          `${file}, line ${line}: expected a number but got '${field}': because column '${column}' has them`,
        )
      values.push(value)
    },
    done: () => Float64Array.from(values),
  }
}

function strings(): Sink {
  const values: string[] = []
  const known = new Map<string, string>()
  return {
    take: (field) => {
      let value = known.get(field)
      if (value === undefined) known.set(field, (value = field))
      values.push(value)
    },
    done: () => values,
  }
}

/**
 * The columns that `types` name; others are skipped.
 *
 * @throws Error naming file, line and column if a column is not there, a row has another number of fields than the
 * header, quotes are not closed, or a number is none.
 */
export async function readCsv<const T extends Readonly<Record<string, ColumnType>>>(
  path: string,
  types: T,
): Promise<Table<T>> {
  const file = basename(path)
  const sinks = Object.entries(types).map(([name, type]) => ({
    name,
    ...(type === 'number' ? numbers(file, name) : strings()),
  }))
  let header: readonly string[] | undefined
  let places: readonly number[] = []
  const open = (fields: readonly string[]): readonly string[] => {
    places = sinks.map(({ name }) => {
      if (fields.includes(name)) return fields.indexOf(name)
      throw new Error(`${file}, line 1: expected a column '${name}' but got ${fields.join(', ')}`)
    })
    return fields
  }
  const refuse = (names: readonly string[], fields: readonly string[], line: number): never => {
    const lost = names[fields.length]
    const because = lost === undefined ? 'there is no column for more' : `column '${lost}' has none`
    throw new Error(
      `${file}, line ${line}: expected ${names.length} fields but got ${fields.length}: because ${because}`,
    )
  }
  const packed = createReadStream(path)
  // What goes wrong in one of the two goes wrong for who reads, below.
  const bytes: Readable = path.endsWith('.gz')
    ? pipeline(packed, createGunzip({ chunkSize: 1 << 18 }), () => undefined)
    : packed
  for await (const lines of blocks(file, bytes))
    for (const { fields, number } of lines) {
      if (!header) header = open(fields)
      else if (fields.length === header.length) sinks.forEach(({ take }, index) => take(fields[places[index]], number))
      else refuse(header, fields, number)
    }
  if (!header) throw new Error(`${file}: expected a header but got an empty file`)
  return Object.fromEntries(sinks.map(({ name, done }) => [name, done()])) as Table<T>
}

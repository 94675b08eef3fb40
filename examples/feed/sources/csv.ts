/**
 * Reads named columns of a .csv or .csv.gz file into arrays, as it streams by. It refuses a row that is too short or too
 * long, and a number that is none, by file, line and column.
 */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CsvError, parse } from 'csv-parse'

/** What a column holds. An empty field is an empty string, and no number. */
export type ColumnType = 'number' | 'string'

export type Table<T extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof T]: T[Name] extends 'number' ? Float64Array : readonly string[]
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
  const parser = parse({
    bom: true,
    relax_column_count: true,
    // Nothing is returned, so no record is kept: columns take the fields as they pass.
    on_record: (fields: string[], { lines }): undefined => {
      if (!header) header = open(fields)
      else if (fields.length === header.length) sinks.forEach(({ take }, index) => take(fields[places[index]], lines))
      else refuse(header, fields, lines)
    },
  })
  try {
    await pipeline(createReadStream(path), path.endsWith('.gz') ? createGunzip() : new PassThrough(), parser.resume())
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new Error(`${file}, line ${String(error.lines)}: expected quotes around whole fields but got ${error.code}`, {
      cause: error,
    })
  }
  if (!header) throw new Error(`${file}: expected a header but got an empty file`)
  return Object.fromEntries(sinks.map(({ name, done }) => [name, done()])) as Table<T>
}

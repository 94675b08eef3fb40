/**
 * Files as something that SQL selects from, by their extension. It refuses files whose columns differ, by file and column,
 * and extensions that DuckDB by itself does not read.
 */
import { show } from '../checks/index.ts'
import type { Connection } from './library.ts'
import { literal, quoted, rowsOf, run, saidBy } from './sql.ts'

/** A file, a pattern such as `logs/*.csv.gz`, an address that an extension of DuckDB reads, or several of them. */
export type Files = string | readonly string[]

/** A column of a table, by DuckDB's name of its type, such as `DECIMAL(9,2)` or `VARCHAR[]`. */
export interface TableColumn {
  readonly name: string
  readonly type: string
}

/** What is selected from, and whether a scan of it is cheap: of one column, without reading the others as text. */
export interface Source {
  readonly relation: string
  readonly columnar: boolean
  /** Files of Parquet, of which it is all rows, one file after the other. */
  readonly files?: readonly string[]
}

const WHO = 'openTable'
const COMPRESSED = /\.(gz|zst)$/
const READERS: readonly (readonly [extension: RegExp, reader: string])[] = [
  [/\.(parquet|pq)$/, 'read_parquet'],
  [/\.(csv|tsv|txt)$/, 'read_csv'],
  [/\.(json|ndjson|jsonl)$/, 'read_json'],
  [/\.(duckdb|ddb|db)$/, 'attach'],
]

const readerOf = (file: string): string => {
  const plain = file.replace(COMPRESSED, '')
  const [, reader] = READERS.find(([extension]) => extension.test(plain)) ?? []
  if (reader === undefined || (reader === 'attach' && plain !== file))
    throw new RangeError(
      `${WHO}: expected files that end in .parquet, .csv, .tsv, .json, .ndjson or .duckdb but got ${show(file)}: because ${
        /\.(arrow|arrows|feather|ipc)$/.test(file)
          ? 'DuckDB reads no Arrow file by itself; read it by apache-arrow and pass arrowColumns(table) to dataset'
          : 'an extension says how a file is read; write sql: "SELECT … FROM read_csv(\'…\')" instead'
      }`,
    )
  return reader
}

/** The columns of whatever SQL selects from. */
export async function columnsOf(
  who: string,
  connection: Connection,
  relation: string,
): Promise<readonly TableColumn[]> {
  const rows = await rowsOf(who, connection, `DESCRIBE SELECT * FROM ${relation}`)
  return rows.map(({ column_name: name, column_type: type }) => ({ name: String(name), type: String(type) }))
}

/** Throws unless all files have the columns of the first, of the same types. */
async function checkAlike(connection: Connection, reader: string, files: readonly string[]): Promise<void> {
  const describe = async (file: string): Promise<readonly TableColumn[]> => {
    try {
      return await columnsOf(WHO, connection, `${reader}(${literal(file)})`)
    } catch (error) {
      throw new Error(
        `${WHO}: expected a file that ${reader} can read but got '${file}': because ${saidBy((error as Error).cause)}`,
        { cause: error },
      )
    }
  }
  const [first, ...others] = files
  const columns = await describe(first)
  for (const file of others) {
    const found = await describe(file)
    const differs = (column: TableColumn, type: string | undefined): never => {
      throw new RangeError(
        `${WHO}: expected column '${column.name}' of ${column.type} in '${file}', as in '${first}', but got ` +
          `${type ?? 'no such column'}: because rows of all files are one table; say by sql what is meant, such as ${
            reader === 'read_csv'
              ? `SELECT * FROM read_csv(['…'], types = {'${column.name}': 'VARCHAR'})`
              : `SELECT * FROM ${reader}(['…'], union_by_name = true)`
          }`,
      )
    }
    for (const column of columns) {
      const other = found.find(({ name }) => name === column.name)
      if (other?.type !== column.type) differs(column, other?.type)
    }
    const extra = found.find(({ name }) => !columns.some((column) => column.name === name))
    if (extra)
      throw new RangeError(
        `${WHO}: expected the columns of '${first}' in '${file}' but got '${extra.name}' too: because rows of all files are one table`,
      )
  }
}

/** The files that a pattern stands for, in their order, or the address as it is. */
async function found(connection: Connection, file: string): Promise<readonly string[]> {
  if (/^\w+:\/\//.test(file)) return [file]
  const rows = await rowsOf(WHO, connection, `SELECT file FROM glob(${literal(file)}) ORDER BY file`)
  if (rows.length === 0) throw new Error(`${WHO}: expected a file ${show(file)} but got none: because nothing is there`)
  return rows.map((row) => String(row.file))
}

/** Attaches a DuckDB file, to be read only, and finds its table: the one that is asked for, or the only one. */
async function attached(
  connection: Connection,
  file: string,
  table: string | undefined,
  sql: boolean,
): Promise<string | undefined> {
  await run(WHO, connection, `ATTACH ${literal(file)} AS "plegrad file" (READ_ONLY)`)
  await run(WHO, connection, 'USE "plegrad file"')
  const rows = await rowsOf(
    WHO,
    connection,
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_catalog = 'plegrad file' ORDER BY ALL`,
  )
  const names = rows.map(({ name }) => String(name))
  const place = table === undefined ? (names.length === 1 ? 0 : -1) : names.indexOf(table)
  if (place < 0) {
    if (sql && table === undefined) return undefined
    throw new RangeError(
      `${WHO}: expected ${table === undefined ? 'one table, or table to name one,' : `a table '${table}'`} in '${file}' but got ${names.join(', ') || 'none'}`,
    )
  }
  return `"plegrad file".${quoted(String(rows[place].schema))}.${quoted(names[place])}`
}

/**
 * What stands for files in SQL: of a DuckDB file with several tables, of which none is asked for, nothing, if there is SQL
 * to name one.
 */
export async function sourceOf(
  connection: Connection,
  from: Files,
  { table, sql }: { readonly table?: string | undefined; readonly sql: boolean },
): Promise<Source | undefined> {
  const given = typeof from === 'string' ? [from] : from
  const readers = [...new Set(given.map(readerOf))]
  const files = (await Promise.all(given.map((file) => found(connection, file)))).flat()
  if (readers.length > 1 || (readers[0] === 'attach' && files.length > 1))
    throw new RangeError(
      `${WHO}: expected files of one kind, or one DuckDB file, but got ${files.slice(0, 4).join(', ')}: because they are read together; join them by sql`,
    )
  const [reader] = readers
  if (reader === 'attach') {
    const relation = await attached(connection, files[0], table, sql)
    return relation === undefined ? undefined : { relation, columnar: true }
  }
  if (table !== undefined)
    throw new RangeError(`${WHO}: expected table of a DuckDB file alone but got '${table}' of '${files[0]}'`)
  await checkAlike(connection, reader, files)
  const relation = `${reader}([${files.map(literal).join(', ')}])`
  return reader === 'read_parquet' ? { relation, columnar: true, files } : { relation, columnar: false }
}

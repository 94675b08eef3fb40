/**
 * Opens a table: files, what SQL makes of them, or SQL alone, in a DuckDB in this process. It refuses to write to any of
 * them.
 */
import { checkOptions, didYouMean, either, flag, listOf, recordOf, text, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { MODULE, duckdbOf } from './library.ts'
import type { Connection, Instance } from './library.ts'
import { columnsOf, sourceOf } from './source.ts'
import type { Files, Source, TableColumn } from './source.ts'
import { quoted, rowsOf, run } from './sql.ts'

/** What `openTable` takes: `from`, `sql`, or both. */
export interface OpenOptions {
  /**
   * Files by extension: .parquet, .csv, .tsv and .json or .ndjson, which may be .gz, or a .duckdb file. By name where `sql`
   * joins several: `{ log: 'log/*.parquet', users: 'users.csv.gz' }`.
   */
  readonly from?: Files | Readonly<Record<string, Files>>
  /** The table, as a query: of `data`, which is what `from` has, of the names in it, of the tables of a DuckDB file, or of files. */
  readonly sql?: string
  /** Of a DuckDB file with several. */
  readonly table?: string
  /**
   * Whether the rows are worked out once and kept in DuckDB, on disk beyond `memoryLimit`. Otherwise each pass over them asks
   * again. Default true but for Parquet and DuckDB files without `sql`, which are read column by column.
   */
  readonly keep?: boolean
  /** What DuckDB itself may take, such as `'300MB'`. Default most of the machine's. */
  readonly memoryLimit?: string
  /** Where DuckDB puts what is beyond. Default a folder `.tmp`. */
  readonly tempDirectory?: string
  /** Default one for each core. */
  readonly threads?: number
  /** What `import('@duckdb/node-api')` gives. Default it is imported, and must be installed. */
  readonly duckdb?: object
}

/** Rows and columns that SQL selects from. */
export interface Table {
  readonly columns: readonly TableColumn[]
  readonly rows: number
  /** What stands for it in SQL: `SELECT count(*) FROM ${table.relation}`. */
  readonly relation: string
  /** Files of Parquet, where its rows are all of theirs, one file after the other, and are not kept elsewhere. */
  readonly files?: readonly string[]
  /** DuckDB's own, for queries of yours. */
  readonly connection: Connection
  /** The column of that name, which `who` asks for. @throws RangeError if there is none, with one that is spelt much like it. */
  readonly column: (who: string, name: string) => TableColumn
  /** Works out a query once and returns what stands for it in SQL. It is gone with the table. */
  readonly keep: (who: string, sql: string) => Promise<string>
  /** Closes DuckDB, and what it kept. */
  readonly close: () => void
}

const FILES = either(text, listOf(text, 1))
const OPTIONS: Checks<OpenOptions> = {
  from: either(FILES, recordOf(FILES)),
  sql: text,
  table: text,
  keep: flag,
  memoryLimit: text,
  tempDirectory: text,
  threads: whole(1),
  duckdb: MODULE,
}

const WHO = 'openTable'

const isFiles = (from: Files | Readonly<Record<string, Files>>): from is Files =>
  typeof from === 'string' || Array.isArray(from)

/** Gives each source its name in SQL, and says what is selected from. */
async function relationIn(connection: Connection, { from, sql, table }: OpenOptions): Promise<Source> {
  const named = from === undefined ? [] : Object.entries(isFiles(from) ? { data: from } : from)
  const sources: Source[] = []
  for (const [name, files] of named) {
    const source = await sourceOf(connection, files, { table, sql: sql !== undefined })
    if (!source) continue
    sources.push(source)
    await run(WHO, connection, `CREATE TEMP VIEW ${quoted(name)} AS SELECT * FROM ${source.relation}`)
  }
  if (sql !== undefined) {
    await run(WHO, connection, `CREATE TEMP VIEW "plegrad query" AS ${sql.trim().replace(/;+$/, '')}`)
    return { relation: 'temp."plegrad query"', columnar: false }
  }
  if (sources.length === 1) return { ...sources[0], relation: `temp.${quoted(named[0][0])}` }
  throw new RangeError(
    `${WHO}: expected from, sql or both but got ${named.map(([name]) => name).join(', ') || 'neither'}: because ${
      named.length > 0 ? 'sql says how several become one table' : 'a table is files, or a query'
    }`,
  )
}

async function tableOf(instance: Instance, options: OpenOptions): Promise<Table> {
  const connection = await instance.connect()
  let kept = 0
  const keep = async (who: string, sql: string): Promise<string> => {
    const name = `temp.${quoted(`plegrad kept ${kept++}`)}`
    await run(who, connection, `CREATE TEMP TABLE ${name} AS ${sql}`)
    return name
  }
  const source = await relationIn(connection, options)
  const own = options.keep ?? !source.columnar
  const relation = own ? await keep(WHO, `SELECT * FROM ${source.relation}`) : source.relation
  const columns = await columnsOf(WHO, connection, relation)
  const [{ rows }] = await rowsOf(WHO, connection, `SELECT count(*)::DOUBLE AS rows FROM ${relation}`)
  return {
    columns,
    rows: rows as number,
    relation,
    ...(source.files && !own && { files: source.files }),
    connection,
    column: (who, name) => {
      const column = columns.find((each) => each.name === name)
      if (column) return column
      const names = columns.map((each) => each.name)
      throw new RangeError(
        `${who}: expected a column '${name}' but got none: because the table has ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}${didYouMean(name, names)}`,
      )
    },
    keep,
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/**
 * Opens a table, which nothing is read of yet but what it has. Close it when it is done with.
 * @throws RangeError if an option is not known or makes no sense, or if a column of one file is another in the next.
 * @throws Error where DuckDB is not installed, a file is not there or cannot be read, or SQL is wrong; in DuckDB's words.
 */
export async function openTable(options: OpenOptions): Promise<Table> {
  checkOptions(WHO, options, OPTIONS)
  const { DuckDBInstance } = await duckdbOf(options.duckdb)
  const { memoryLimit, tempDirectory, threads } = options
  const instance = await DuckDBInstance.create(':memory:', {
    ...(memoryLimit !== undefined && { memory_limit: memoryLimit }),
    ...(tempDirectory !== undefined && { temp_directory: tempDirectory }),
    ...(threads !== undefined && { threads: String(threads) }),
  })
  try {
    return await tableOf(instance, options)
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

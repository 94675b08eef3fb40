/**
 * DuckDB in a browser: an instance of `@duckdb/duckdb-wasm` as what tables are opened with, and the files that a person drops
 * there. It imports none, for only who bundles a page knows where its worker lies; it refuses rows that are no JSON.
 */
import { checkValue, having, recordOf } from '../checks/index.ts'
import { isLong, joined, numbersOf, textsOf } from './arrowCells.ts'
import { ARROW } from './arrowTypes.ts'
import type { ArrowData, ArrowTable, ArrowVector } from './arrowTypes.ts'
import type { Chunk, Connection, DuckDBLibrary, Instance, ReadRows, Vector } from './library.ts'
import { literal, quoted } from './sql.ts'

/** Rows of a result, column by column, as Arrow has them. */
export interface WasmBatch {
  readonly numRows: number
  getChildAt(column: number): ArrowVector | null
}

/** A connection of `@duckdb/duckdb-wasm`: of bindings that block it answers at once, of a worker later. */
export interface WasmConnection {
  query(sql: string): ArrowTable | Promise<ArrowTable>
  send(
    sql: string,
    allowStreamResult?: boolean,
  ): AsyncIterable<WasmBatch> | Iterable<WasmBatch> | Promise<AsyncIterable<WasmBatch> | Iterable<WasmBatch>>
  close(): void | Promise<void>
}

/** A file that a person chose, which is a `File` or a `Blob`, or its bytes. */
export type WasmFile = Uint8Array | { readonly size: number; arrayBuffer(): Promise<ArrayBuffer> }

/** What is used of an instance of `@duckdb/duckdb-wasm`, an `AsyncDuckDB` above all. */
export interface WasmDatabase {
  connect(): WasmConnection | Promise<WasmConnection>
  registerFileBuffer(name: string, bytes: Uint8Array): unknown
  registerFileHandle(name: string, handle: unknown, protocol: number, directIO: boolean): unknown
  dropFile(name: string): unknown
}

/** `DuckDBDataProtocol.BROWSER_FILEREADER`: of a file, the worker reads what a query asks for. */
const FILE_READER = 2

const vectorOf = (data: ArrowData): Vector => {
  const { type, length, valueOffsets, children } = data
  if (type.typeId !== ARROW.list) {
    const cells = (numbersOf(type) ?? textsOf(type))!(data)
    return { ...(ArrayBuffer.isView(cells) && { items: cells as Float64Array }), getItem: (index) => cells[index] }
  }
  const offsets = valueOffsets as Int32Array
  const entryData = new BigUint64Array(2 * length)
  const halves = new Uint32Array(entryData.buffer)
  for (let row = 0; row < length; row++) {
    halves[4 * row] = offsets[row]
    halves[4 * row + 2] = offsets[row + 1] - offsets[row]
  }
  return { entryData, childData: vectorOf(children[0]), getItem: () => undefined }
}

async function* chunksOf(connection: WasmConnection, sql: string): AsyncGenerator<Chunk, null> {
  for await (const batch of await connection.send(sql, true))
    if (batch.numRows > 0)
      yield { rowCount: batch.numRows, getColumnVector: (column) => vectorOf(batch.getChildAt(column)!.data[0]) }
  return null
}

/** The cells of a column as JSON has them: big integers by their digits, and null where one is missing. */
function jsonCells(name: string, { type, data }: ArrowVector): readonly unknown[] {
  const read = isLong(type) ? textsOf(type) : (numbersOf(type) ?? textsOf(type))
  if (!read)
    throw new RangeError(
      `runAndReadAll: expected numbers and texts but got column '${name}' of ${type.toString()}: because rows are JSON; cast it to VARCHAR in SQL`,
    )
  return Array.from(joined(data.map(read)), (cell) =>
    typeof cell === 'bigint'
      ? String(cell)
      : type.typeId === ARROW.boolean && cell === cell
        ? cell === 1
        : cell !== cell
          ? null
          : cell,
  )
}

function rowsOf(table: ArrowTable): ReadRows {
  const columns = table.schema.fields.map(
    ({ name }, place) => [name, jsonCells(name, table.getChildAt(place)!)] as const,
  )
  const rows = columns[0]?.[1] ?? []
  return {
    getRowObjectsJson: () =>
      rows.map((_, row) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]]))),
  }
}

/** A text that a query asks for, by the name `name`, row by row. */
const namesOf = async (connection: WasmConnection, sql: string): Promise<readonly string[]> =>
  rowsOf(await connection.query(sql))
    .getRowObjectsJson()
    .map(({ name }) => String(name))

const databaseOf = async (connection: WasmConnection): Promise<string> =>
  (await namesOf(connection, 'SELECT current_database() AS name'))[0]

/** Puts files where SQL finds them by name. What was there by that name is gone. */
async function register(database: WasmDatabase, files: Readonly<Record<string, WasmFile>>): Promise<void> {
  for (const [name, file] of Object.entries(files)) {
    await database.dropFile(name)
    // The bytes go to the worker, and whoever gave them keeps theirs.
    if (file instanceof Uint8Array) await database.registerFileBuffer(name, file.slice())
    else await database.registerFileHandle(name, file, FILE_READER, true)
  }
  const connection = await database.connect()
  try {
    for (const name of Object.keys(files)) {
      const found = await namesOf(connection, `SELECT file AS name FROM glob(${literal(name)})`)
      if (found.join() === name) continue
      for (const each of Object.keys(files)) await database.dropFile(each)
      throw new RangeError(
        `duckdbWasm: expected a name that stands for one file but got '${name}' for ${found.join(', ') || 'none'}: because it is looked for as a pattern that names begin with; give another, such as 'table.csv'`,
      )
    }
  } finally {
    await connection.close()
  }
}

/** Closes a connection, and the DuckDB file that it attached, if it did, for the instance stays open. */
async function close(connection: WasmConnection, home: string): Promise<void> {
  const name = await databaseOf(connection)
  if (name !== home) await connection.query(`USE ${quoted(home)}; DETACH ${quoted(name)}`)
  await connection.close()
}

/**
 * What `openTable({ duckdb })` takes, of an instance of `@duckdb/duckdb-wasm` that is running: its worker is who answers. `files`
 * stand under their names for `from` and for SQL, and are read where they lie. A table that is closed closes its connection;
 * the instance and its files stay. Parquet and JSON are read by extensions of DuckDB, which its worker loads when it needs them.
 *
 * @throws RangeError unless it is such an instance, and files are files or bytes; an Error in DuckDB's words where it has none.
 */
export async function duckdbWasm(
  database: WasmDatabase,
  files: Readonly<Record<string, WasmFile>> = {},
): Promise<DuckDBLibrary> {
  checkValue(
    'duckdbWasm',
    'the first argument',
    database,
    having('an instance of @duckdb/duckdb-wasm', 'connect', 'registerFileBuffer'),
  )
  checkValue('duckdbWasm', 'the second argument', files, recordOf(having('a file or bytes', 'slice')))
  await register(database, files)
  let closing: Promise<unknown> = Promise.resolve()
  /** One connection, which is all that a table has of an instance. */
  const create = async (_?: string, settings: Readonly<Record<string, string>> = {}): Promise<Instance> => {
    await closing
    const connection = await database.connect()
    const home = await databaseOf(connection)
    const closeSync = (): void => {
      // Where the worker is gone there is nothing left to close.
      closing = Promise.all([closing, close(connection, home)]).catch(() => undefined)
    }
    const own: Connection = {
      run: async (sql) => connection.query(sql),
      runAndReadAll: async (sql) => rowsOf(await connection.query(sql)),
      stream: async (sql) => {
        const chunks = chunksOf(connection, sql)
        return { fetchChunk: async () => (await chunks.next()).value }
      },
      closeSync: () => undefined,
    }
    const connect = async (): Promise<Connection> => {
      for (const [name, value] of Object.entries(settings)) await own.run(`SET ${name} = ${literal(value)}`)
      return own
    }
    return { connect, closeSync }
  }
  return { DuckDBInstance: { create } }
}

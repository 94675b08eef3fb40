/**
 * The part of DuckDB that tables use, as types, and how it is found: given by the caller or imported when a table is first
 * opened. It refuses to be an import of anyone who does not ask.
 */
import type { Check } from '../checks/index.ts'

/** The values of one column of a chunk. */
export interface Vector {
  /** Of numbers of a fixed size: all of them, arbitrary ones where a value is null. */
  readonly items?: ArrayLike<number | bigint>
  /** Of lists: where each begins in `childData`, and how long it is. */
  readonly entryData?: BigUint64Array
  readonly childData?: Vector
  getItem(index: number): unknown
}

/** Up to 2,048 rows. */
export interface Chunk {
  readonly rowCount: number
  getColumnVector(column: number): Vector
}

/** What a query gives, chunk by chunk. */
export interface ChunkSource {
  fetchChunk(): Promise<Chunk | null>
}

/** All rows of a small result, as JSON has them. */
export interface ReadRows {
  getRowObjectsJson(): readonly Readonly<Record<string, unknown>>[]
}

/** A connection of DuckDB: `stream` and `runAndReadAll` take SQL. */
export interface Connection {
  run(sql: string): Promise<unknown>
  runAndReadAll(sql: string): Promise<ReadRows>
  stream(sql: string): Promise<ChunkSource>
  closeSync(): void
}

/** A DuckDB in this process. */
export interface Instance {
  connect(): Promise<Connection>
  closeSync(): void
}

/** What `import('@duckdb/node-api')` gives. */
export interface DuckDBLibrary {
  readonly DuckDBInstance: {
    create(path?: string, options?: Record<string, string>): Promise<Instance>
  }
}

/** A module, whatever is in it. */
export const MODULE: Check = {
  expected: 'to be a module, as import() gives it',
  fits: (value) => typeof value === 'object' && value !== null,
}

const isDuckDB = (found: unknown): found is DuckDBLibrary =>
  typeof found === 'object' &&
  found !== null &&
  typeof (found as Partial<DuckDBLibrary>).DuckDBInstance?.create === 'function'

const libraryIn = (found: unknown): DuckDBLibrary | undefined =>
  isDuckDB(found)
    ? found
    : typeof found === 'object' && found !== null && 'default' in found
      ? libraryIn(found.default)
      : undefined

/** An error's first line, for another error's because. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n')[0]

/**
 * DuckDB, of the peer `@duckdb/node-api` where none is given.
 *
 * @throws Error where the peer is not installed, or what was given is not DuckDB.
 */
export async function duckdbOf(
  given?: object,
  load: () => Promise<unknown> = () => import('@duckdb/node-api'),
): Promise<DuckDBLibrary> {
  let found: unknown = given
  if (found === undefined) {
    try {
      found = await load()
    } catch (error) {
      throw new Error(
        `openTable: expected the peer @duckdb/node-api but got none: because ${reasonOf(error)}; install it by ` +
          "'npm install @duckdb/node-api', or give it as openTable({ duckdb }), in a browser what duckdbWasm makes",
        { cause: error },
      )
    }
  }
  const library = libraryIn(found)
  if (!library)
    throw new TypeError(
      `openTable: expected @duckdb/node-api from 1.5 on but got ${typeof found}: because it has no DuckDBInstance to create; in a browser, duckdbWasm makes one of @duckdb/duckdb-wasm`,
    )
  return library
}

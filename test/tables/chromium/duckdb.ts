/** DuckDB in a worker of the page, in the place of `@duckdb/node-api`. It is told to fetch no extensions, for there is no network. */
import { AsyncDuckDB, VoidLogger } from '@duckdb/duckdb-wasm'
import { duckdbWasm } from '../../../src/tables.ts'

const WORKER = new URL('../../../node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js', import.meta.url)
const WASM = new URL('../../../node_modules/@duckdb/duckdb-wasm/dist/duckdb-eh.wasm', import.meta.url)

export const database = new AsyncDuckDB(new VoidLogger(), new Worker(WORKER))
await database.instantiate(WASM.href)
await database.open({})
const connection = await database.connect()
await connection.query('SET autoload_known_extensions = false')
await connection.close()

export const { DuckDBInstance } = await duckdbWasm(database)

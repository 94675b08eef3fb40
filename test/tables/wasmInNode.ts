/** DuckDB's WebAssembly in this process, in the place of `@duckdb/node-api`. It is told to fetch no extensions, which Node would wait for. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { DuckDBBundles } from '@duckdb/duckdb-wasm'
import { duckdbWasm } from '../../src/tables.ts'
import type * as Blocking from '@duckdb/duckdb-wasm/blocking'

const require = createRequire(import.meta.url)
const { NODE_RUNTIME, VoidLogger, createDuckDB } = require('@duckdb/duckdb-wasm/blocking') as typeof Blocking
const folder = dirname(require.resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm'))
const bundle = (kind: string) => ({
  mainModule: join(folder, `duckdb-${kind}.wasm`),
  mainWorker: join(folder, `duckdb-node-${kind}.worker.cjs`),
})
const bundles: DuckDBBundles = { mvp: bundle('mvp'), eh: bundle('eh') }

export const database = await createDuckDB(bundles, new VoidLogger(), NODE_RUNTIME)
await database.instantiate(() => undefined)
database.open({})
const connection = database.connect()
connection.query('SET autoload_known_extensions = false')
connection.close()

export const { DuckDBInstance } = await duckdbWasm(database)

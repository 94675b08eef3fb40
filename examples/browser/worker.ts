/** The worker of the page: DuckDB in a worker of its own, files that are put into it, and one session that answers. It fetches nothing but its own files. */
import { AsyncDuckDB, VoidLogger } from '@duckdb/duckdb-wasm'
import initParquet, { readParquet } from 'parquet-wasm/esm'
import { duckdbWasm } from '../../src/tables.ts'
import type { Asked, Told } from './calls.ts'
import { session } from './session.ts'

async function started(): Promise<AsyncDuckDB> {
  const database = new AsyncDuckDB(new VoidLogger(), new Worker('./duckdb-worker.js'))
  await database.instantiate(new URL('./duckdb.wasm', location.href).href)
  await database.open({})
  const connection = await database.connect()
  // An extension would come from somewhere else.
  await connection.query('SET autoload_known_extensions = false')
  await connection.close()
  return database
}
let database: Promise<AsyncDuckDB> | undefined

/** Parquet becomes a table by way of Arrow; all else DuckDB reads as it lies. */
async function libraryOf(name: string, file: File) {
  const db = await (database ??= started())
  if (!/\.(parquet|pq)$/i.test(name)) return { duckdb: await duckdbWasm(db, { [name]: file }) }
  await initParquet({ module_or_path: './parquet.wasm' })
  const connection = await db.connect()
  try {
    const arrow = readParquet(new Uint8Array(await file.arrayBuffer())).intoIPCStream()
    await connection.query('DROP TABLE IF EXISTS dropped')
    await connection.insertArrowFromIPCStream(arrow, { name: 'dropped', create: true })
  } finally {
    await connection.close()
  }
  return { duckdb: await duckdbWasm(db), sql: 'SELECT * FROM dropped' }
}

const own = session(libraryOf)
const tell = (told: Told, transfer: Transferable[] = []): void => postMessage(told, { transfer })

let yielded = 0
/** Lets messages in, such as one that stops, a few times a second. */
async function breathe(): Promise<void> {
  if (performance.now() - yielded < 40) return
  await new Promise((resolve) => setTimeout(resolve))
  yielded = performance.now()
}

const progress = {
  step: async (step: Parameters<Parameters<typeof own.train>[1]['step']>[0]) => {
    tell({ step })
    await breathe()
  },
  epoch: (epoch: Parameters<Parameters<typeof own.train>[1]['epoch']>[0]) => tell({ epoch }),
}

onmessage = async ({ data: { id, call, args } }: MessageEvent<Asked>) => {
  try {
    const calls = own as Readonly<Record<string, (...given: readonly unknown[]) => unknown>>
    tell({ id, result: await calls[call](...args, ...(call === 'train' ? [progress] : [])) })
  } catch (error) {
    tell({ id, error: error instanceof Error ? error.message : String(error) })
  }
}

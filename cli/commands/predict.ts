/** `predict`: what a trained model says of each row of a table, as a file beside it. It refuses files of other kinds. */
import { renameSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { predict as predictions } from '../../src/index.ts'
import type { Model } from '../../src/index.ts'
import { encodedParts, readingOf } from '../../src/tables/index.ts'
import type { Part, Table, TableReading } from '../../src/tables/index.ts'
import { readConfig } from '../config/read.ts'
import type { ConfigFile } from '../config/read.ts'
import { duckdb, given, withTable } from '../data.ts'
import type { Rows } from '../data.ts'
import { modelIn, runIn } from '../run.ts'
import { wrap } from '../terminal/columns.ts'
import { printing } from '../terminal/print.ts'
import { EXIT, isTold, told } from '../told.ts'

export interface PredictOptions {
  readonly config: string
  readonly run: string
  readonly to: string
  readonly keep?: readonly string[]
  readonly part: Rows
  readonly json?: true
}

/** As many rows as are encoded and scored at once, and those that DuckDB takes at once. */
const [ROWS, CHUNK] = [65_536, 2048]

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const FORMATS: readonly (readonly [ending: RegExp, options: string])[] = [
  [/\.(parquet|pq)$/, 'FORMAT parquet'],
  [/\.csv(\.gz|\.zst)?$/, 'FORMAT csv, HEADER'],
]

/** How DuckDB writes a file, by its name. */
function formatOf(path: string): string {
  const [, options] = FORMATS.find(([ending]) => ending.test(path)) ?? []
  if (options === undefined)
    throw told(
      'usage',
      `expected --to a file that ends in .parquet or .csv but got '${path}': because that says how it is written`,
    )
  return options
}

/** The connection as DuckDB itself has it: tables know a part of it. */
type Connection = Awaited<ReturnType<InstanceType<Awaited<ReturnType<typeof duckdb>>['DuckDBInstance']>['connect']>>

/** What is in a file of DuckDB's beside that which is written: a connection streams to one reader, and writes nothing then. */
interface Predicted {
  readonly outputs: readonly string[]
  readonly rows: number
}

const PREDICTED = 'plegrad predicted'

/** Scores of all rows in their order, as they come. */
async function scored(
  reading: TableReading,
  part: Part,
  model: Model,
  file: string,
  memoryLimit: string | undefined,
): Promise<Predicted> {
  const { DuckDBInstance, DuckDBDataChunk, FLOAT } = await duckdb()
  const instance = await DuckDBInstance.create(file, given({ memory_limit: memoryLimit }))
  try {
    const connection = await instance.connect()
    let appender: Awaited<ReturnType<typeof connection.createAppender>> | undefined
    let outputs: readonly string[] = []
    let rows = 0
    for await (const data of encodedParts(reading, part, { rows: ROWS })) {
      if (data.rows === 0) break
      const predicted = predictions(model, data)
      if (!appender) {
        outputs = Object.keys(predicted)
        const columns = outputs.map((name) => `${quoted(`predicted_${name}`)} FLOAT`)
        await connection.run(`CREATE TABLE predicted (${columns.join(', ')})`)
        appender = await connection.createAppender('predicted')
      }
      for (let start = 0; start < data.rows; start += CHUNK) {
        const end = Math.min(start + CHUNK, data.rows)
        const some = DuckDBDataChunk.create(
          outputs.map(() => FLOAT),
          end - start,
        )
        some.setColumns(outputs.map((name) => Array.from(predicted[name].subarray(start, end))))
        appender.appendDataChunk(some)
      }
      rows += data.rows
    }
    appender?.closeSync()
    connection.closeSync()
    return { outputs, rows }
  } finally {
    instance.closeSync()
  }
}

async function written(
  { config, about }: ConfigFile,
  table: Table,
  model: Model,
  { keep = [], part }: PredictOptions,
  to: string,
): Promise<{ readonly rows: number; readonly columns: readonly string[] }> {
  const connection = table.connection as unknown as Connection
  const split = part === 'all' ? undefined : config.split
  const which = part === 'all' ? 'training' : part
  const kept = keep.includes('*') ? table.columns.map(({ name }) => name) : keep
  for (const name of kept) table.column('predict --keep', name)
  // Written whole or not at all: a file of half the rows looks like one of all.
  const partial = `${to}.partial`
  const scores = `${partial}.duckdb`
  try {
    const { reading, outputs, rows } = await about(undefined, async () => {
      const { features, memoryLimit } = config
      const found = await readingOf('predict', table, { features, fitted: model.features, ...(split && { split }) })
      return { reading: found, ...(await scored(found, which, model, scores, memoryLimit)) }
    })
    if (rows === 0) throw told('usage', `expected rows for ${part} but got none: because nothing can be predicted`)
    const { relation, where } = reading.parts
    const select = kept.length > 0 ? kept.map(quoted).join(', ') : 'row_number() OVER () - 1 AS row'
    const beside = `(SELECT ${select} FROM ${relation} WHERE ${where[which] ?? 'false'})`
    await connection.run(`ATTACH ${literal(scores)} AS ${quoted(PREDICTED)} (READ_ONLY)`)
    await connection.run(
      `COPY (FROM ${beside} POSITIONAL JOIN ${quoted(PREDICTED)}.main.predicted) TO ${literal(partial)} (${formatOf(to)})`,
    )
    renameSync(partial, to)
    return { rows, columns: [...(kept.length > 0 ? kept : ['row']), ...outputs.map((name) => `predicted_${name}`)] }
  } catch (error) {
    // What the library refuses says it all.
    if (isTold(error) || (error as Error).message.includes(': expected ')) throw error
    throw told(
      'failed',
      `expected to write '${to}' but got an error: because ${(error as Error).message}`,
      undefined,
      error,
    )
  } finally {
    for (const file of [partial, scores, `${scores}.wal`]) rmSync(file, { force: true })
  }
}

export async function predict(files: readonly string[], options: PredictOptions): Promise<number> {
  const print = printing(options.json === true)
  const file = readConfig(options.config)
  formatOf(options.to)
  const to = resolve(options.to)
  const model = await modelIn(runIn(options.run))
  const done = await withTable(file, files, (table) => written(file, table, model, options, to))
  print.line(`${done.rows.toLocaleString('en-GB')} rows: ${options.to}`)
  print.line(wrap(`columns: ${done.columns.join(', ')}`))
  print.json({ to: options.to, ...done })
  return EXIT.done
}

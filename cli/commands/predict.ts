/** `predict`: what a trained model says of each row of a table, as a file beside it. It refuses files of other kinds. */
import { renameSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { predict as predictions } from '../../src/index.ts'
import type { Model } from '../../src/index.ts'
import { encodedParts, readingOf } from '../../src/tables/index.ts'
import type { Part, Table, TableReading } from '../../src/tables/index.ts'
import { readConfig } from '../config/read.ts'
import type { ConfigFile } from '../config/read.ts'
import { duckdb, withTable } from '../data.ts'
import type { Rows } from '../data.ts'
import { modelIn, runIn } from '../run.ts'
import { wrap } from '../terminal/columns.ts'
import { printing } from '../terminal/print.ts'
import { EXIT, told } from '../told.ts'

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

type Scored = ReturnType<typeof predictions>

const PREDICTED = 'plegrad predicted'

/** Scores of all rows in their order, chunk by chunk. A connection streams to one reader, so none is written yet. */
async function scored(reading: TableReading, part: Part, model: Model): Promise<readonly Scored[]> {
  const all: Scored[] = []
  for await (const data of encodedParts(reading, part, { rows: ROWS }))
    if (data.rows > 0) all.push(predictions(model, data))
  return all
}

async function written(
  { config, about }: ConfigFile,
  table: Table,
  model: Model,
  { keep = [], part }: PredictOptions,
  to: string,
): Promise<{ readonly rows: number; readonly columns: readonly string[] }> {
  const { DuckDBDataChunk, FLOAT } = await duckdb()
  const connection = table.connection as unknown as Connection
  const split = part === 'all' ? undefined : config.split
  const which = part === 'all' ? 'training' : part
  const kept = keep.includes('*') ? table.columns.map(({ name }) => name) : keep
  for (const name of kept) table.column('predict --keep', name)
  const { reading, chunks } = await about(undefined, async () => {
    const { features } = config
    const found = await readingOf('predict', table, { features, fitted: model.features, ...(split && { split }) })
    return { reading: found, chunks: await scored(found, which, model) }
  })
  if (chunks.length === 0)
    throw told('usage', `expected rows for ${part} but got none: because nothing can be predicted`)
  const outputs = Object.keys(chunks[0])
  const columns = outputs.map((name) => `predicted_${name}`)
  await connection.run(
    `CREATE TEMP TABLE ${quoted(PREDICTED)} (${columns.map((name) => `${quoted(name)} FLOAT`).join(', ')})`,
  )
  const appender = await connection.createAppender(PREDICTED, 'main', 'temp')
  let rows = 0
  for (const chunk of chunks) {
    const { length } = chunk[outputs[0]]
    for (let start = 0; start < length; start += CHUNK) {
      const end = Math.min(start + CHUNK, length)
      const some = DuckDBDataChunk.create(
        outputs.map(() => FLOAT),
        end - start,
      )
      some.setColumns(outputs.map((name) => Array.from(chunk[name].subarray(start, end))))
      appender.appendDataChunk(some)
    }
    rows += length
  }
  appender.closeSync()
  const { relation, where } = reading.parts
  const select = kept.length > 0 ? kept.map(quoted).join(', ') : 'row_number() OVER () - 1 AS row'
  const beside = `(SELECT ${select} FROM ${relation} WHERE ${where[which] ?? 'false'})`
  // Written whole or not at all: a file of half the rows looks like one of all.
  const partial = `${to}.partial`
  try {
    await connection.run(
      `COPY (FROM ${beside} POSITIONAL JOIN temp.${quoted(PREDICTED)}) TO ${literal(partial)} (${formatOf(to)})`,
    )
    renameSync(partial, to)
  } catch (error) {
    rmSync(partial, { force: true })
    throw told(
      'failed',
      `expected to write '${to}' but got an error: because ${(error as Error).message}`,
      undefined,
      error,
    )
  }
  return { rows, columns: [...(kept.length > 0 ? kept : ['row']), ...columns] }
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

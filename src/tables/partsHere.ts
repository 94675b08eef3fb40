/**
 * The parts of a table, read on the thread that asks: rows where they lie, some at a time, whenever they are asked for. It
 * refuses rows that come or go meanwhile, and keeps none.
 */
import { checkValue, needed, whole } from '../checks/index.ts'
import type { DataParts, Dataset, Feature } from '../data/index.ts'
import { openPart } from './encode.ts'
import { readingFrom } from './readingFrom.ts'
import type { TableDatasetOptions } from './readingFrom.ts'
import type { TableReading } from './reading.ts'
import type { Part } from './split.ts'
import { chunksOf, literal, rowsOf } from './sql.ts'

/** What `tableParts` takes: what `tableDataset` does, and how large parts are. */
export interface PartsOptions extends TableDatasetOptions {
  /**
   * Consecutive rows of a file that one read looks at: those of them that belong to the training rows are one of its parts.
   * Default 122880, what DuckDB puts into a row group of Parquet; of files with larger groups as many as these have.
   */
  readonly rows?: number
}

/** The rows of a table part by part, and what was fitted. */
export interface PartsRead {
  /** For the model: what was fitted on the training rows is in them. */
  readonly features: readonly Feature[]
  readonly training: DataParts
  readonly validation?: DataParts
  readonly test?: DataParts
  /** Closes the table, unless it was given open. Nothing can be read any more. */
  readonly close: () => void
}

const WHO = 'tableParts'
/** Numbers of rows in a table that is kept: DuckDB knows which of its pieces have them. */
const NUMBER = '"plegrad number"'

/** Rows in their order, by a number that finds some of them without reading the others. */
interface Numbered {
  readonly relation: string
  readonly number: string
}

/** Files of Parquet as they are; of all else a copy in DuckDB, on disk beyond `memoryLimit`. */
async function numbered({ table, parts }: TableReading): Promise<readonly Numbered[]> {
  const { files, columns, relation } = table
  if (files && parts.relation === relation && !columns.some(({ name }) => name === 'file_row_number'))
    return files.map((file) => ({ relation: `read_parquet(${literal(file)})`, number: 'file_row_number' }))
  const copy = `SELECT *, row_number() OVER () - 1 AS ${NUMBER} FROM ${parts.relation}`
  return [{ relation: await table.keep(WHO, copy), number: NUMBER }]
}

/** Lets one after the other ask: a connection has one answer at a time. */
function oneByOne(): <T>(ask: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (ask) => {
    const answer = last.then(ask)
    last = answer.catch(() => undefined)
    return answer
  }
}

/** A part of the table in parts of its own: as many as there are stretches of `each` rows that have some of it. */
async function partsIn(
  { table, parts, plan, select }: TableReading,
  places: readonly Numbered[],
  part: Part,
  each: number,
  alone: ReturnType<typeof oneByOne>,
): Promise<DataParts> {
  const where = parts.where[part] ?? 'false'
  const stretches: { readonly from: string; readonly rows: number }[] = []
  for (const { relation, number } of places)
    for (const { stretch, rows } of await rowsOf(
      WHO,
      table.connection,
      `SELECT (${number} // ${each})::DOUBLE AS stretch, count(*)::DOUBLE AS rows FROM ${relation} WHERE ${where} GROUP BY stretch ORDER BY stretch`,
    )) {
      const start = (stretch as number) * each
      const from = `${relation} WHERE ${number} >= ${start} AND ${number} < ${start + each} AND (${where})`
      stretches.push({ from, rows: rows as number })
    }
  if (stretches.length === 0)
    throw new RangeError(`${WHO}: expected rows for ${part} but got none: because the split leaves it empty`)

  const read = async ({ from, rows }: (typeof stretches)[number]): Promise<Dataset> => {
    const open = openPart(plan, rows)
    let taken = 0
    for await (const chunk of chunksOf(WHO, table.connection, `SELECT ${select.join(', ')} FROM ${from}`)) {
      const fitting = Math.min(chunk.rowCount, rows - taken)
      open.take(chunk, 0, fitting)
      taken += chunk.rowCount
    }
    if (taken !== rows)
      throw new Error(`${WHO}: expected ${rows} rows of ${part} but got ${taken}: because the table has changed`)
    return open.done()
  }
  return {
    sizes: stretches.map(({ rows }) => rows),
    read: (place) => alone(() => read(stretches[place])),
  }
}

/** What `tableParts` gives, on this thread. */
export async function partsHere({ rows = 122_880, ...options }: PartsOptions): Promise<PartsRead> {
  checkValue(WHO, 'rows', rows, needed(whole(1)))
  const { reading, close } = await readingFrom(WHO, options)
  try {
    const places = await numbered(reading)
    const alone = oneByOne()
    const of = (part: Part): Promise<DataParts> => partsIn(reading, places, part, rows, alone)
    const { validation, test } = reading.parts.where
    return {
      features: reading.features,
      training: await of('training'),
      ...(validation !== undefined && { validation: await of('validation') }),
      ...(test !== undefined && { test: await of('test') }),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

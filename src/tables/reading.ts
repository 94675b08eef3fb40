/**
 * A table as it is read: its parts, its features, and the columns that make them, part by part. It refuses rows that
 * come while it reads.
 */
import type { Dataset, Feature } from '../data/index.ts'
import { openPart } from './encode.ts'
import type { EncodingPlan } from './encode.ts'
import { fitFeatures } from './fitFeatures.ts'
import type { Table } from './openTable.ts'
import { checkFitted, checkReading, labelColumns, specOf, widthOf } from './readOptions.ts'
import type { ReadOptions } from './readOptions.ts'
import { labelsRead, numberRead, readsOf } from './reads.ts'
import type { ColumnRead } from './reads.ts'
import { partsOf } from './split.ts'
import type { Part, Parts } from './split.ts'
import { chunksOf, rowsOf } from './sql.ts'

/** A table that is ready to be read: its parts, its features, and the columns that make them. */
export interface TableReading {
  readonly table: Table
  readonly parts: Parts
  readonly features: readonly Feature[]
  readonly plan: EncodingPlan
  /** The expressions of the plan's columns. */
  readonly select: readonly string[]
}

/**
 * Fits features, unless they are given, and says how rows are read. Nothing of the rows is kept.
 * @throws RangeError if a column is not there, or its type has another meaning than its feature.
 */
export async function readingOf(who: string, table: Table, options: ReadOptions): Promise<TableReading> {
  checkReading(who, options)
  const { fitted, tasks = {}, labels = {}, sampleWeights } = options
  const specs = options.features ?? fitted?.map(specOf) ?? []
  const parts = await partsOf(who, table, options.split)
  if (fitted) checkFitted(who, specs, fitted)
  const features = fitted ?? (await fitFeatures(who, table, specs, parts))
  const reads = readsOf(who, table, specs, features)
  const select = reads.map(({ sql }) => sql)
  const place = ({ sql }: ColumnRead): number => select.push(sql) - 1
  const columns = labelColumns(tasks, labels)
  const read = Object.entries(columns).map(([task, column]) => ({
    task,
    kind: tasks[task],
    place: place(
      typeof column === 'string' && widthOf(tasks[task]) === 1
        ? numberRead(who, table, task, column, typeof tasks[task] === 'object')
        : labelsRead(who, table, task, column),
    ),
  }))
  const weighted =
    typeof sampleWeights === 'string'
      ? Object.keys(columns).map((task) => [task, sampleWeights] as const)
      : Object.entries(sampleWeights ?? {})
  const weights = weighted.map(([task, column]) => ({ task, place: place(numberRead(who, table, task, column)) }))
  return { table, parts, features, plan: { who, features, reads, labels: read, weights }, select }
}

/** How many rows a part has. */
export async function rowsIn({ table, parts, plan }: TableReading, part: Part): Promise<number> {
  const where = parts.where[part] ?? 'false'
  const [{ rows }] = await rowsOf(
    plan.who,
    table.connection,
    `SELECT count(*)::DOUBLE AS rows FROM ${parts.relation} WHERE ${where}`,
  )
  return rows as number
}

/**
 * The rows of a part, encoded, so many at a time: the last dataset has what is left. They come in the order of the table,
 * or as `orderBy` says in SQL. No more than one dataset and one chunk of DuckDB's is held.
 */
export async function* encodedParts(
  reading: TableReading,
  part: Part,
  { rows: each, orderBy }: { readonly rows: number; readonly orderBy?: string },
): AsyncGenerator<Dataset> {
  const { table, parts, plan, select } = reading
  const all = await rowsIn(reading, part)
  const sql = `SELECT ${select.join(', ')} FROM ${parts.relation} WHERE ${parts.where[part] ?? 'false'}${orderBy === undefined ? '' : ` ORDER BY ${orderBy}`}`
  let taken = 0
  let left = Math.min(each, all)
  let open = openPart(plan, left)
  for await (const chunk of chunksOf(plan.who, table.connection, sql))
    for (let from = 0; from < chunk.rowCount;) {
      const to = Math.min(chunk.rowCount, from + left)
      open.take(chunk, from, to)
      taken += to - from
      left -= to - from
      if (from === to)
        throw new Error(`${plan.who}: expected ${all} rows for ${part} but got more: because the table has changed`)
      from = to
      if (left > 0) continue
      yield open.done()
      left = Math.min(each, all - taken)
      open = openPart(plan, left)
    }
}

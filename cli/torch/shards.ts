/** A table as Parquet files that PyTorch reads: what features, labels and weights read of it, part by part. It encodes nothing. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readingOf, rowsIn, rowsOf } from '../../src/tables/index.ts'
import type { Part, Table, TableReading } from '../../src/tables/index.ts'
import { labelsOf, tasksOf } from '../config/build.ts'
import type { ConfigFile } from '../config/read.ts'
import { told } from '../told.ts'

/** Files of a part: as many as ranks may want, and of neighbours in the table, so that each step mixes old and new. */
const FILES = 16
const PARTS: readonly Part[] = ['training', 'validation', 'test']

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The columns of a shard, under the names that the package knows. */
function columnsOf({ plan, select }: TableReading): string {
  const named = [
    ...plan.reads.map(({ name }, place) => ({ place, name })),
    ...plan.labels.map(({ task, place }) => ({ place, name: `label.${task}` })),
    ...plan.weights.map(({ task, place }) => ({ place, name: `weight.${task}` })),
  ]
  return named.map(({ place, name }) => `${select[place]} AS ${quoted(name)}`).join(', ')
}

/** Rows of each part that a split has. */
export type PartRows = Readonly<Partial<Record<Part, number>>>

/** How a table is read, features fitted, and how many rows each part has. @throws what `told` makes where one has none. */
export async function readingFor(
  { config, about }: ConfigFile,
  table: Table,
): Promise<{ readonly reading: TableReading; readonly rows: PartRows }> {
  const { features, split, sampleWeights } = config
  const reading = await about(undefined, () =>
    readingOf('train', table, {
      ...{ features, tasks: tasksOf(config), labels: labelsOf(config) },
      ...(split && { split }),
      ...(sampleWeights !== undefined && { sampleWeights }),
    }),
  )
  const rows: Partial<Record<Part, number>> = {}
  for (const part of PARTS) {
    if (reading.parts.where[part] === undefined) continue
    rows[part] = await rowsIn(reading, part)
    if (rows[part] === 0)
      throw told('usage', `expected rows for ${part} but got none: because the split of plegrad.json leaves it empty`)
  }
  return { reading, rows }
}

/** Writes the shards of each part into a folder of its name. */
export async function writeShards(reading: TableReading, rows: PartRows, folder: string): Promise<void> {
  const { table, parts } = reading
  const ask = (sql: string) => rowsOf('train', table.connection, sql)
  for (const [part, count] of Object.entries(rows)) {
    const to = join(folder, part)
    mkdirSync(to, { recursive: true })
    await ask(
      `CREATE OR REPLACE TEMP TABLE "plegrad shards" AS SELECT ${columnsOf(reading)} FROM ${parts.relation} WHERE ${parts.where[part as Part]!}`,
    )
    const files = Math.min(FILES, count)
    const startOf = (file: number): number => Math.floor((count * file) / files)
    for (let file = 0; file < files; file++)
      await ask(
        `COPY (FROM temp."plegrad shards" WHERE rowid >= ${startOf(file)} AND rowid < ${startOf(file + 1)}) TO ${literal(join(to, `${String(file).padStart(4, '0')}.parquet`))} (FORMAT parquet)`,
      )
  }
  await ask(`DROP TABLE temp."plegrad shards"`)
}

/**
 * Datasets of a table: features fitted on its training rows, and the rows of each part encoded. It refuses a part without
 * rows, and what `dataset` refuses.
 */
import { checkNames } from '../checks/index.ts'
import type { Dataset, Feature } from '../data/index.ts'
import { openTable } from './openTable.ts'
import type { Table, OpenOptions } from './openTable.ts'
import { encodedParts, readingOf, rowsIn } from './reading.ts'
import type { TableReading } from './reading.ts'
import { checkReading } from './readOptions.ts'
import type { ReadOptions } from './readOptions.ts'
import type { Part } from './split.ts'

/** What `tableDataset` takes: a table, or what `openTable` takes. */
export interface TableDatasetOptions extends Omit<OpenOptions, 'from'>, ReadOptions {
  readonly from?: OpenOptions['from'] | Table
}

/** The datasets of a table, and what was fitted. */
export interface TableDataset {
  /** For the model: what was fitted on the training rows is in them. */
  readonly features: readonly Feature[]
  readonly training: Dataset
  readonly validation?: Dataset
  readonly test?: Dataset
}

const WHO = 'tableDataset'

async function partOf(reading: TableReading, part: Part): Promise<Dataset> {
  const rows = await rowsIn(reading, part)
  for await (const all of encodedParts(reading, part, { rows })) return all
  throw new RangeError(`${WHO}: expected rows for ${part} but got none: because the split leaves it empty`)
}

const isTable = (from: TableDatasetOptions['from']): from is Table =>
  typeof from === 'object' && !Array.isArray(from) && 'relation' in from && 'connection' in from

/**
 * The datasets of a table. Features are fitted on its training rows, and hold what was fitted: a saved model needs no more
 * to be served. Columns that nothing reads are left alone.
 * @throws what `openTable` throws; a RangeError naming feature and column where a type has another meaning, and for what
 * `dataset` refuses; an Error in DuckDB's words where SQL fails.
 */
export async function tableDataset(options: TableDatasetOptions): Promise<TableDataset> {
  const { from, features, fitted, tasks, labels, sampleWeights, split, ...opening } = options
  const read = { features, fitted, tasks, labels, sampleWeights, split }
  const given = Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) as ReadOptions
  checkReading(WHO, given)
  if (isTable(from)) checkNames(`${WHO} of an open table`, opening, [])
  const table = isTable(from) ? from : await openTable({ ...opening, ...(from !== undefined && { from }) })
  try {
    const reading = await readingOf(WHO, table, given)
    const training = await partOf(reading, 'training')
    const { validation, test } = reading.parts.where
    return {
      features: reading.features,
      training,
      ...(validation !== undefined && { validation: await partOf(reading, 'validation') }),
      ...(test !== undefined && { test: await partOf(reading, 'test') }),
    }
  } finally {
    if (table !== from) table.close()
  }
}

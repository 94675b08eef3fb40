/**
 * Datasets of a table: features fitted on its training rows, and the rows of each part encoded. It refuses a part without
 * rows, and what `dataset` refuses.
 */
import type { Dataset, Feature } from '../data/index.ts'
import { readingFrom } from './readingFrom.ts'
import type { TableDatasetOptions } from './readingFrom.ts'
import { encodedParts, rowsIn } from './reading.ts'
import type { TableReading } from './reading.ts'
import type { Part } from './split.ts'

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

/**
 * The datasets of a table. Features are fitted on its training rows, and hold what was fitted: a saved model needs no more
 * to be served. Columns that nothing reads are left alone.
 * @throws what `openTable` throws; a RangeError naming feature and column where a type has another meaning, and for what
 * `dataset` refuses; an Error in DuckDB's words where SQL fails.
 */
export async function tableDataset(options: TableDatasetOptions): Promise<TableDataset> {
  const { reading, close } = await readingFrom(WHO, options)
  try {
    const training = await partOf(reading, 'training')
    const { validation, test } = reading.parts.where
    return {
      features: reading.features,
      training,
      ...(validation !== undefined && { validation: await partOf(reading, 'validation') }),
      ...(test !== undefined && { test: await partOf(reading, 'test') }),
    }
  } finally {
    close()
  }
}

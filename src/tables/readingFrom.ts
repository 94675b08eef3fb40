/** A table that is opened, unless it is open, and read: what its datasets and its parts begin with. It refuses options of an opening for an open table. */
import { checkNames } from '../checks/index.ts'
import { openTable } from './openTable.ts'
import type { OpenOptions, Table } from './openTable.ts'
import { readingOf } from './reading.ts'
import type { TableReading } from './reading.ts'
import { checkReading } from './readOptions.ts'
import type { ReadOptions } from './readOptions.ts'

/** What `tableDataset` takes: a table, or what `openTable` takes. */
export interface TableDatasetOptions extends Omit<OpenOptions, 'from'>, ReadOptions {
  readonly from?: OpenOptions['from'] | Table
}

/** Whether a table was given open. */
export const isTable = (from: TableDatasetOptions['from']): from is Table =>
  typeof from === 'object' && !Array.isArray(from) && 'relation' in from && 'connection' in from

/**
 * The reading of a table, and what closes the table if it was opened here.
 * @throws as `openTable` and `readingOf` do, the table closed again.
 */
export async function readingFrom(
  who: string,
  options: TableDatasetOptions,
): Promise<{ readonly reading: TableReading; readonly close: () => void }> {
  const { from, features, fitted, tasks, labels, sampleWeights, split, ...opening } = options
  const read = { features, fitted, tasks, labels, sampleWeights, split }
  const given = Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) as ReadOptions
  checkReading(who, given)
  if (isTable(from)) checkNames(`${who} of an open table`, opening, [])
  const table = isTable(from) ? from : await openTable({ ...opening, ...(from !== undefined && { from }) })
  const close = (): void => {
    if (table !== from) table.close()
  }
  try {
    return { reading: await readingOf(who, table, given), close }
  } catch (error) {
    close()
    throw error
  }
}

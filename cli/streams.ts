/**
 * The rows that a command trains on or measures: in memory, or part by part where plegrad.json says stream. It refuses to hold
 * these.
 */
import type { Dataset, Feature } from '../src/index.ts'
import { streamed } from '../src/streams.ts'
import type { Data, DataParts, StreamedData } from '../src/streams.ts'
import { tableParts, tableSort } from '../src/tables/index.ts'
import type { Part } from '../src/tables/index.ts'
import type { ConfigFile } from './config/read.ts'
import {
  duckdb,
  duckdbAddress,
  filesHere,
  given,
  inFolder,
  labelled,
  partsOf,
  readOf,
  sourceOf,
  withTable,
} from './data.ts'
import type { Rows } from './data.ts'
import { told } from './told.ts'

/** All parts of a table, with features fitted on its training rows. */
export interface TrainingRows<D = Data> {
  readonly features: readonly Feature[]
  readonly training: D
  readonly validation?: D
  readonly test?: D
}

const PARTS: readonly Part[] = ['training', 'validation', 'test']

/** What `act` makes of the rows of a table, streamed; `readBy` says which thread reads them. */
async function withStreams<T>(
  file: ConfigFile,
  others: readonly string[],
  { split, fitted }: { readonly split: boolean; readonly fitted?: readonly Feature[] },
  act: (rows: TrainingRows<StreamedData>, readBy: string) => Promise<T>,
): Promise<T> {
  const { config, folder, about } = file
  const module = await duckdb()
  const address = duckdbAddress()
  const { source, member } = sourceOf(file, filesHere(others))
  const { from, sql, table, memoryLimit, tempDirectory } = source
  return inFolder(folder, async () => {
    const open = () =>
      tableParts({
        ...given({ from, sql, table, memoryLimit, tempDirectory, fitted, split: split ? config.split : undefined }),
        ...given(readOf(config)),
        ...(address !== undefined && { duckdb: module, thread: { duckdb: address } }),
      })
    const { features, close, readBy, ...parts } = await open().catch((error: unknown) =>
      // What a table is made of has lines of its own.
      about((error as Error).message.startsWith('openTable: ') ? member : undefined, () => {
        throw error
      }),
    )
    const how = given({
      buffer: config.stream?.buffer,
      sort: tableSort(given({ memoryLimit, tempDirectory, duckdb: address === undefined ? undefined : module })),
    })
    // Rows are looked at when they come, whoever asks for them then.
    const told = ({ sizes, read }: DataParts): DataParts => ({
      sizes,
      read: (place) => about(undefined, () => read(place)),
    })
    try {
      const rows = await Promise.all(
        PARTS.flatMap((part) => {
          const some = parts[part]
          return some ? [streamed(told(some), how).then((data) => [part, data])] : []
        }),
      )
      return await act({ features, ...(Object.fromEntries(rows) as Record<Part, StreamedData>) }, readBy)
    } finally {
      close()
    }
  })
}

/** What `act` makes of the rows that a model is trained and measured on; `readBy` says which thread reads them, if one does. */
export async function withTraining<T>(
  file: ConfigFile,
  act: (rows: TrainingRows, readBy?: string) => Promise<T>,
): Promise<T> {
  if (file.config.stream) return withStreams(file, [], { split: true }, act)
  return act(await withTable(file, [], (table) => partsOf(file, table)))
}

/** What `act` makes of rows with labels, as the features of a model have them. */
export async function withRows<T>(
  file: ConfigFile,
  others: readonly string[],
  rows: Rows,
  fitted: readonly Feature[],
  act: (data: Data) => Promise<T>,
): Promise<T> {
  if (!file.config.stream)
    return act(await withTable(file, others, (table): Promise<Dataset> => labelled(file, table, rows, fitted)))
  return withStreams(file, others, { split: rows !== 'all', fitted }, (parts) => {
    const data = parts[rows === 'all' ? 'training' : rows]
    if (data) return act(data)
    throw told('usage', `expected rows for ${rows} but got none: because the split of plegrad.json leaves it empty`)
  })
}

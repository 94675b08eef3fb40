/**
 * Asks a thread for the parts of a table. It refuses to begin one that could not have what it is to read, and says why.
 */
import { datasetOf, featuresFromJSON, featuresToJSON } from '../data/index.ts'
import type { DataParts, Feature } from '../data/index.ts'
import { isWrittenKind } from '../models/index.ts'
import type { TaskType } from '../models/index.ts'
import type { PartsOptions, PartsRead } from './partsHere.ts'
import { isTable } from './readingFrom.ts'
import { startTableThread } from './threadHost.ts'
import type { TableThreadHost } from './threadHost.ts'
import type { Part } from './split.ts'
import type { OpenedTable, PartRows, SentOptions } from './tableThread.ts'

/** What can be sent of options: or why some of it cannot. */
function sendable({ duckdb, ...options }: PartsOptions, address: string | undefined): SentOptions | string {
  const { from, tasks, fitted, ...others } = options
  if (isTable(from)) return 'the table was given open'
  if (duckdb !== undefined && address === undefined)
    return 'DuckDB was given as a module; its address may be given as thread: { duckdb }'
  const kinds = Object.entries((tasks ?? {}) as Readonly<Record<string, TaskType>>)
  const own = kinds.find(([, kind]) => !isWrittenKind(kind))
  if (own) return `the kind of task '${own[0]}' is one of your own`
  const made = fitted?.find((feature) => feature.kind === 'dense' && feature.transform)
  if (made) return `feature '${made.name}' has a transform`
  return {
    ...others,
    ...(from !== undefined && { from }),
    ...(tasks && {
      tasks: Object.fromEntries(
        kinds.map(([name, kind]) => [name, typeof kind === 'string' ? kind : (kind.toJSON() as object)]),
      ),
    }),
    ...(fitted && { fitted: featuresToJSON(fitted) }),
  }
}

/** Parts that a thread reads. */
const partsBy = (
  thread: TableThreadHost,
  features: readonly Feature[],
  part: Part,
  sizes: readonly number[],
): DataParts => ({
  sizes,
  read: async (place) => datasetOf({ features, ...((await thread.ask({ part, place })) as PartRows) }),
})

/**
 * The parts of a table by a thread of its own, or why there is none.
 * @throws what `partsHere` throws, which the thread sends.
 */
export async function partsOnThread(
  options: PartsOptions,
  { duckdb }: { readonly duckdb?: string },
): Promise<PartsRead | string> {
  const sent = sendable(options, duckdb)
  if (typeof sent === 'string') return sent
  const thread = await startTableThread(duckdb)
  if (typeof thread === 'string') return thread
  try {
    const opened = (await thread.ask({ open: sent })) as OpenedTable
    const features = options.fitted ?? featuresFromJSON(opened.features)
    const { training, validation, test } = opened.sizes
    const of = (part: Part, sizes: readonly number[]): DataParts => partsBy(thread, features, part, sizes)
    return {
      features,
      training: of('training', training!),
      ...(validation && { validation: of('validation', validation) }),
      ...(test && { test: of('test', test) }),
      close: thread.close,
    }
  } catch (error) {
    thread.close()
    throw error
  }
}

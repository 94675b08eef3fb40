/**
 * The parts of a table as data larger than memory, read beside the steps that take them: on a thread of its own, or on this
 * one where there can be none, which it says. It refuses to hold rows.
 */
import { checkValue, either, flag, having } from '../checks/index.ts'
import { partsHere } from './partsHere.ts'
import type { PartsOptions, PartsRead } from './partsHere.ts'
import { partsOnThread } from './partsOnThread.ts'

/** Where the thread that reads a table finds what it is not given. */
export interface TableThread {
  /** The address of `@duckdb/node-api` there, such as `import.meta.resolve` has it. Default it is found beside plegrad. */
  readonly duckdb: string
}

/** What `tableParts` takes: what `tableDataset` does, how large parts are, and which thread reads them. */
export interface TablePartsOptions extends PartsOptions {
  /** Whether rows are read and encoded on a thread of their own, in Node. Default true. */
  readonly thread?: boolean | TableThread
}

/** The rows of a table part by part, and what was fitted. */
export interface TableParts extends PartsRead {
  /** `a thread of its own`, or `this thread, because` there could be no other. */
  readonly readBy: string
}

const WHO = 'tableParts'
const THREAD = either(flag, having('{ duckdb }, its address there', 'duckdb'))

/**
 * The rows of a table as `streamed` of plegrad/streams takes them: features are fitted by SQL on the training rows, which no
 * one holds, and parts are read and encoded while steps run, on a thread of their own. In the order of the table they are
 * the rows that `tableDataset` has.
 *
 * Files of Parquet are read where they lie, and of their row groups those alone that are asked for. Of other files, of
 * queries, and of a split at random, DuckDB keeps a copy, on disk beyond `memoryLimit`.
 *
 * A thread has its own DuckDB, so an open table is read by this one, and so are a DuckDB that is given as a module without its
 * address, kinds of tasks of one's own and transforms, of which functions are made; `readBy` says it.
 * @throws what `tableDataset` throws; a part that is read, an Error if the table has other rows than before.
 */
export async function tableParts({ thread = true, ...options }: TablePartsOptions): Promise<TableParts> {
  checkValue(WHO, 'thread', thread, THREAD)
  const found = thread === false ? 'thread is false' : await partsOnThread(options, thread === true ? {} : thread)
  if (typeof found !== 'string') return { ...found, readBy: 'a thread of its own' }
  return { ...(await partsHere(options)), readBy: `this thread, because ${found}` }
}

/** Sorts scores on disk, by DuckDB: what `streamed` takes to evaluate more rows than memory has room for. It refuses nothing. */
import { checkOptions, text, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import type { Sort, SortedRows, Sorter } from '../training/index.ts'
import { MODULE, duckdbOf } from './library.ts'
import type { Connection, Instance } from './library.ts'
import type { OpenOptions } from './openTable.ts'
import { asking, chunksOf, run } from './sql.ts'

/** What `tableSort` takes. */
export interface TableSortOptions extends Pick<OpenOptions, 'tempDirectory' | 'threads' | 'duckdb'> {
  /** What DuckDB may take for each task that is sorted; what is beyond is on disk. Default '200MB'. */
  readonly memoryLimit?: string
}

const OPTIONS: Checks<TableSortOptions> = { memoryLimit: text, tempDirectory: text, threads: whole(1), duckdb: MODULE }

/** What is used of DuckDB to append. */
interface Appender {
  appendDataChunk(chunk: object): void
  closeSync(): void
}
interface Appending {
  readonly DuckDBDataChunk: {
    create(types: readonly unknown[], rowCount: number): { setColumns(columns: readonly Float32Array[]): void }
  }
  readonly FLOAT: unknown
}

const WHO = 'tableSort'
/** As many rows as DuckDB takes at once. */
const CHUNK = 2048
const TABLE = 'scores'

/** Rows in a table of DuckDB's. Weights are all 1 unless some rows have others. */
async function sorterIn(instance: Instance, { DuckDBDataChunk, FLOAT }: Appending): Promise<Sorter> {
  const connection = (await instance.connect()) as Connection & { createAppender(table: string): Promise<Appender> }
  await run(WHO, connection, `CREATE TABLE ${TABLE} (score FLOAT, label FLOAT, weight FLOAT)`)
  const appender = await connection.createAppender(TABLE)
  const ones = new Float32Array(CHUNK).fill(1)
  return {
    append: ({ scores, labels, weights }) =>
      asking(WHO, () => {
        for (let from = 0; from < scores.length; from += CHUNK) {
          const to = Math.min(from + CHUNK, scores.length)
          const chunk = DuckDBDataChunk.create([FLOAT, FLOAT, FLOAT], to - from)
          const weight = weights?.subarray(from, to) ?? ones.subarray(0, to - from)
          chunk.setColumns([scores.subarray(from, to), labels.subarray(from, to), weight])
          appender.appendDataChunk(chunk)
        }
      }),
    async *ascending(): AsyncGenerator<SortedRows> {
      await asking(WHO, () => appender.closeSync())
      for await (const chunk of chunksOf(WHO, connection, `FROM ${TABLE} ORDER BY ALL`)) {
        const [scores, labels, weights] = [0, 1, 2].map((column) => chunk.getColumnVector(column).items as Float32Array)
        yield { scores, labels, weights }
      }
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/**
 * For `streamed(parts, { sort: tableSort() })` of plegrad/streams: an AUC of any number of rows, exact, of scores that DuckDB
 * sorts, on disk beyond `memoryLimit`.
 * @throws RangeError for an option that is not known. Error, where data are scored, if DuckDB is not installed, or the disk is
 * full.
 */
export function tableSort(options: TableSortOptions = {}): Sort {
  checkOptions(WHO, options, OPTIONS)
  const { memoryLimit = '200MB', tempDirectory, threads, duckdb } = options
  return async () => {
    const library = await duckdbOf(duckdb)
    const instance = await library.DuckDBInstance.create(':memory:', {
      memory_limit: memoryLimit,
      ...(tempDirectory !== undefined && { temp_directory: tempDirectory }),
      ...(threads !== undefined && { threads: String(threads) }),
    })
    return sorterIn(instance, library as unknown as Appending)
  }
}

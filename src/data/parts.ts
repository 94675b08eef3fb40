/** Data in parts, of which few are in memory at once. It refuses to say where they come from: files, a database, a network. */
import type { Dataset } from './encoded.ts'

/** Parts of a data set, in the order of its rows: what `streamed` of plegrad/streams trains and scores on. */
export interface DataParts {
  /** How many rows each part has. */
  readonly sizes: readonly number[]
  /** Reads a part, by its place in `sizes`: the same rows each time, encoded by the same features as those of all others. */
  readonly read: (part: number) => Promise<Dataset>
}

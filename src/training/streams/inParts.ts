/** A dataset in memory as parts. It refuses parts without rows. */
import { checkValue, needed, whole } from '../../checks/index.ts'
import { DATASET } from '../../data/index.ts'
import type { DataParts, Dataset } from '../../data/index.ts'

/**
 * Parts of so many rows of a dataset, the last of what is left: to try what streaming does, and what parts of one's own are.
 * @throws RangeError for what is no dataset, and less than one row.
 */
export function inParts(data: Dataset, rows: number): DataParts {
  checkValue('inParts', 'the first argument', data, DATASET)
  checkValue('inParts', 'the rows of a part', rows, needed(whole(1)))
  const sizes = Array.from({ length: Math.ceil(data.rows / rows) }, (_, part) =>
    Math.min(rows, data.rows - part * rows),
  )
  return {
    sizes,
    read: async (part) => data.select(Int32Array.from({ length: sizes[part] }, (_, row) => part * rows + row)),
  }
}

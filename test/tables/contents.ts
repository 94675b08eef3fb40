/** All that a dataset holds, as plain data. */
import type { Dataset } from '../../src/index.ts'

export const contents = ({ rows, features, ids, numbers, labels, sampleWeights }: Dataset): unknown => ({
  rows,
  features: JSON.parse(JSON.stringify(features)) as unknown,
  ids,
  numbers,
  labels,
  sampleWeights,
})

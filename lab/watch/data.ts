/** What is learned from: rows that train and rows that validate, invented by the seed. It refuses none: settings were checked. */
import { dataset, stream } from '../../src/index.ts'
import type { Dataset } from '../../src/index.ts'
import { syntheticFeed, syntheticTasks } from '../../src/synthetic.ts'
import type { Settings } from './settings.ts'

/** Rows to train on and rows to validate on, and what was done to them. */
export interface Prepared {
  readonly tasks: Readonly<Record<string, 'binary' | 'regression'>>
  readonly train: Dataset
  readonly validation: Dataset
  readonly notes: readonly string[]
}

/** A quarter of the rows, drawn by the seed, validates. */
export function parted(all: Dataset, seed: number): Pick<Prepared, 'train' | 'validation'> {
  const order = rowOrder(all.rows, seed)
  return { train: all.select(order.train), validation: all.select(order.validation) }
}

/** Which rows of so many train and which validate. */
export function rowOrder(rows: number, seed: number): Readonly<Record<'train' | 'validation', Int32Array>> {
  const order = stream(seed).stream('parts').permutation(rows)
  const first = Math.ceil(rows / 4)
  return { train: order.subarray(first), validation: order.subarray(0, first) }
}

/** The regressions of Ma et al. 2018, of eight factors, and the feed with fewer people and videos than it has by default. */
export function invented({ data, correlation, rows, seed }: Settings): Prepared {
  const made =
    data === 'feed'
      ? syntheticFeed({ rows, correlation, seed, users: 100, videos: 150, noise: 0.5 })
      : syntheticTasks({ rows, correlation, seed, dimension: 8, scale: 1.5 })
  return { tasks: made.tasks, ...parted(dataset(made), seed), notes: [] }
}

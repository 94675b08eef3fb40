/** Goes through rows again and again, each time in a new order. It refuses to know what the rows are for. */
import type { Dataset } from '../../data/index.ts'
import { stream } from '../../tensor/index.ts'

export interface RoundsOptions {
  /** Rows of a step; the last one of a round has what is left. */
  readonly stepRows: number
  readonly shuffle: boolean
  readonly seed: number
  /** Which round is the first, counted from 1: orders are new in each. */
  readonly first: number
  /** How many of its steps are left out: they were taken before. */
  readonly skip?: number
  /** How many rounds are asked for at most, those that were taken before among them: nothing is read ahead of the last. */
  readonly epochs?: number
}

/** Where a step's rows are: `rows` of them from `start` on in the order, or in the data itself without one. */
export interface RowRange {
  readonly start: number
  readonly rows: number
  readonly order: Int32Array | undefined
  /** What they are rows of, where data are streamed. */
  readonly data?: Dataset
}

/** How many steps a round has. */
export const stepsOf = (rows: number, stepRows: number): number => Math.ceil(rows / stepRows)

/** Ranges without end. One seed gives one sequence. */
export function* rounds(rows: number, options: RoundsOptions): Generator<RowRange, never> {
  const { stepRows, shuffle, seed, first, skip = 0 } = options
  const orders = stream(seed).stream('order')
  const steps = stepsOf(rows, stepRows)
  let start = stepRows * (skip % steps)
  for (let round = first + Math.floor(skip / steps); ; round++, start = 0) {
    const order = shuffle ? orders.stream(String(round)).permutation(rows) : undefined
    for (; start < rows; start += stepRows) yield { start, rows: Math.min(stepRows, rows - start), order }
  }
}

/** Chooses the rows that a metric is about, those in the task's sample space, and refuses rows that make no sense. */
import { checkOptions, checkValue, having, show } from '../checks/index.ts'

/** A label per row; big integers count as the numbers that they are. */
export type Labels = ArrayLike<number | bigint>

/** Labels as numbers; a list that has some already is given back. */
export const numbersOf = (labels: Labels): ArrayLike<number> =>
  typeof labels[0] === 'bigint' ? Array.from(labels, Number) : (labels as ArrayLike<number>)

/** What every metric takes. */
export interface MetricOptions {
  /** One weight per row, finite and not negative; every row counts 1 without them, and a weight of 0 drops its row. */
  readonly weights?: ArrayLike<number>
}

const METRIC = { weights: having('a list of numbers', 'length') }

/** That options of a metric are what they may be. */
export const checkMetric = (who: string, options: MetricOptions): void => {
  checkOptions(who, options, METRIC)
}

/** What a metric asks of every row in the sample space. */
export interface Demand {
  readonly prediction: string
  readonly low: number
  readonly high: number
  readonly binary: boolean
}

/** Anything that can be ranked, the infinities too, against a class. */
export const SCORES: Demand = { prediction: 'a score', low: -Infinity, high: Infinity, binary: true }

export const PROBABILITIES: Demand = { prediction: 'a probability in [0, 1]', low: 0, high: 1, binary: true }

export const QUANTITIES: Demand = { prediction: 'a number', low: -Infinity, high: Infinity, binary: false }

export function checkList(who: string, what: string, list: ArrayLike<unknown>, labels: number): void {
  checkValue(who, what, list, having('a list', 'length'))
  if (list.length !== labels)
    throw new RangeError(
      `${who}: expected ${labels} ${what} but got ${list.length}: because there are ${labels} labels, one per row`,
    )
}

const refuse = (who: string, expected: string, got: unknown, row: number, reason: string): never => {
  throw new RangeError(`${who}: expected ${expected} but got ${show(got)} at row ${row}: because ${reason}`)
}

/**
 * The rows that count, ascending: the label is a number and the weight is not 0. Of a row whose label is NaN,
 * nothing else is read.
 * @throws RangeError if lengths differ, or at the first row that breaks the demand, naming it.
 */
export function rowsInside(
  who: string,
  demand: Demand,
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Int32Array {
  checkList(who, 'predictions', predictions, labels.length)
  if (weights) checkList(who, 'weights', weights, labels.length)
  const rows = new Int32Array(labels.length)
  let count = 0
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]
    if (Number.isNaN(label)) continue
    const prediction = predictions[row]
    const weight = weights ? weights[row] : 1
    if (demand.binary ? label !== 0 && label !== 1 : !Number.isFinite(label))
      refuse(who, demand.binary ? 'a label of 0 or 1' : 'a finite label', label, row, 'only NaN leaves a row out')
    if (!(prediction >= demand.low && prediction <= demand.high))
      refuse(who, demand.prediction, prediction, row, 'its label is in the sample space')
    if (!(weight >= 0 && weight < Infinity))
      refuse(who, 'a finite weight of at least 0', weight, row, 'a weight says how many rows this one stands for')
    if (weight > 0) rows[count++] = row
  }
  return rows.subarray(0, count)
}

/** The area under the ROC curve, over all rows or within each user; exact with ties, and never an approximation. */
import { show } from '../checks/index.ts'
import { checkedKey, isMissing } from '../data/index.ts'
import type { Value } from '../data/index.ts'
import { ascending, grouped } from './order.ts'
import { SCORES, checkList, checkMetric, numbersOf, rowsInside } from './rows.ts'
import type { Labels, MetricOptions } from './rows.ts'

/**
 * Σ w⁺·w⁻·([s⁺ > s⁻] + ½[s⁺ = s⁻]) / (Σ w⁺ · Σ w⁻) over pairs of a positive and a negative row, in one sweep over rows in
 * ascending order of their scores. With one class missing it is 0/0, NaN.
 */
export function ascendingArea(): {
  readonly add: (score: number, label: number, weight: number) => void
  readonly value: () => number
} {
  let negatives = 0
  let positives = 0
  let won = 0
  let tied = NaN
  let tiedNegatives = 0
  let tiedPositives = 0
  const settle = (): void => {
    won += tiedPositives * (negatives + tiedNegatives / 2)
    negatives += tiedNegatives
    positives += tiedPositives
    tiedNegatives = tiedPositives = 0
  }
  return {
    add(score, label, weight) {
      if (score !== tied) settle()
      tied = score
      if (label === 1) tiedPositives += weight
      else tiedNegatives += weight
    },
    value() {
      settle()
      return won / (negatives * positives)
    },
  }
}

/** The area of the rows of a ranking from `from` to `to`. */
function areaUnder(
  ranking: Int32Array,
  from: number,
  to: number,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  const { add, value } = ascendingArea()
  for (let at = from; at < to; at++) {
    const row = ranking[at]
    add(scores[row], labels[row], weights ? weights[row] : 1)
  }
  return value()
}

/** The rows that an AUC is of, checked as `auc` does, with their labels and what they count for. */
export function scoredRows(
  who: string,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Readonly<Record<'scores' | 'labels', Float32Array>> & { readonly weights?: Float32Array } {
  const rows = rowsInside(who, SCORES, scores, labels, weights)
  const of = (values: ArrayLike<number>): Float32Array => Float32Array.from(rows, (row) => values[row])
  return { scores: of(scores), labels: of(labels), ...(weights && { weights: of(weights) }) }
}

/**
 * The chance that a positive row outranks a negative one, a tie counting half: the exact area under the ROC curve,
 * which is the Mann–Whitney U with average ranks over the number of pairs. In [0, 1]; higher is better. Probabilities
 * and logits give the same value.
 *
 * `scores`, `labels` and `options.weights` have one entry per row. A row whose label is NaN is outside the task's
 * sample space and is skipped. NaN if the rest lacks one of the two classes.
 *
 * Source: Hanley and McNeil, Radiology 143 (1982).
 * @throws RangeError if lengths differ, a label is not 0, 1 or NaN, a score is NaN, or a weight is negative.
 */
export function auc(scores: ArrayLike<number>, given: Labels, options: MetricOptions = {}): number {
  checkMetric('auc', options)
  const labels = numbersOf(given)
  const ranking = ascending(rowsInside('auc', SCORES, scores, labels, options.weights), scores)
  return areaUnder(ranking, 0, ranking.length, scores, labels, options.weights)
}

/**
 * The mean over users of the AUC within the user, weighted by the user's impressions (rows, or their weights): how well each user's
 * own items are ranked. In [0, 1]; higher is better.
 *
 * `scores`, `labels` and `users` have one entry per row; a user is any number, string or BigInt, which is the string
 * of its digits. Rows whose label is NaN are skipped and are no impressions. Users with one class are skipped; NaN if no user is left.
 *
 * Source: the user-weighted AUC of Deep Interest Network, Zhou et al., KDD 2018, arXiv 1706.06978.
 * @throws RangeError if lengths differ, a label is not 0, 1 or NaN, a score is NaN, or a user is missing: null, undefined,
 * NaN or ''.
 * @throws TypeError if a user is a whole number beyond 2^53, of which several are read as one, or no such value at all.
 */
export function gauc(
  scores: ArrayLike<number>,
  given: Labels,
  users: ArrayLike<Value>,
  options: MetricOptions = {},
): number {
  checkMetric('gauc', options)
  const { weights } = options
  const labels = numbersOf(given)
  checkList('gauc', 'users', users, labels.length)
  const inside = rowsInside('gauc', SCORES, scores, labels, weights)
  const userAt = (row: number): unknown => {
    const user = users[row]
    if (isMissing(user))
      throw new RangeError(
        `gauc: expected a user but got ${show(user)} at row ${row}: because its rows would be nobody's`,
      )
    return checkedKey('gauc', user, undefined, ` at row ${row}`)
  }
  const { rows, ends } = grouped(ascending(inside, scores), userAt)
  let sum = 0
  let impressions = 0
  for (let user = 0; user < ends.length; user++) {
    const from = user === 0 ? 0 : ends[user - 1]
    const area = areaUnder(rows, from, ends[user], scores, labels, weights)
    if (Number.isNaN(area)) continue
    let own = 0
    for (let at = from; at < ends[user]; at++) own += weights ? weights[rows[at]] : 1
    sum += area * own
    impressions += own
  }
  return sum / impressions
}

/** The area under the ROC curve, over all rows or within each user; exact with ties, and never an approximation. */
import { ascending, grouped } from './order.ts'
import { SCORES, checkLength, checkMetric, rowsInside } from './rows.ts'
import type { MetricOptions } from './rows.ts'

/**
 * Σ w⁺·w⁻·([s⁺ > s⁻] + ½[s⁺ = s⁻]) / (Σ w⁺ · Σ w⁻) over pairs of a positive and a negative row, in one sweep up
 * the ranking from `from` to `to`. With one class missing it is 0/0, NaN.
 */
function areaUnder(
  ranking: Int32Array,
  from: number,
  to: number,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  let negatives = 0
  let positives = 0
  let won = 0
  for (let at = from; at < to;) {
    const score = scores[ranking[at]]
    let tiedNegatives = 0
    let tiedPositives = 0
    for (; at < to && scores[ranking[at]] === score; at++) {
      const row = ranking[at]
      const weight = weights ? weights[row] : 1
      if (labels[row] === 1) tiedPositives += weight
      else tiedNegatives += weight
    }
    won += tiedPositives * (negatives + tiedNegatives / 2)
    negatives += tiedNegatives
    positives += tiedPositives
  }
  return won / (negatives * positives)
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
 *
 * @throws RangeError if lengths differ, a label is not 0, 1 or NaN, a score is NaN, or a weight is negative.
 */
export function auc(scores: ArrayLike<number>, labels: ArrayLike<number>, options: MetricOptions = {}): number {
  checkMetric('auc', options)
  const ranking = ascending(rowsInside('auc', SCORES, scores, labels, options.weights), scores)
  return areaUnder(ranking, 0, ranking.length, scores, labels, options.weights)
}

/**
 * The mean over users of the AUC within the user, weighted by the user's impressions (rows): how well each user's
 * own items are ranked. In [0, 1]; higher is better.
 *
 * `scores`, `labels` and `users` have one entry per row; a user is any number or string. Rows whose label is NaN are
 * skipped and are no impressions. Users with one class are skipped; NaN if no user is left.
 *
 * Source: the user-weighted AUC of Deep Interest Network, Zhou et al., KDD 2018, arXiv 1706.06978.
 *
 * @throws RangeError if lengths differ, a label is not 0, 1 or NaN, or a score or a user is NaN.
 */
export function gauc(scores: ArrayLike<number>, labels: ArrayLike<number>, users: ArrayLike<number | string>): number {
  checkLength('gauc', 'users', users.length, labels.length)
  const inside = rowsInside('gauc', SCORES, scores, labels)
  for (const row of inside)
    if (Number.isNaN(users[row]))
      throw new RangeError(`gauc: expected a user but got NaN at row ${row}: because its rows would be nobody's`)
  const { rows, ends } = grouped(ascending(inside, scores), users)
  let sum = 0
  let impressions = 0
  for (let user = 0; user < ends.length; user++) {
    const from = user === 0 ? 0 : ends[user - 1]
    const area = areaUnder(rows, from, ends[user], scores, labels)
    if (Number.isNaN(area)) continue
    sum += area * (ends[user] - from)
    impressions += ends[user] - from
  }
  return sum / impressions
}

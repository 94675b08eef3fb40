/** A score to choose epochs by: what all tasks gain over a baseline. It refuses a baseline that cannot be compared with. */
import { anything, checkOptions, checkValue, flag, recordOf } from '../../checks/index.ts'
import type { Scores } from './evaluate.ts'
import { METRIC_DIRECTIONS, multiTaskGain } from '../../metrics/index.ts'
import type { MetricName } from '../../metrics/index.ts'

/** What `gainScore` takes. */
export interface GainScoreOptions {
  /** Gains as shares of the baseline's value, so that tasks of any scale count alike, or in the metrics' own units. Default true. */
  readonly relative?: boolean
}

/**
 * For `fit`'s `score`: the mean over tasks of the gain Δ = ±(M − B)/B of each task's metric M over the baseline's B, + where
 * higher is better and − where lower is: Δ of Maninis et al., CVPR 2019 (LibMTL's Δp). With `relative: false` the
 * gain is that of Tang et al. 2020, Eq. 11, ±(M − B).
 *
 * The metric of a task is the first in the baseline, which is what `evaluate` gives: of single-task models trained
 * before, `gainScore({ ...evaluate(clicks, data), ...evaluate(prices, data) })`. A metric that is not defined, such as the
 * AUC of one class, is left out of the mean; NaN if none is.
 * @throws RangeError when made, for a task without metrics, a metric that `fit` does not know by name, or a value that is not
 * finite, or 0 where gains are relative; when called, for a task or metric that only one side has.
 */
export function gainScore(baseline: Scores, options: GainScoreOptions = {}): (scores: Scores) => number {
  checkOptions('gainScore', options, { relative: flag })
  checkValue('gainScore', 'baseline', baseline, recordOf(recordOf(anything)))
  const { relative = true } = options
  const references = Object.entries(baseline).map(([task, metrics]) => {
    const [name, value] = Object.entries(metrics)[0] ?? ['none', NaN]
    if (!Object.hasOwn(METRIC_DIRECTIONS, name))
      throw new RangeError(
        `gainScore: expected a first metric of '${task}' among ${Object.keys(METRIC_DIRECTIONS).join(', ')} but got ${name}`,
      )
    if (!Number.isFinite(value) || (relative && value === 0))
      throw new RangeError(
        `gainScore: expected a finite ${name} of '${task}'${relative ? ' other than 0' : ''} but got ${value}: because gains are against it`,
      )
    return { task, name: name as MetricName, value }
  })
  const tasks = references.map(({ task }) => task).join(', ')
  if (references.length === 0) throw new RangeError('gainScore: expected a baseline of at least one task but got none')
  return (scores) => {
    const unknown = Object.keys(scores).find((task) => !Object.hasOwn(baseline, task))
    if (unknown !== undefined) throw new RangeError(`gainScore: expected scores of ${tasks} but got '${unknown}'`)
    const gains = references.map(({ task, name, value }) => {
      const reached = scores[task]?.[name]
      if (reached === undefined) throw new RangeError(`gainScore: expected ${name} of '${task}' but got none`)
      return multiTaskGain(reached, value, name) / (relative ? value : 1)
    })
    const defined = gains.filter((gain) => !Number.isNaN(gain))
    return defined.reduce((total, gain) => total + gain, 0) / defined.length
  }
}

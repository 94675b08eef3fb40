/** The metrics by name, each with the direction that is better; no metric enters here that needs more than labels. */
import { auc } from './auc.ts'
import { logLoss, meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './pointwise.ts'
import type { Labels, MetricOptions } from './rows.ts'

/** Which values of a metric are the better ones. */
export type Direction = 'higher' | 'lower'

/** What may be asked for by name, each where a task's kind has it, and which of its values are better. */
export const METRIC_DIRECTIONS = {
  auc: 'higher',
  logLoss: 'lower',
  mse: 'lower',
  mae: 'lower',
  rmse: 'lower',
  accuracy: 'higher',
  poissonDeviance: 'lower',
} as const satisfies Readonly<Record<string, Direction>>

/** The metrics that may be asked for by name: each kind of task has some of them. */
export type MetricName = keyof typeof METRIC_DIRECTIONS

/** A metric: how it is computed, and whether higher is better. */
export interface Metric {
  readonly compute: (predictions: ArrayLike<number>, labels: Labels, options?: MetricOptions) => number
  readonly direction: Direction
}

/** A metric that is given as itself: one of one's own, or one that needs more than labels, such as `gaucOf(users)`. */
export interface NamedMetric extends Metric {
  /** What its value is called among the scores. */
  readonly name: string
  /** How many rows it is for, where it knows something of each. */
  readonly rows?: number
}

/** A metric as its name has it. */
export const metricNamed = (name: MetricName, compute: Metric['compute']): Metric => ({
  compute,
  direction: METRIC_DIRECTIONS[name],
})

/** What binary and regression tasks report and stop on. `logLoss` wants probabilities; `auc` takes them or logits. */
export const METRICS: Readonly<Record<'auc' | 'logLoss' | 'mse' | 'mae' | 'rmse', Metric>> = {
  auc: { compute: auc, direction: 'higher' },
  logLoss: { compute: logLoss, direction: 'lower' },
  mse: { compute: meanSquaredError, direction: 'lower' },
  mae: { compute: meanAbsoluteError, direction: 'lower' },
  rmse: { compute: rootMeanSquaredError, direction: 'lower' },
}

function directionOf(name: MetricName): Direction {
  if (!Object.hasOwn(METRIC_DIRECTIONS, name))
    throw new RangeError(
      `multiTaskGain: expected one of ${Object.keys(METRIC_DIRECTIONS).join(', ')} but got '${name}'`,
    )
  return METRIC_DIRECTIONS[name]
}

/**
 * What a task gained by learning with others, in the metric's own units: M_MTL − M_single where higher is better,
 * M_single − M_MTL where lower is. Positive is a gain, negative is a seesaw's low end; NaN if either value is NaN.
 *
 * `metric` is a name that `fit` knows, or any `{ direction }`, such as `{ direction: 'higher' }` for gauc.
 *
 * Source: Eq. 11 of Progressive Layered Extraction, Tang et al., RecSys 2020.
 * @throws RangeError if the name is unknown.
 */
export function multiTaskGain(
  model: number,
  singleTask: number,
  metric: MetricName | { readonly direction: Direction },
): number {
  const direction = typeof metric === 'string' ? directionOf(metric) : metric.direction
  return direction === 'higher' ? model - singleTask : singleTask - model
}

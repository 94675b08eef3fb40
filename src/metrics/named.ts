/** The metrics by name, each with the direction that is better; no metric enters here that needs more than labels. */
import { auc } from './auc.ts'
import { logLoss, meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './pointwise.ts'
import type { Labels, MetricOptions } from './rows.ts'

/** Which values of a metric are the better ones. */
export type Direction = 'higher' | 'lower'

/** The metrics that may be asked for by name. */
export type MetricName = 'auc' | 'logLoss' | 'mse' | 'mae' | 'rmse'

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

/** What training can report and stop on. `logLoss` wants probabilities; `auc` takes them or logits. */
export const METRICS: Readonly<Record<MetricName, Metric>> = {
  auc: { compute: auc, direction: 'higher' },
  logLoss: { compute: logLoss, direction: 'lower' },
  mse: { compute: meanSquaredError, direction: 'lower' },
  mae: { compute: meanAbsoluteError, direction: 'lower' },
  rmse: { compute: rootMeanSquaredError, direction: 'lower' },
}

function directionOf(name: MetricName): Direction {
  if (!Object.hasOwn(METRICS, name))
    throw new RangeError(`multiTaskGain: expected one of ${Object.keys(METRICS).join(', ')} but got '${name}'`)
  return METRICS[name].direction
}

/**
 * What a task gained by learning with others, in the metric's own units: M_MTL − M_single where higher is better,
 * M_single − M_MTL where lower is. Positive is a gain, negative is a seesaw's low end; NaN if either value is NaN.
 *
 * `metric` is a name in `METRICS`, or any `{ direction }`, such as `{ direction: 'higher' }` for gauc.
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

/** What others' models reach on the same data, put beside ours: their metrics, and their gains over a twin of their own. */
import { multiTaskGain } from '../../src/metrics.ts'
import type { TaskType } from '../../src/index.ts'
import type { Reference } from './feed.ts'
import { BASELINE } from './labels.ts'
import { metricOf } from './metric.ts'
import type { Outcome } from './summary.ts'

/** What the reference reached with a model: its gain is that of its means. Undefined where it has no such figure. */
export function reached(reference: Reference, model: string, task: string, type: TaskType): Outcome | undefined {
  const metric = reference.figures[model]?.[task]
  if (!metric) return undefined
  const gain = multiTaskGain(metric.mean, reference.figures[BASELINE][task].mean, metricOf(type))
  return { metric, ...(model !== BASELINE && { gain: { mean: gain } }) }
}

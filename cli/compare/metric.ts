/** What a task is told by in a comparison. */
import { kindOf, nameOf } from '../../src/models/index.ts'
import type { MetricName, TaskType } from '../../src/index.ts'

/** What a task is judged by: the metric by which its epoch is chosen, too. Kinds that JSON can say have no others than these names. */
export const metricOf = (type: TaskType): MetricName => kindOf(type).defaultMetrics[0] as MetricName

/** Whether a task's predictions are probabilities, and not amounts. */
export const isProbable = (type: TaskType): boolean => ['binary', 'multiclass', 'multilabel'].includes(nameOf(type))

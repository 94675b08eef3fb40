/** The one metric that a task is told by in the report. It refuses no kind: what has classes is told by its AUC, too. */
import type { MetricName, TaskType } from '../../src/index.ts'

/** What a task is judged by: the metric by which the epoch was chosen too. */
export const metricOf = (type: TaskType): MetricName => (type === 'regression' ? 'mse' : 'auc')

/** What a trained model says of data: metrics per task. It refuses data that lacks what the model reads, or labels. */
import { checkOptions, checkValue, having, listOf, text } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { fillBatch } from '../../data/index.ts'
import type { Dataset, Value } from '../../data/index.ts'
import { kindOf, outputsOf } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import { TASK_METRICS, checkData, checkMetrics, checkModel, metricsOf } from '../dataChecks.ts'
import type { TaskMetrics } from '../dataChecks.ts'
import { gauc } from '../../metrics/index.ts'
import type { MetricOptions, NamedMetric } from '../../metrics/index.ts'
import { modelIn } from './modelOf.ts'
import { DATA, exampleOf, isStreamed } from '../step/source.ts'
import type { Data, PartMade, StreamedData } from '../step/source.ts'
import { PREDICT, scorer } from './predict.ts'
import type { PredictOptions, Predictions, Scorer } from './predict.ts'
import type { Predictor } from './predictor.ts'

/** Metric values by task and name. */
export type Scores = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What `evaluate` takes. */
export interface EvaluateOptions extends PredictOptions {
  /** Which tasks are scored. Default all. */
  readonly tasks?: readonly string[]
  /** Which metrics, by task. Default: AUC and log loss of a binary task, MSE and MAE of a regression, and what other kinds say. */
  readonly metrics?: TaskMetrics
  /** A user for each row: adds `gauc` to the metrics of binary tasks. */
  readonly users?: ArrayLike<Value>
}

const withinUsers = (users: ArrayLike<Value>): NamedMetric => ({
  name: 'gauc',
  direction: 'higher',
  compute: (scores, labels, options) => gauc(scores, labels, users, options),
})

/** What a metric is told of what rows count for. */
const weightsIn = ({ sampleWeights = {} }: Dataset, task: string): MetricOptions =>
  Object.hasOwn(sampleWeights, task) ? { weights: sampleWeights[task] } : {}

/** The metrics of tasks, and of outputs that follow from tasks where metrics of these are asked for. */
export const metricsBy = (
  { tasks: types, derived = {} }: Model,
  metrics: TaskMetrics = {},
  tasks: readonly string[] = Object.keys(types),
): ByTask<readonly NamedMetric[]> => {
  const following = Object.keys(derived).filter((name) => metrics[name] && tasks.includes(derived[name].of))
  return byTask([...tasks, ...following], (task) => metricsOf(types[task], metrics[task]))
}

/** What a metric is given of a task, or of an output that follows from tasks. */
export function measuredOn(
  { tasks, derived }: Model,
  task: string,
  predictions: Predictions,
  data: Dataset,
): readonly [predicted: Float32Array, labels: Float32Array, options: MetricOptions] {
  const { labels } = data
  const { of = task, where } = derived?.[task] ?? {}
  const inside =
    where === undefined ? labels[of] : labels[of].map((label, row) => (labels[where][row] === 1 ? label : NaN))
  const columns = outputsOf(task, tasks[task]).map((output) => predictions[output])
  return [kindOf(tasks[task]).joined?.(columns) ?? columns[0], inside, weightsIn(data, of)]
}

/** The scores of predictions, metrics and tasks being such as there are. */
export const scoresOf = (
  model: Model,
  predictions: Predictions,
  data: Dataset,
  metrics?: TaskMetrics,
  tasks?: readonly string[],
): Scores => {
  const all = metricsBy(model, metrics, tasks)
  return byTask(Object.keys(all), (task) => {
    const on = measuredOn(model, task, predictions, data)
    return Object.fromEntries(all[task].map(({ name, compute }) => [name, compute(...on)]))
  })
}

/** The scores of data, in memory or streamed. */
export async function scoresIn(
  model: Model,
  { predict }: Pick<Scorer, 'predict'>,
  data: Data,
  metrics?: TaskMetrics,
  tasks?: readonly string[],
  made?: PartMade,
): Promise<Scores> {
  return isStreamed(data)
    ? data.scores({ model, predict, metrics, tasks, made })
    : scoresOf(model, predict(data), data, metrics, tasks)
}

/** What a predictor makes of all rows, as many at a time as it has room for. */
function through({ program, rows }: Predictor, data: Dataset): Predictions {
  const { predictions } = program.outputs
  const all = byTask(Object.keys(predictions), () => new Float32Array(data.rows))
  for (let start = 0; start < data.rows; start += rows) {
    // The last row stands in for those that there are not.
    const order = Int32Array.from({ length: rows }, (_, at) => Math.min(start + at, data.rows - 1))
    fillBatch(program.inputs, { ...data, labels: {} }, 0, order)
    program.run()
    for (const name of Object.keys(all))
      all[name].set(predictions[name].values.subarray(0, Math.min(rows, data.rows - start)), start)
  }
  return all
}

/**
 * The metrics of each task, over the rows of its sample space, each counting by its sample weight. An AUC is NaN where only one class is there. A predictor is
 * scored as it serves: with its own weights, so many rows at a time, on its backend.
 * Of streamed data they are promised, and the same: see plegrad/streams.
 * @throws RangeError if the data lacks a feature or a label, or has no rows, a metric is not known, or a predictor is given
 * with an option that says how a model is run.
 */
export function evaluate(scored: Model | Predictor, data: Dataset, options?: EvaluateOptions): Scores
export function evaluate(scored: Model | Predictor, data: StreamedData, options?: EvaluateOptions): Promise<Scores>
export function evaluate(scored: Model | Predictor, data: Data, options?: EvaluateOptions): Scores | Promise<Scores>
export function evaluate(
  scored: Model | Predictor,
  data: Data,
  options: EvaluateOptions = {},
): Scores | Promise<Scores> {
  const predicting = modelIn(scored)
  const model = predicting ?? (scored as Model)
  checkModel('evaluate', model)
  const scores: Checks<Omit<EvaluateOptions, keyof PredictOptions>> = {
    tasks: listOf(text),
    metrics: TASK_METRICS,
    users: having('a list of users', 'length'),
  }
  if (predicting) checkOptions('evaluate', options, scores)
  else checkOptions('evaluate', options, { ...PREDICT, ...scores })
  const { tasks = Object.keys(model.tasks), metrics, users } = options
  const unknown = tasks.find((task) => !Object.hasOwn(model.tasks, task))
  if (unknown !== undefined)
    throw new RangeError(`evaluate: expected tasks among ${Object.keys(model.tasks).join(', ')} but got '${unknown}'`)
  checkValue('evaluate', 'the data', data, DATA)
  checkData('evaluate', model, exampleOf(data), tasks)
  checkMetrics('evaluate', model, metrics ?? {}, () => data.rows)
  if (data.rows === 0) throw new RangeError('evaluate: expected at least one row but got none')
  const all = !users
    ? metrics
    : {
        ...metrics,
        ...byTask(
          tasks.filter((task) => model.tasks[task] === 'binary'),
          (task) => [...metricsOf('binary', metrics?.[task]), withinUsers(users)],
        ),
      }
  const once = predicting ? undefined : scorer(model, options)
  const predict = (part: Dataset): Predictions => once?.predict(part) ?? through(scored as Predictor, part)
  const release = (): void => once?.release()
  if (isStreamed(data)) {
    const made = (part: Dataset): Dataset => checkData('evaluate', model, part, tasks)
    return data.scores({ model, predict, metrics: all, tasks, made }).finally(release)
  }
  try {
    return scoresOf(model, predict(data), data, all, tasks)
  } finally {
    release()
  }
}

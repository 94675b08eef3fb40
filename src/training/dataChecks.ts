/** Whether data and metrics fit a model; it refuses, before a step is taken, what would only show as wrong numbers. */
import { checkValue, either, having, listOf, recordOf, text } from '../checks/index.ts'
import { DATASET, sameVocabulary, widthOf } from '../data/index.ts'
import type { Dataset, Feature } from '../data/index.ts'
import { checkWhole } from '../models/index.ts'
import type { Model } from '../models/index.ts'
import { METRICS } from '../metrics/index.ts'
import type { MetricName, NamedMetric } from '../metrics/index.ts'

function describe(feature: Feature): string {
  const rows = 'vocabularySize' in feature ? ` of ${feature.vocabularySize}` : ''
  const weights = 'weights' in feature && feature.weights !== undefined ? ` weighted by '${feature.weights}'` : ''
  const crosses = 'crosses' in feature && feature.crosses ? ` crossing ${feature.crosses.join(' and ')}` : ''
  return `${widthOf(feature)} ${feature.kind}${rows}${weights}${crosses}`
}

const MODEL = having('a model', 'features', 'tasks', 'forward')

/** That what is given first is a model, and in the middle of no step. */
export function checkModel(who: string, model: unknown): void {
  checkValue(who, 'the first argument', model, MODEL)
  checkWhole(who, model as Model)
}

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b)

/** What a feature encodes by otherwise than its twin. Whoever has no vocabulary and no edges is given ids, and answers for them. */
function madeOtherwise(one: Feature, twin: Feature): string | undefined {
  if (one.kind === 'dense') return differ(one.scaling, (twin as typeof one).scaling) ? 'scaling' : undefined
  const { vocabulary, edges } = twin as typeof one
  if (one.vocabulary && vocabulary && !sameVocabulary(one.vocabulary, vocabulary)) return 'vocabulary'
  return one.edges && edges && differ(one.edges, edges) ? 'edges' : undefined
}

/**
 * That data has what a model reads: each feature, as the model knows it, and a label for each of `tasks`, which is no
 * higher than that of the task which it follows from.
 * @throws RangeError naming what is missing or differs.
 */
export function checkData(who: string, model: Model, data: Dataset, tasks: readonly string[]): void {
  checkModel(who, model)
  checkValue(who, 'the data', data, DATASET)
  for (const feature of model.features) {
    const given = data.features.find(({ name }) => name === feature.name)
    if (!given)
      throw new RangeError(`${who}: expected a feature '${feature.name}' in the data but got none of that name`)
    if (describe(given) !== describe(feature))
      throw new RangeError(
        `${who}: expected feature '${feature.name}' to be ${describe(feature)} but the data has ${describe(given)}`,
      )
    const odd = madeOtherwise(feature, given)
    if (odd !== undefined)
      throw new RangeError(
        `${who}: expected feature '${feature.name}' to have the model's ${odd} but the data was encoded by another`,
      )
  }
  for (const task of tasks)
    if (!Object.hasOwn(data.labels, task))
      throw new RangeError(
        `${who}: expected labels of task '${task}' but got ${Object.keys(data.labels).join(', ') || 'none'}`,
      )
  for (const [task, first] of Object.entries(model.follows ?? {})) {
    const [labels, before] = [data.labels[task], data.labels[first]]
    const row = tasks.includes(task) && before ? labels.findIndex((label, at) => label > before[at]) : -1
    if (row >= 0)
      throw new RangeError(
        `${who}: expected labels of '${task}' no higher than those of '${first}' but got ${labels[row]} and ` +
          `${before[row]} at row ${row}: because '${task}' happens only where '${first}' does`,
      )
  }
}

/** Labels of a binary task are probabilities where one learns from them, and classes where one is scored by them. */
function checkClasses(who: string, name: string, model: Model, { labels }: Dataset, tasks: readonly string[]): void {
  for (const task of tasks) {
    if (model.tasks[task] !== 'binary') continue
    const learned = name !== 'validation'
    const bad = labels[task].findIndex((label) =>
      learned ? label < 0 || label > 1 : !Number.isNaN(label) && label !== 0 && label !== 1,
    )
    if (bad >= 0)
      throw new RangeError(
        `${who}: expected labels of binary task '${task}' ${learned ? 'in [0, 1]' : 'of 0 or 1'} but got ` +
          `${labels[task][bad]} at row ${bad} of ${name}`,
      )
  }
}

/** That a set has rows, the features and labels of tasks, and that these are what the tasks' types say. */
export function checkSet(who: string, name: string, model: Model, set: Dataset, tasks: readonly string[]): void {
  checkData(who, model, set, tasks)
  checkClasses(who, name, model, set, tasks)
  if (set.rows === 0) throw new RangeError(`${who}: expected at least one row of ${name} but got none`)
}

/** What each task is measured by: metrics by name, or as themselves. */
export type TaskMetrics = Readonly<Record<string, readonly (MetricName | NamedMetric)[]>>

export const TASK_METRICS = recordOf(listOf(either(text, having('a metric', 'name', 'direction', 'compute'))))

/** A metric with its name. */
export const metricOf = (metric: MetricName | NamedMetric): NamedMetric =>
  typeof metric === 'string' ? { ...METRICS[metric], name: metric } : metric

/** Those that want labels of 0 and 1. */
const CLASSIFIES: readonly string[] = ['auc', 'logLoss'] satisfies MetricName[]

/**
 * That metrics are known, and asked of what there is: a task, or an output that follows from tasks; `rowsOf` are those that
 * each is scored on. @throws RangeError naming the metric or task.
 */
export function checkMetrics(
  who: string,
  { tasks, derived = {} }: Model,
  metrics: TaskMetrics,
  rowsOf: (task: string) => number | undefined,
): void {
  const outputs = { ...tasks, ...Object.fromEntries(Object.keys(derived).map((name) => [name, 'binary'])) }
  for (const [task, asked] of Object.entries(metrics)) {
    if (!Object.hasOwn(outputs, task))
      throw new RangeError(`${who}: expected metrics of ${Object.keys(outputs).join(', ')} but got '${task}'`)
    if (asked.length === 0) throw new RangeError(`${who}: expected at least one metric of '${task}' but got none`)
    const known = Object.keys(METRICS).filter((name) => outputs[task] === 'binary' || !CLASSIFIES.includes(name))
    for (const metric of asked) {
      if (typeof metric === 'string' && !known.includes(metric))
        throw new RangeError(
          `${who}: expected metrics of ${outputs[task]} task '${task}' among ${known.join(', ')} but got '${metric}'`,
        )
      const [rows, scored] = [metricOf(metric).rows, rowsOf(task)]
      if (rows !== undefined && scored !== undefined && rows !== scored)
        throw new RangeError(
          `${who}: expected ${metricOf(metric).name} of '${task}' for ${scored} rows but got one for ${rows}: because they are scored by it`,
        )
    }
  }
}

/** The metrics that `evaluate` gives by default: AUC and log loss where binary, MSE and MAE where regression. */
export const DEFAULT_METRICS = { binary: ['auc', 'logLoss'], regression: ['mse', 'mae'] } as const

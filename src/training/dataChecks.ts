/** Whether data and metrics fit a model; it refuses, before a step is taken, what would only show as wrong numbers. */
import { checkValue, either, having, listOf, recordOf, text } from '../checks/index.ts'
import { DATASET, sameVocabulary, widthOf } from '../data/index.ts'
import type { Dataset, Feature } from '../data/index.ts'
import { checkWhole, kindOf, nameOf } from '../models/index.ts'
import type { Model, TaskType } from '../models/index.ts'
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
 * That data has what a model reads: each feature, as the model knows it, and a label for each of `tasks`, which the model
 * does not refuse. It is given back.
 * @throws RangeError naming what is missing or differs.
 */
export function checkData(who: string, model: Model, data: Dataset, tasks: readonly string[]): Dataset {
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
  model.checkLabels?.(who, data.labels, tasks)
  return data
}

/** Labels are what a task's kind says: of a binary one probabilities where one learns from them, classes where one scores. */
function checkClasses(
  who: string,
  name: string,
  model: Model,
  { labels, rows }: Dataset,
  tasks: readonly string[],
): void {
  for (const task of tasks) {
    const type = model.tasks[task]
    const { learned, scored = learned, labelWidth } = kindOf(type)
    const what = `${who}: expected labels of ${nameOf(type)} task '${task}'`
    const width = labels[task].length / rows
    if (width !== labelWidth)
      throw new RangeError(`${what} to be ${labelWidth} a row, as in tasks of dataset, but got ${width}`)
    const range = name === 'validation' ? scored : learned
    const bad = labels[task].findIndex((label) => !Number.isNaN(label) && range?.fits(label) === false)
    if (bad >= 0)
      throw new RangeError(
        `${what} ${range!.expected} but got ${labels[task][bad]} at row ${Math.floor(bad / labelWidth)} of ${name}`,
      )
  }
}

/** That a set has rows, the features and labels of tasks, and that these are what the tasks' types say. It is given back. */
export function checkSet(who: string, name: string, model: Model, set: Dataset, tasks: readonly string[]): Dataset {
  checkData(who, model, set, tasks)
  if (set.rows === 0) throw new RangeError(`${who}: expected at least one row of ${name} but got none`)
  checkClasses(who, name, model, set, tasks)
  return set
}

/** What each task is measured by: metrics by name, or as themselves. */
export type TaskMetrics = Readonly<Record<string, readonly (MetricName | NamedMetric)[]>>

export const TASK_METRICS = recordOf(listOf(either(text, having('a metric', 'name', 'direction', 'compute'))))

/** What a task, or an output that follows from tasks, is measured by: what is asked for, or what its kind is by default. */
export const metricsOf = (type: TaskType | undefined, asked?: TaskMetrics[string]): readonly NamedMetric[] => {
  const { metrics, defaultMetrics } = kindOf(type)
  return (asked ?? defaultMetrics).map((metric) =>
    typeof metric === 'string' ? { ...metrics[metric], name: metric } : metric,
  )
}

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
  const outputs = [...Object.keys(tasks), ...Object.keys(derived)]
  for (const [task, asked] of Object.entries(metrics)) {
    if (!outputs.includes(task))
      throw new RangeError(`${who}: expected metrics of ${outputs.join(', ')} but got '${task}'`)
    if (asked.length === 0) throw new RangeError(`${who}: expected at least one metric of '${task}' but got none`)
    const type = tasks[task] ?? 'binary'
    const known = Object.keys(kindOf(type).metrics)
    const unknown = asked.find((metric) => typeof metric === 'string' && !known.includes(metric))
    if (unknown !== undefined)
      throw new RangeError(
        `${who}: expected metrics of ${nameOf(type)} task '${task}' among ${known.join(', ')} but got '${unknown as string}'`,
      )
    const scored = rowsOf(task)
    for (const { name, rows } of metricsOf(type, asked))
      if (rows !== undefined && scored !== undefined && rows !== scored)
        throw new RangeError(
          `${who}: expected ${name} of '${task}' for ${scored} rows but got one for ${rows}: because they are scored by it`,
        )
  }
}

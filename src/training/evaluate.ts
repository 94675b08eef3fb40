/** What a trained model says of data: predictions, metrics per task, and how its gates share out the experts. */
import { sigmoid } from '../autograd/index.ts'
import { batches } from '../data/index.ts'
import type { Batch, Dataset } from '../data/index.ts'
import { trainable } from '../models/index.ts'
import type { Forward, Model } from '../models/index.ts'
import type { Backend } from '../kernels/index.ts'
import { checkData, checkMetrics } from './dataChecks.ts'
import type { MetricNames } from './dataChecks.ts'
import { METRICS, gauc } from './metrics.ts'

/** Metric values by task and name. */
export type Scores = Readonly<Record<string, Readonly<Record<string, number>>>>

/** The backend that a model's parameters live on. */
export const backendOf = (model: Model): Backend => Object.values(trainable(model))[0].backend

export interface EvaluateOptions {
  /** Rows at a time; changes memory and speed, not results. Default 4096. */
  readonly batchSize?: number
}

/** Runs a model over all rows in order, without training. */
function* passes(
  model: Model,
  data: Dataset,
  { batchSize = 4096 }: EvaluateOptions,
): Generator<[Batch, Forward, number]> {
  const backend = backendOf(model)
  let start = 0
  for (const batch of batches(data, { batchSize, backend })) {
    yield [batch, model.forward(batch), start]
    start += batch.rows
  }
}

/**
 * For each output of a model one number per row: a probability, or the value itself where the task is regression.
 *
 * @throws RangeError if the data lacks a feature.
 */
export function predict(model: Model, data: Dataset, options: EvaluateOptions = {}): Record<string, Float32Array> {
  checkData('predict', model, data, [])
  const predictions = Object.fromEntries(Object.keys(model.tasks).map((task) => [task, new Float32Array(data.rows)]))
  for (const [, { logits }, start] of passes(model, data, options))
    for (const [name, logit] of Object.entries(logits)) {
      const values = model.tasks[name] === 'regression' ? logit : sigmoid(logit)
      predictions[name] ??= new Float32Array(data.rows)
      predictions[name].set(values.values, start)
    }
  return predictions
}

/** The metrics that `evaluate` gives by default: AUC and log loss where binary, MSE and MAE where regression. */
const DEFAULT_METRICS = { binary: ['auc', 'logLoss'], regression: ['mse', 'mae'] } as const

export interface ScoreOptions extends EvaluateOptions {
  /** Which metrics, by task. Default: AUC and log loss of a binary task, MSE and MAE of a regression. */
  readonly metrics?: MetricNames
  /** A user for each row: adds `gauc` to the metrics of binary tasks. */
  readonly users?: ArrayLike<number | string>
}

/**
 * The metrics of each task, over the rows of its sample space. An AUC is NaN where only one class is there.
 *
 * @throws RangeError if the data lacks a feature or a label, or has no rows, or a metric is not known.
 */
export function evaluate(model: Model, data: Dataset, options: ScoreOptions = {}): Scores {
  checkData('evaluate', model, data, Object.keys(model.tasks))
  checkMetrics('evaluate', model, options.metrics ?? {})
  if (data.rows === 0) throw new RangeError('evaluate: expected at least one row but got none')
  const predictions = predict(model, data, options)
  return Object.fromEntries(
    Object.entries(model.tasks).map(([task, type]) => {
      const labels = data.labels[task]
      const names = options.metrics?.[task] ?? DEFAULT_METRICS[type]
      const scores: [string, number][] = names.map((name) => [name, METRICS[name].compute(predictions[task], labels)])
      if (options.users && type === 'binary') scores.push(['gauc', gauc(predictions[task], labels, options.users)])
      return [task, Object.fromEntries(scores)]
    }),
  )
}

/** How one gate weighs its experts over the rows of a data set. */
export interface GateUse {
  /** The experts' names, `click.0`, `shared.0`, … */
  readonly experts: readonly string[]
  /** Their mean weights, which add up to 1. */
  readonly mean: readonly number[]
  /** The standard deviation of each weight over rows. */
  readonly deviation: readonly number[]
}

/**
 * For each level, each gate's use of its experts: the expert utilisation of Tang et al. 2020, Figure 8.
 * Empty for a model without gates.
 */
export function gateWeights(
  model: Model,
  data: Dataset,
  options: EvaluateOptions = {},
): readonly Readonly<Record<string, GateUse>>[] {
  checkData('gateWeights', model, data, [])
  const sums: Record<string, { total: Float64Array; squares: Float64Array }>[] = []
  for (const [, { gates }] of passes(model, data, options))
    gates.forEach((level, index) => {
      sums[index] ??= {}
      for (const [listener, weights] of Object.entries(level)) {
        const width = weights.shape[1]
        const sum = (sums[index][listener] ??= { total: new Float64Array(width), squares: new Float64Array(width) })
        weights.values.forEach((weight, at) => {
          sum.total[at % width] += weight
          sum.squares[at % width] += weight * weight
        })
      }
    })
  return sums.map((level, index) =>
    Object.fromEntries(
      Object.entries(level).map(([listener, { total, squares }]) => {
        const mean = Array.from(total, (sum) => sum / data.rows)
        const deviation = mean.map((value, expert) =>
          Math.sqrt(Math.max(0, squares[expert] / data.rows - value * value)),
        )
        return [listener, { experts: model.voices?.(index, listener) ?? [], mean, deviation }]
      }),
    ),
  )
}

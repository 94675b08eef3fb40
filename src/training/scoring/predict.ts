/** What a trained model predicts of data, as many rows at a time as are told. It refuses data that lacks what the model reads. */
import { checkOptions, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { emptyBatch, fillBatch } from '../../data/index.ts'
import type { Batch, Dataset } from '../../data/index.ts'
import { outputsOf, predictionsOf } from '../../models/index.ts'
import type { ByGroup, Model } from '../../models/index.ts'
import { compile } from '../../program/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { byTask } from '../byTask.ts'
import { checkData } from '../dataChecks.ts'
import { RUN, backendOf, runsOn } from '../runsOn.ts'
import type { RunOptions } from '../runsOn.ts'

/** What `predict` takes. */
export interface PredictOptions extends RunOptions {
  /** Rows at a time; changes memory and speed, not results. Default 4096. */
  readonly batchSize?: number
}

export const PREDICT: Checks<PredictOptions> = { ...RUN, batchSize: whole(1) }

export type Predictions = Record<string, Float32Array>

/** What a model makes of a batch without training. */
export interface Scored {
  /** By output: a probability, or the value itself where the task is regression. (b) */
  readonly predictions: Readonly<Record<string, Tensor>>
  readonly gates: readonly ByGroup<Tensor>[]
}

/** A model that scores, compiled once for every size of batch. */
export interface Scorer {
  predict(data: Dataset): Predictions
  /** Runs over all rows in order; what it yields is overwritten by the next. */
  passes(data: Dataset): Generator<Scored & { readonly start: number }>
  /** Gives the memory of compiled programs back. */
  release(): void
}

/** The model without training, with probabilities instead of logits. */
export const scoring =
  (model: Model) =>
  (batch: Batch): Scored => {
    const { logits, gates } = model.forward(batch)
    return { predictions: predictionsOf(model.tasks, logits), gates }
  }

/** A scorer of one model. Release it when all is scored. */
export function scorer(model: Model, options: PredictOptions = {}): Scorer {
  const { batchSize = 4096, compiled = true } = options
  const score = compiled ? compile(scoring(model), { backend: runsOn(model, options) }) : undefined

  function* passes(data: Dataset): Generator<Scored & { readonly start: number }> {
    const unlabelled = { ...data, labels: {} }
    for (let start = 0; start < data.rows; start += batchSize) {
      const rows = Math.min(batchSize, data.rows - start)
      const example = emptyBatch(unlabelled, rows, backendOf(model))
      const program = score?.program(example)
      fillBatch(program?.inputs ?? example, unlabelled, start)
      program?.run()
      yield { ...(program?.outputs ?? scoring(model)(example)), start }
    }
  }
  const predict = (data: Dataset): Predictions => {
    const outputs = Object.entries(model.tasks).flatMap(([task, type]) => outputsOf(task, type))
    const all: Predictions = byTask(outputs, () => new Float32Array(data.rows))
    for (const { predictions, start } of passes(data))
      for (const [name, { values }] of Object.entries(predictions)) {
        all[name] ??= new Float32Array(data.rows)
        all[name].set(values, start)
      }
    return all
  }
  return { passes, predict, release: () => score?.release() }
}

/** What `use` makes of a scorer, which is released then. */
export function scoringOnce<T>(model: Model, options: PredictOptions, use: (scorer: Scorer) => T): T {
  const once = scorer(model, options)
  try {
    return use(once)
  } finally {
    once.release()
  }
}

/**
 * For each output of a model one number per row: a probability, or the value itself where the task is regression. A task
 * of several classes has an output for each, as in `genre.comedy`.
 * @throws RangeError if the data lacks a feature.
 */
export function predict(model: Model, data: Dataset, options: PredictOptions = {}): Predictions {
  checkData('predict', model, data, [])
  checkOptions('predict', options, PREDICT)
  return scoringOnce(model, options, (once) => once.predict(data))
}

/** What `fit` takes, with its defaults, and the check of it all before the first step. */
import type { Dataset } from '../data/index.ts'
import type { Model } from '../models/index.ts'
import { checkData, checkMetrics } from './dataChecks.ts'
import type { Scores } from './evaluate.ts'
import type { EpochRecord, Progress } from './history.ts'
import type { TaskWeights } from './losses.ts'
import type { MetricName } from './metrics.ts'
import type { Optimizer } from './optimizer.ts'
import type { RunOptions } from './runsOn.ts'

export interface FitOptions extends RunOptions {
  readonly data: Dataset
  readonly validation?: Dataset
  /** Default 1. */
  readonly epochs?: number
  /** Default 256. */
  readonly batchSize?: number
  /** Default `adam()`. */
  readonly optimizer?: Optimizer
  /** ωₖ of each task; 1 where not named. */
  readonly taskWeights?: TaskWeights
  /** Scales gradients down to this common norm where it is exceeded. Default: no clipping. */
  readonly clipNorm?: number
  /** A new order of the rows each epoch. Default true. */
  readonly shuffle?: boolean
  /** Of the order of the rows. Default 1024. */
  readonly seed?: number
  /** Metrics of each task on the validation data; see `evaluate`. */
  readonly metrics?: Readonly<Record<string, readonly MetricName[]>>
  /** One number out of the validation's scores. Default: the first metric of each task, added where higher is better and subtracted where lower is. */
  readonly score?: (scores: Scores) => number
  /** Stops after so many epochs in a row without a better score. Default: never. Needs validation. */
  readonly patience?: number
  /** Leaves the model with the parameters of the epoch of the best score. Default true. */
  readonly restoreBest?: boolean
  /** Awaited after each batch and epoch, so that it may yield to other work. */
  readonly onBatch?: (progress: Progress) => void | Promise<void>
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>
  /** Looked at before each batch, as an AbortSignal is. The history so far is returned. */
  readonly signal?: { readonly aborted: boolean }
}

const checkWhole = (what: string, value: number): void => {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`fit: expected a positive whole number of ${what} but got ${value}`)
}

/** Labels of a binary task are probabilities where one learns from them, and classes where one is scored by them. */
function checkClasses(name: string, model: Model, { labels }: Dataset): void {
  for (const [task, type] of Object.entries(model.tasks)) {
    if (type !== 'binary') continue
    const bad = labels[task].findIndex((label) =>
      name === 'data' ? label < 0 || label > 1 : !Number.isNaN(label) && label !== 0 && label !== 1,
    )
    if (bad >= 0)
      throw new RangeError(
        `fit: expected labels of binary task '${task}' ${name === 'data' ? 'in [0, 1]' : 'of 0 or 1'} but got ` +
          `${labels[task][bad]} at row ${bad} of ${name}`,
      )
  }
}

/**
 * That options and data fit a model, before anything changes.
 *
 * @throws RangeError naming what does not.
 */
export function checkFit(model: Model, options: FitOptions): void {
  const { data, validation, epochs = 1, batchSize = 256, taskWeights = {}, patience, clipNorm, metrics = {} } = options
  const tasks = Object.keys(model.tasks)
  checkWhole('epochs', epochs)
  checkWhole('rows in a batch', batchSize)
  if (patience !== undefined) checkWhole('epochs of patience', patience)
  if (patience !== undefined && !validation)
    throw new RangeError(
      `fit: expected validation data but got none: because a patience of ${patience} waits for its score`,
    )
  for (const [task, weight] of Object.entries(taskWeights)) {
    if (!tasks.includes(task)) throw new RangeError(`fit: expected weights of ${tasks.join(', ')} but got '${task}'`)
    if (!(weight >= 0 && weight < Infinity))
      throw new RangeError(`fit: expected a weight of at least 0 for '${task}' but got ${weight}`)
  }
  if (clipNorm !== undefined && !(clipNorm > 0))
    throw new RangeError(`fit: expected a clipNorm above 0 but got ${clipNorm}`)
  checkMetrics('fit', model, metrics)
  for (const [name, set] of Object.entries({ data, validation })) {
    if (!set) continue
    checkData('fit', model, set, tasks)
    checkClasses(name, model, set)
    if (set.rows === 0) throw new RangeError(`fit: expected at least one row of ${name} but got none`)
  }
}

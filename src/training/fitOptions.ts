/** What `fit` takes, with its defaults, and the check of it all before the first step. */
import type { Dataset } from '../data/index.ts'
import type { Model } from '../models/index.ts'
import type { CourseOptions } from './course.ts'
import { checkData, checkMetrics, checkScore } from './dataChecks.ts'
import type { RowLosses, TaskWeights } from './losses.ts'
import type { MetricName } from './metrics.ts'
import type { Optimizer } from './optimizer.ts'
import type { RunOptions } from './runsOn.ts'
import { checkTasks, checkWeights } from './strategies/strategy.ts'
import type { Strategy } from './strategies/index.ts'

export interface FitOptions extends CourseOptions, RunOptions {
  readonly data: Dataset
  readonly validation?: Dataset
  /** Rows that go through the model at once. Default 256. */
  readonly batchSize?: number
  /** Batches whose gradients make one step, each counting by its rows: a step over more rows than memory takes. Default 1. */
  readonly accumulate?: number
  /** Default `adam()`. One for each group of parameters: see `parameterGroups`. */
  readonly optimizer?: Optimizer
  /** How tasks are trained together. Default `fixedWeights(taskWeights)`. */
  readonly strategy?: Strategy
  /** ωₖ of each task; 1 where not named. Only without a strategy, which has weights of its own. */
  readonly taskWeights?: TaskWeights
  /** What a row costs, by task: `focalLoss()` and the like. Default cross-entropy, or the squared error. */
  readonly losses?: RowLosses
  /** Scales gradients down to this common norm where it is exceeded. Default: no clipping. */
  readonly clipNorm?: number
  /**
   * Trains on, but scores and ends with, a moving average of the parameters: average ← emaDecay·average +
   * (1 − emaDecay)·parameter after each step. Typically 0.99 to 0.9999. Default: none.
   */
  readonly emaDecay?: number
  /** A new order of the rows each epoch. Default true. */
  readonly shuffle?: boolean
  /** Of the order of the rows. Default 1024. */
  readonly seed?: number
  /** Metrics of each task on the validation data; see `evaluate`. */
  readonly metrics?: Readonly<Record<string, readonly MetricName[]>>
}

/** How a step is taken. */
export type StepSettings = Pick<
  FitOptions,
  'batchSize' | 'accumulate' | 'clipNorm' | 'losses' | 'strategy' | 'taskWeights'
>

const checkWhole = (who: string, what: string, value: number): void => {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${who}: expected a positive whole number of ${what} but got ${value}`)
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

/** What all ways of training check of how a step is taken. */
export function checkStep(who: string, model: Model, options: StepSettings): void {
  const { batchSize = 256, accumulate = 1, clipNorm, losses = {}, strategy, taskWeights = {} } = options
  checkWhole(who, 'rows in a batch', batchSize)
  checkWhole(who, 'batches to accumulate', accumulate)
  if (strategy && options.taskWeights)
    throw new RangeError(
      `${who}: expected a strategy or taskWeights but got both: because '${strategy.name}' has weights of its own`,
    )
  checkWeights(who, taskWeights)
  checkTasks(who, 'weights', taskWeights, model.tasks)
  checkTasks(who, 'losses', losses, model.tasks)
  if (clipNorm !== undefined && !(clipNorm > 0))
    throw new RangeError(`${who}: expected a clipNorm above 0 but got ${clipNorm}`)
}

/** What all ways of training check of their epochs. */
export function checkCourse(who: string, { epochs = 1, patience }: CourseOptions, validated: boolean): void {
  checkWhole(who, 'epochs', epochs)
  if (patience !== undefined) checkWhole(who, 'epochs of patience', patience)
  if (patience !== undefined && !validated)
    throw new RangeError(
      `${who}: expected validation data but got none: because a patience of ${patience} waits for its score`,
    )
}

/**
 * That options and data fit a model, before anything changes.
 *
 * @throws RangeError naming what does not.
 */
export function checkFit(model: Model, options: FitOptions): void {
  const { data, validation, emaDecay, metrics = {} } = options
  checkCourse('fit', options, validation !== undefined)
  checkStep('fit', model, options)
  if (emaDecay !== undefined && !(emaDecay >= 0 && emaDecay < 1))
    throw new RangeError(`fit: expected an emaDecay in [0, 1) but got ${emaDecay}`)
  checkMetrics('fit', model, metrics)
  for (const [name, set] of Object.entries({ data, validation }))
    if (set) checkSet('fit', name, model, set, Object.keys(model.tasks))
  if (validation && !options.score)
    checkScore('fit', model, Object.fromEntries(Object.keys(model.tasks).map((task) => [task, validation])), metrics)
}

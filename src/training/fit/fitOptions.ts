/** What `fit` takes, with its defaults, and the check of it all before the first step. */
import {
  callable,
  checkOptions,
  either,
  flag,
  having,
  integer,
  listOf,
  needed,
  oneOf,
  real,
  recordOf,
  show,
  text,
  whole,
} from '../../checks/index.ts'
import type { Check, Checks } from '../../checks/index.ts'
import type { Dataset } from '../../data/index.ts'
import type { Model } from '../../models/index.ts'
import type { EpochOptions } from './epochs.ts'
import { DATASET, checkData, checkMetrics, checkModel, checkScore } from '../dataChecks.ts'
import type { RowLosses } from '../losses/taskLosses.ts'
import type { MetricName } from '../scoring/metrics/index.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import { OPTIMIZERS } from '../optimizers/optimizers.ts'
import type { OptimizerName } from '../optimizers/optimizers.ts'
import { ROW_LOSSES } from '../losses/rowLosses.ts'
import { RUN } from '../runsOn.ts'
import type { RunOptions } from '../runsOn.ts'
import { WEIGHTS, checkTasks } from '../strategies/strategy.ts'
import type { ByTask, Strategy } from '../strategies/index.ts'

/** What `fit` takes. */
export interface FitOptions extends EpochOptions, RunOptions {
  readonly data: Dataset
  readonly validation?: Dataset
  /** Rows that go through the model at once. Default 256. */
  readonly batchSize?: number
  /** Batches whose gradients make one step, each counting by its rows: a step over more rows than memory takes. Default 1. */
  readonly accumulate?: number
  /** One, or the name of one for its defaults. Default `adam()`. One for each group of parameters: see `parameterGroups`. */
  readonly optimizer?: Optimizer | OptimizerName
  /** How tasks are trained together. Default `fixedWeights(taskWeights)`. */
  readonly strategy?: Strategy
  /** ωₖ of each task; 1 where not named. Only without a strategy, which has weights of its own. */
  readonly taskWeights?: ByTask<number>
  /** What a row costs, by task: `focalLoss()` and the like, or `'focal'` for its defaults. Default cross-entropy, or the squared error. */
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

const STRATEGIES = ['fixedWeights', 'decayingWeights', 'uncertainty', 'dwa', 'gradNorm', 'pcGrad', 'caGrad'] as const

/** Names of strategies are not taken, for who trains by one would load them all; they are told what to import. */
const STRATEGY: Check = {
  ...having('a strategy', 'balance'),
  got(value) {
    const named = typeof value === 'string' && value.toLowerCase()
    const maker = named && STRATEGIES.find((name) => name.toLowerCase().startsWith(named))
    if (maker) return `${show(value)}: import { ${maker} } from 'plegrad' and pass ${maker}()`
    return typeof value === 'function' ? 'a function: pass what it returns, such as pcGrad()' : show(value)
  },
}

/** How a step is taken. */
export const STEP: Checks<StepSettings> = {
  batchSize: whole(1),
  accumulate: whole(1),
  clipNorm: real('(0, ∞]'),
  losses: recordOf(either(callable, oneOf(...Object.keys(ROW_LOSSES)))),
  strategy: STRATEGY,
  taskWeights: WEIGHTS,
}

export const EPOCHS: Checks<EpochOptions> = {
  epochs: whole(1),
  score: callable,
  patience: whole(1),
  restoreBest: flag,
  onBatch: callable,
  onEpoch: callable,
  signal: having('an abort signal', 'aborted'),
}

/** What is learned from, and in which order. */
export const LEARNING: Checks<Pick<FitOptions, 'data' | 'validation' | 'optimizer' | 'shuffle' | 'seed'>> = {
  data: needed(DATASET),
  validation: DATASET,
  optimizer: either(having('an optimizer', 'step', 'steps'), oneOf(...Object.keys(OPTIMIZERS))),
  shuffle: flag,
  seed: integer,
}

export const NAMED_METRICS = recordOf(listOf(text))

const FIT: Checks<FitOptions> = {
  ...LEARNING,
  ...STEP,
  ...EPOCHS,
  ...RUN,
  emaDecay: real('[0, 1)'),
  metrics: NAMED_METRICS,
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

/** What all ways of training check of how a step is taken, once each option by itself is what it may be. */
export function checkStep(who: string, model: Model, options: StepSettings): void {
  const { losses = {}, strategy, taskWeights = {} } = options
  if (strategy && options.taskWeights)
    throw new RangeError(
      `${who}: expected a strategy or taskWeights but got both: because '${strategy.name}' has weights of its own`,
    )
  checkTasks(who, 'weights', taskWeights, model.tasks)
  checkTasks(who, 'losses', losses, model.tasks)
}

/** What all ways of training check of their epochs. */
export function checkEpochs(who: string, { patience }: EpochOptions, validated: boolean): void {
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
  checkModel('fit', model)
  if (DATASET.fits(options))
    throw new RangeError('fit: expected an object of options, as in { data: … }, but got a dataset: pass { data: it }')
  checkOptions('fit', options, FIT)
  const { data, validation, metrics = {} } = options
  checkEpochs('fit', options, validation !== undefined)
  checkStep('fit', model, options)
  checkMetrics('fit', model, metrics)
  for (const [name, set] of Object.entries({ data, validation }))
    if (set) checkSet('fit', name, model, set, Object.keys(model.tasks))
  if (validation && !options.score)
    checkScore('fit', model, Object.fromEntries(Object.keys(model.tasks).map((task) => [task, validation])), metrics)
}

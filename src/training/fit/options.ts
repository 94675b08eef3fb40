/** What `fit` and `fitAlternating` take, with their defaults. What is wrong with it, `checks.ts` says. */
import type { RowLosses } from '../losses/taskLosses.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import type { OptimizerName } from '../optimizers/optimizers.ts'
import type { Paths } from '../optimizers/parameterGroups.ts'
import type { RunOptions } from '../runsOn.ts'
import type { Data } from '../step/source.ts'
import type { Scores } from '../scoring/evaluate.ts'
import type { ByTask } from '../byTask.ts'
import type { TaskMetrics } from '../dataChecks.ts'
import type { Strategy } from '../strategies/index.ts'
import type { EpochRecord, Progress } from './history.ts'
import type { CheckpointOptions, CheckpointStore } from './keeping.ts'
import type { TurnOrder } from './turns.ts'

export interface EpochOptions {
  /** Default 1. */
  readonly epochs?: number
  /**
   * One number out of the validation's scores. Default: the first metric of each task, added where higher is better and
   * subtracted where lower is; one that is not defined, such as the AUC of one class, is left out.
   */
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
  /** Keeps all that decides how training goes on, as it goes. Default: nothing is kept. */
  readonly checkpoint?: CheckpointOptions
  /**
   * Goes on from the newest checkpoint of a store, bit for bit as if training had never stopped; from the start where it
   * has none. What has been trained must be the same, but for how many epochs, and where it runs.
   */
  readonly resume?: CheckpointStore
}

/** What `fit` takes. */
export interface FitOptions extends EpochOptions, RunOptions {
  /** In memory, or streamed: see plegrad/streams. */
  readonly data: Data
  readonly validation?: Data
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
  /** Metrics of each task on the validation data, the first of which counts in `score`; see `evaluate`. */
  readonly metrics?: TaskMetrics
}

/** How a step is taken. */
export type StepSettings = Pick<
  FitOptions,
  'batchSize' | 'accumulate' | 'clipNorm' | 'losses' | 'strategy' | 'taskWeights'
>

/** What is learned when it is this turn's step, from what and how; each has an optimizer, and its state, of its own. */
export interface Turn extends StepSettings, Pick<FitOptions, 'optimizer' | 'shuffle' | 'seed'> {
  /** May lack features of the model, which are then missing in all its rows: see `completed`. */
  readonly data: Data
  /** Default: all tasks of the model that `data` has labels of. */
  readonly tasks?: readonly string[]
  /** Which of the parameters that the losses reach move in this turn, by path. Default all. */
  readonly moves?: Paths
  /** What the turn's tasks are scored on after each epoch. */
  readonly validation?: Data
}

/** What `fitAlternating` takes. */
export interface FitAlternatingOptions extends EpochOptions, RunOptions {
  /** By name. */
  readonly turns: Readonly<Record<string, Turn>>
  /** Default 'roundRobin'. */
  readonly order?: TurnOrder
  /** Default: as many as all turns have batches. */
  readonly stepsPerEpoch?: number
  /** Metrics of each task on its turn's validation data; see `evaluate`. */
  readonly metrics?: FitOptions['metrics']
}

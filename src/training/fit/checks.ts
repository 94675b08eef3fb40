/** All that is checked of a call of `fit` or `fitAlternating`, before anything changes. */
import {
  anything,
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
import { kindOf } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { byTask } from '../byTask.ts'
import { TASK_METRICS, checkMetrics, checkModel, checkSet, metricsOf } from '../dataChecks.ts'
import type { TaskMetrics } from '../dataChecks.ts'
import { LOSSES } from '../losses/rowLosses.ts'
import { OPTIMIZERS } from '../optimizers/optimizers.ts'
import { PATHS } from '../optimizers/parameterGroups.ts'
import { RUN } from '../runsOn.ts'
import { DATA, exampleOf, isStreamed } from '../step/source.ts'
import type { Data } from '../step/source.ts'
import { WEIGHTS, checkTasks } from '../strategies/strategy.ts'
import { KEEPING } from './keeping.ts'
import type { EpochOptions, FitAlternatingOptions, FitOptions, StepSettings, Turn } from './options.ts'

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

const STEP: Checks<StepSettings> = {
  batchSize: whole(1),
  accumulate: whole(1),
  clipNorm: real('(0, ∞]'),
  losses: LOSSES,
  strategy: STRATEGY,
  taskWeights: WEIGHTS,
}

const EPOCHS: Checks<EpochOptions> = {
  epochs: whole(1),
  score: callable,
  patience: whole(1),
  restoreBest: flag,
  onBatch: callable,
  onEpoch: callable,
  signal: having('an abort signal', 'aborted'),
  ...KEEPING,
}

const LEARNING: Checks<Pick<FitOptions, 'data' | 'validation' | 'optimizer' | 'shuffle' | 'seed'>> = {
  data: needed(DATA),
  validation: DATA,
  optimizer: either(having('an optimizer', 'step', 'steps'), oneOf(...Object.keys(OPTIMIZERS))),
  shuffle: flag,
  seed: integer,
}

const FIT: Checks<FitOptions> = {
  ...LEARNING,
  ...STEP,
  ...EPOCHS,
  ...RUN,
  emaDecay: real('[0, 1)'),
  metrics: TASK_METRICS,
}

export const TURN: Checks<Turn> = { ...LEARNING, ...STEP, tasks: listOf(text), moves: PATHS }

export const ALTERNATING: Checks<FitAlternatingOptions> = {
  ...EPOCHS,
  ...RUN,
  turns: needed(recordOf(having('a turn', 'data'))),
  order: anything,
  stepsPerEpoch: whole(1),
  metrics: TASK_METRICS,
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
  const odd = Object.keys(losses).find((task) => {
    const { width, labelWidth } = kindOf(model.tasks[task])
    return typeof losses[task] === 'string' && width > labelWidth
  })
  if (odd !== undefined)
    throw new RangeError(
      `${who}: expected a function as the loss of '${odd}' but got '${losses[odd] as string}', of one logit`,
    )
}

export function checkEpochs(who: string, { patience }: EpochOptions, validated: boolean): void {
  if (patience !== undefined && !validated)
    throw new RangeError(
      `${who}: expected validation data but got none: because a patience of ${patience} waits for its score`,
    )
}

/**
 * That the score which epochs are chosen by by default is defined: that labels of at least one task are such that its
 * first metric is. `sets` are what each task is validated on; of one that is streamed, no labels are known before.
 * @throws RangeError naming the metrics that are not.
 */
export function checkScore(
  who: string,
  { tasks }: Model,
  sets: Readonly<Record<string, Data>>,
  metrics: TaskMetrics,
): void {
  const undefinedOnes: string[] = []
  for (const [task, set] of Object.entries(sets)) {
    if (isStreamed(set)) return
    const { labels, sampleWeights = {} } = set
    const [{ name }] = metricsOf(tasks[task], metrics[task])
    const present = labels[task].filter((label, row) => !Number.isNaN(label) && sampleWeights[task]?.[row] !== 0)
    if (present.length > 0 && (name !== 'auc' || new Set(present).size > 1)) return
    undefinedOnes.push(`${name} of '${task}' over ${present.length} rows`)
  }
  throw new RangeError(
    `${who}: expected validation labels that a score is defined by but got ${undefinedOnes.join(', ')}: because an auc ` +
      'is of two classes, and any metric of rows; validate on others, name other metrics or give a score of your own',
  )
}

/** That options and data fit a model, before anything changes. @throws RangeError naming what does not. */
export function checkFit(model: Model, options: FitOptions): void {
  checkModel('fit', model)
  if (DATA.fits(options))
    throw new RangeError('fit: expected an object of options, as in { data: … }, but got a dataset: pass { data: it }')
  checkOptions('fit', options, FIT)
  const { data, validation, metrics = {} } = options
  checkEpochs('fit', options, validation !== undefined)
  checkStep('fit', model, options)
  checkMetrics('fit', model, metrics, () => validation?.rows)
  for (const [name, set] of Object.entries({ data, validation }))
    if (set) checkSet('fit', name, model, exampleOf(set), Object.keys(model.tasks))
  if (validation && !options.score)
    checkScore(
      'fit',
      model,
      byTask(Object.keys(model.tasks), () => validation),
      metrics,
    )
}

/** What `fitAlternating` takes: turns with their defaults, and the check of it all before the first step. */
import { anything, checkOptions, having, listOf, needed, recordOf, text, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import type { Dataset } from '../../data/index.ts'
import type { Model } from '../../models/index.ts'
import { completed } from './completed.ts'
import type { EpochOptions } from './epochs.ts'
import { checkMetrics, checkModel, checkScore } from '../dataChecks.ts'
import { EPOCHS, LEARNING, NAMED_METRICS, STEP, checkEpochs, checkSet, checkStep } from './fitOptions.ts'
import type { FitOptions, StepSettings } from './fitOptions.ts'
import { optimizerOf } from '../optimizers/optimizers.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import { PATHS } from '../optimizers/parameterGroups.ts'
import type { Paths } from '../optimizers/parameterGroups.ts'
import { RUN } from '../runsOn.ts'
import type { RunOptions } from '../runsOn.ts'
import { fixedWeights } from '../strategies/index.ts'
import type { Strategy } from '../strategies/index.ts'
import type { TurnOrder } from './turns.ts'

/** What is learned when it is this turn's step, from what and how; each has an optimizer, and its state, of its own. */
export interface Turn extends StepSettings, Pick<FitOptions, 'optimizer' | 'shuffle' | 'seed'> {
  /** May lack features of the model, which are then missing in all its rows: see `completed`. */
  readonly data: Dataset
  /** Default: all tasks of the model that `data` has labels of. */
  readonly tasks?: readonly string[]
  /** Which of the parameters that the losses reach move in this turn, by path. Default all. */
  readonly moves?: Paths
  /** What the turn's tasks are scored on after each epoch. */
  readonly validation?: Dataset
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

export const WHO = 'fitAlternating'

const TURN: Checks<Turn> = { ...LEARNING, ...STEP, tasks: listOf(text), moves: PATHS }

const ALTERNATING: Checks<FitAlternatingOptions> = {
  ...EPOCHS,
  ...RUN,
  turns: needed(recordOf(having('a turn', 'data'))),
  order: anything,
  stepsPerEpoch: whole(1),
  metrics: NAMED_METRICS,
}

/** A turn with its defaults, and its data completed. */
export interface Player extends Turn {
  readonly name: string
  readonly tasks: readonly string[]
  readonly optimizer: Optimizer
  readonly strategy: Strategy
  readonly batchSize: number
  readonly stepRows: number
}

function playersOf(model: Model, turns: FitAlternatingOptions['turns']): readonly Player[] {
  const scored = new Set<string>()
  const players = Object.entries(turns).map(([name, turn]): Player => {
    const who = `${WHO}, turn '${name}'`
    checkOptions(who, turn, TURN)
    const { batchSize = 256, accumulate = 1, validation } = turn
    const optimizer = optimizerOf(turn.optimizer)
    const data = completed(who, turn.data, model.features)
    const tasks = turn.tasks ?? Object.keys(model.tasks).filter((task) => Object.hasOwn(data.labels, task))
    const unknown = tasks.find((task) => !Object.hasOwn(model.tasks, task))
    if (tasks.length === 0 || unknown !== undefined)
      throw new RangeError(
        `${who}: expected tasks among ${Object.keys(model.tasks).join(', ')} but got ${unknown ?? 'none'}`,
      )
    checkStep(who, model, turn)
    checkSet(who, 'data', model, data, tasks)
    const scores = validation && completed(who, validation, model.features)
    if (scores) checkSet(who, 'validation', model, scores, tasks)
    for (const task of scores ? tasks : []) {
      if (scored.has(task)) throw new RangeError(`${who}: expected one validation set for '${task}' but got a second`)
      scored.add(task)
    }
    const strategy = turn.strategy ?? fixedWeights(turn.taskWeights)
    const known = { name, data, tasks, optimizer, strategy, batchSize, stepRows: batchSize * accumulate }
    return { ...turn, ...known, ...(scores && { validation: scores }) }
  })
  for (const what of ['optimizer', 'strategy'] as const) {
    const all = players.map((player) => player[what])
    const twice = all.findIndex((each, index) => all.indexOf(each) !== index)
    if (twice >= 0)
      throw new RangeError(
        `${WHO}: expected each turn to have its own ${what} but '${players[twice].name}' has another's: because of the state it keeps`,
      )
  }
  return players
}

/**
 * The turns with their defaults, once all options fit the model and each other.
 *
 * @throws RangeError naming what does not.
 */
export function playersIn(model: Model, options: FitAlternatingOptions): readonly Player[] {
  checkModel(WHO, model)
  checkOptions(WHO, options, ALTERNATING)
  const { turns, metrics = {} } = options
  if (Object.keys(turns).length === 0) throw new RangeError(`${WHO}: expected at least one turn but got none`)
  const players = playersOf(model, turns)
  checkEpochs(
    WHO,
    options,
    players.some(({ validation }) => validation),
  )
  checkMetrics(WHO, model, metrics)
  const sets = players.flatMap(({ tasks, validation }) =>
    validation ? tasks.map((task) => [task, validation] as const) : [],
  )
  if (sets.length > 0 && !options.score) checkScore(WHO, model, Object.fromEntries(sets), metrics)
  return players
}

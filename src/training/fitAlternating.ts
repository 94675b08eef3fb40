/**
 * Trains parts of a model in turns, each on its own data: for tasks that do not have their rows, or their features, in
 * common. It refuses to move what the loss of a turn was not computed from.
 */
import type { Dataset } from '../data/index.ts'
import type { Model } from '../models/index.ts'
import { completed } from './completed.ts'
import { take } from './course.ts'
import type { CourseOptions } from './course.ts'
import { checkMetrics, checkScore } from './dataChecks.ts'
import { scorer } from './evaluate.ts'
import type { Scores } from './evaluate.ts'
import { checkCourse, checkSet, checkStep } from './fitOptions.ts'
import type { FitOptions, StepSettings } from './fitOptions.ts'
import type { History } from './history.ts'
import { learner } from './learner.ts'
import { adam } from './optimizers.ts'
import type { Optimizer } from './optimizer.ts'
import { matching } from './parameterGroups.ts'
import type { Paths } from './parameterGroups.ts'
import { rounds, stepsOf } from './rounds.ts'
import { atOnce, ranOn } from './runsOn.ts'
import type { RunOptions } from './runsOn.ts'
import { fixedWeights } from './strategies/index.ts'
import type { ByTask, Strategy } from './strategies/index.ts'
import { inRatio, ratiosOf } from './turns.ts'
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

export interface FitAlternatingOptions extends CourseOptions, RunOptions {
  /** By name. */
  readonly turns: Readonly<Record<string, Turn>>
  /** Default 'roundRobin'. */
  readonly order?: TurnOrder
  /** Default: as many as all turns have batches. */
  readonly stepsPerEpoch?: number
  /** Metrics of each task on its turn's validation data; see `evaluate`. */
  readonly metrics?: FitOptions['metrics']
}

const WHO = 'fitAlternating'

/** A turn with its defaults, and its data completed. */
interface Player extends Turn {
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
    const { batchSize = 256, accumulate = 1, optimizer = adam(), validation } = turn
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

function check(options: FitAlternatingOptions, model: Model): readonly Player[] {
  const { turns, stepsPerEpoch, metrics = {} } = options
  if (Object.keys(turns).length === 0) throw new RangeError(`${WHO}: expected at least one turn but got none`)
  const players = playersOf(model, turns)
  checkCourse(
    WHO,
    options,
    players.some(({ validation }) => validation),
  )
  checkMetrics(WHO, model, metrics)
  const sets = players.flatMap(({ tasks, validation }) =>
    validation ? tasks.map((task) => [task, validation] as const) : [],
  )
  if (sets.length > 0 && !options.score) checkScore(WHO, model, Object.fromEntries(sets), metrics)
  if (stepsPerEpoch !== undefined && !(Number.isInteger(stepsPerEpoch) && stepsPerEpoch >= 1))
    throw new RangeError(`${WHO}: expected a positive whole number of stepsPerEpoch but got ${stepsPerEpoch}`)
  return players
}

/**
 * Trains `model` in turns: a step learns the tasks of one turn from that turn's data, and moves what its losses were
 * computed from and nothing else: no other task's tower, no state of another turn's optimizer, no running statistic of
 * a part that it did not use. Parts that tasks share receive every turn's steps.
 *
 * An epoch is `stepsPerEpoch` steps; every turn goes through its own data in orders of its own, again and again. Called
 * again with the same optimizers it goes on.
 *
 * When to use it: for tasks on the same rows and features, `fit` learns jointly and sees how they conflict; here no step
 * sees more than its turn's tasks, and tasks may have different rows, features, batch sizes, optimizers and schedules.
 *
 * @throws RangeError before anything changes, where a turn does not fit the model.
 * @throws Error where a loss is not finite, as `fit` does.
 */
export async function fitAlternating(model: Model, options: FitAlternatingOptions): Promise<History> {
  const players = check(options, model)
  const { order = 'roundRobin', backend, compiled } = options
  const batches = Object.fromEntries(players.map(({ name, data, stepRows }) => [name, stepsOf(data.rows, stepRows)]))
  const ratios = ratiosOf(WHO, order, batches)
  const names = ratios && inRatio(ratios)
  const run: RunOptions = { ...(backend && { backend }), ...(compiled !== undefined && { compiled }) }
  let step = 0

  const seats = new Map(
    players.map((player) => {
      const { name, data, optimizer, stepRows, shuffle = true, seed = 1024, moves, ...settings } = player
      const first = 1 + Math.floor(optimizer.steps / batches[name])
      const learning = learner(model, data, {
        ...settings,
        ...run,
        who: WHO,
        optimizer,
        ...(moves && { moves: matching(moves) }),
      })
      return [name, { learning, rows: rounds(data.rows, { stepRows, shuffle, seed, first }) }]
    }),
  )
  const takeTurn = async (when: string) => {
    const name = names ? names.next().value : (order as (step: number) => string)(step)
    const seat = seats.get(name)
    if (!seat)
      throw new RangeError(
        `${WHO}: expected a turn of ${[...seats.keys()].join(', ')} but got '${name}' at step ${step}`,
      )
    step++
    return { ...(await seat.learning.learn(seat.rows.next().value, `${when}, turn '${name}'`)), turn: name }
  }
  const scoring = scorer(model, atOnce(run))
  const validated = players.filter(({ validation }) => validation)
  const evaluate = (): Scores =>
    Object.assign(
      {},
      ...validated.map(({ validation, tasks }) =>
        scoring.evaluate(validation!, { tasks, ...(options.metrics && { metrics: options.metrics }) }),
      ),
    ) as Scores
  const epochEnded = (losses: ByTask<number>): void => {
    for (const { strategy, tasks } of players)
      if (tasks.every((task) => task in losses))
        strategy.epochEnded?.(Object.fromEntries(tasks.map((task) => [task, losses[task]])))
  }
  try {
    return await take(
      model,
      {
        who: WHO,
        batches: options.stepsPerEpoch ?? Object.values(batches).reduce((sum, count) => sum + count, 0),
        step: takeTurn,
        settle: async () => {
          for (const { learning } of seats.values()) await learning.settle()
        },
        learningRate: () => players[0].optimizer.learningRate,
        ...(validated.length > 0 && { evaluate }),
        epochEnded,
        ran: {
          backend: ranOn(model, run, validated.length > 0),
          optimizer: players.map(({ name, optimizer }) => `${name}: ${optimizer.name}`).join(', '),
          strategy: 'alternating',
        },
      },
      options,
    )
  } finally {
    for (const { learning } of seats.values()) await learning.release()
    scoring.release()
  }
}

/**
 * Trains parts of a model in turns, each on its own data: for tasks that do not have their rows, or their features, in
 * common. It refuses to move what the loss of a turn was not computed from.
 */
import type { Model } from '../../models/index.ts'
import { claim } from './claims.ts'
import { runEpochs } from './epochs.ts'
import { scoresIn } from '../scoring/evaluate.ts'
import { scorer } from '../scoring/predict.ts'
import type { Scores } from '../scoring/evaluate.ts'
import type { History } from './history.ts'
import { learner } from '../step/learner.ts'
import { matching } from '../optimizers/parameterGroups.ts'
import { stepsOf } from '../step/rounds.ts'
import { exampleOf, rangesOf } from '../step/source.ts'
import { atOnce, ranOn } from '../runsOn.ts'
import type { RunOptions } from '../runsOn.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import { keepingOf } from './keeping.ts'
import type { FitAlternatingOptions } from './options.ts'
import { WHO, playersIn } from './players.ts'
import type { Player } from './players.ts'
import { inRatio, ratiosOf } from './turns.ts'

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
 * What the model has at the end, and what others see of it meanwhile, is as with `fit`.
 * @throws RangeError before anything changes, where a turn does not fit the model.
 * @throws Error where a loss is not finite, as `fit` does.
 */
export async function fitAlternating(model: Model, options: FitAlternatingOptions): Promise<History> {
  const players = playersIn(model, options)
  const kept = players.flatMap(({ name, optimizer, strategy }) => [
    [`the optimizer of turn '${name}'`, optimizer] as const,
    [`the strategy of turn '${name}'`, strategy] as const,
  ])
  const giveBack = claim(WHO, model, kept)
  try {
    return await alternate(model, players, options)
  } finally {
    giveBack()
  }
}

async function alternate(model: Model, players: readonly Player[], options: FitAlternatingOptions): Promise<History> {
  const { order = 'roundRobin', backend, compiled } = options
  const batches = Object.fromEntries(players.map(({ name, data, stepRows }) => [name, stepsOf(data.rows, stepRows)]))
  const ratios = ratiosOf(WHO, order, batches)
  const run: RunOptions = { ...(backend && { backend }), ...(compiled !== undefined && { compiled }) }
  const parts: Record<string, object> = {}
  const asked: Record<string, object> = { [WHO]: options }
  for (const player of players) {
    const { name, optimizer, strategy } = player
    Object.assign(parts, { [`${name}.optimizer`]: optimizer, [`${name}.strategy`]: strategy })
    asked[name] = player
  }
  const keeping = await keepingOf({ who: WHO, model, parts, options: asked }, options)
  const ratioed = ratios && inRatio(ratios)
  const nameOf = (step: number): string => (ratioed ? ratioed.next().value : (order as (step: number) => string)(step))
  const before = Array.from({ length: keeping.course?.steps ?? 0 }, (_, step) => nameOf(step))
  let step = before.length

  const seats = new Map(
    players.map((player) => {
      const { name, data, optimizer, stepRows, shuffle = true, seed = 1024, moves, made, ...settings } = player
      const skip = before.filter((each) => each === name).length
      const first = 1 + Math.floor((optimizer.steps - skip) / batches[name])
      const example = made.data(exampleOf(data))
      const learning = learner(model, example, {
        ...settings,
        ...run,
        who: WHO,
        optimizer,
        ...(moves && { moves: matching(moves) }),
      })
      return [name, { learning, rows: rangesOf(data, { stepRows, shuffle, seed, first, skip }, made.data) }]
    }),
  )
  /** Whose turn it is, once it is known. */
  let turn: string | undefined
  const seatOf = (name: string) => {
    const seat = seats.get(name)
    if (!seat)
      throw new RangeError(
        `${WHO}: expected a turn of ${[...seats.keys()].join(', ')} but got '${name}' at step ${step}`,
      )
    return seat
  }
  const ready = () => seatOf((turn ??= nameOf(step))).rows.ready?.()
  const told = () => {
    const all = [...seats.values()].flatMap(({ rows }) => rows.told?.() ?? [])
    return all.length > 0 ? { waiting: Math.max(...all.map(({ waiting }) => waiting)) } : undefined
  }
  const takeTurn = async (when: string) => {
    const name = turn!
    const seat = seatOf(name)
    turn = undefined
    step++
    return { ...(await seat.learning.learn(seat.rows.next().value, `${when}, turn '${name}'`)), turn: name }
  }
  const scoring = scorer(model, atOnce(run))
  const validated = players.filter(({ validation }) => validation)
  const evaluate = async (): Promise<Scores> => {
    const all: Record<string, Scores[string]> = {}
    for (const { validation, tasks, made } of validated)
      Object.assign(all, await scoresIn(model, scoring, validation!, options.metrics, tasks, made.validation))
    return all
  }
  const epochEnded = (losses: ByTask<number>): void => {
    for (const { strategy, tasks } of players)
      if (tasks.every((task) => task in losses)) strategy.epochEnded?.(byTask(tasks, (task) => losses[task]))
  }
  return runEpochs(
    model,
    {
      who: WHO,
      batches: options.stepsPerEpoch ?? Object.values(batches).reduce((sum, count) => sum + count, 0),
      ready,
      told,
      step: takeTurn,
      // One takes home what all have on a device.
      settle: async () => [...seats.values()][0].learning.settle(),
      release: async () => {
        scoring.release()
        for (const { rows } of seats.values()) rows.close?.()
        for (const { learning } of seats.values()) await learning.release()
      },
      learningRate: () => players[0].optimizer.learningRate,
      ...(validated.length > 0 && { evaluate }),
      epochEnded,
      keeping,
      ran: {
        backend: ranOn(model, run, validated.length > 0),
        optimizer: players.map(({ name, optimizer }) => `${name}: ${optimizer.name}`).join(', '),
        strategy: 'alternating',
      },
    },
    options,
  )
}

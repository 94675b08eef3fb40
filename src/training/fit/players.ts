/** Who takes turns in `fitAlternating`: its turns, checked, with their defaults. */
import { checkOptions } from '../../checks/index.ts'
import type { Model } from '../../models/index.ts'
import { checkMetrics, checkModel, checkSet } from '../dataChecks.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import { optimizerOf } from '../optimizers/optimizers.ts'
import { fixedWeights } from '../strategies/index.ts'
import type { Strategy } from '../strategies/index.ts'
import { exampleOf, isStreamed } from '../step/source.ts'
import type { Data, PartMade } from '../step/source.ts'
import { ALTERNATING, TURN, checkEpochs, checkScore, checkStep } from './checks.ts'
import { completed } from './completed.ts'
import type { FitAlternatingOptions, Turn } from './options.ts'

export const WHO = 'fitAlternating'

/** A turn with its defaults, and its data completed, or what completes and checks each part of them. */
export interface Player extends Turn {
  readonly name: string
  readonly tasks: readonly string[]
  readonly optimizer: Optimizer
  readonly strategy: Strategy
  readonly batchSize: number
  readonly stepRows: number
  readonly made: Readonly<Record<'data' | 'validation', PartMade>>
}

function playersOf(model: Model, turns: FitAlternatingOptions['turns']): readonly Player[] {
  const scored = new Set<string>()
  const players = Object.entries(turns).map(([name, turn]): Player => {
    const who = `${WHO}, turn '${name}'`
    checkOptions(who, turn, TURN)
    const { batchSize = 256, accumulate = 1, validation } = turn
    const optimizer = optimizerOf(turn.optimizer)
    const { labels } = exampleOf(turn.data)
    const tasks = turn.tasks ?? Object.keys(model.tasks).filter((task) => Object.hasOwn(labels, task))
    const unknown = tasks.find((task) => !Object.hasOwn(model.tasks, task))
    if (tasks.length === 0 || unknown !== undefined)
      throw new RangeError(
        `${who}: expected tasks among ${Object.keys(model.tasks).join(', ')} but got ${unknown ?? 'none'}`,
      )
    checkStep(who, model, turn)
    const madeOf =
      (name: string): PartMade =>
      (part) =>
        checkSet(who, name, model, completed(who, part, model.features), tasks)
    const made = { data: madeOf('data'), validation: madeOf('validation') }
    const wholeOf = (name: keyof typeof made, set: Data): Data => {
      const whole = made[name](exampleOf(set))
      return isStreamed(set) ? set : whole
    }
    const data = wholeOf('data', turn.data)
    const scores = validation && wholeOf('validation', validation)
    for (const task of scores ? tasks : []) {
      if (scored.has(task)) throw new RangeError(`${who}: expected one validation set for '${task}' but got a second`)
      scored.add(task)
    }
    const strategy = turn.strategy ?? fixedWeights(turn.taskWeights)
    const known = { name, data, tasks, optimizer, strategy, batchSize, stepRows: batchSize * accumulate, made }
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
  const sets = players.flatMap(({ tasks, validation }) =>
    validation ? tasks.map((task) => [task, validation] as const) : [],
  )
  const validated = new Map<string, Data>(sets)
  checkMetrics(WHO, model, metrics, (task) => validated.get(model.derived?.[task]?.of ?? task)?.rows)
  if (sets.length > 0 && !options.score) checkScore(WHO, model, Object.fromEntries(sets), metrics)
  return players
}

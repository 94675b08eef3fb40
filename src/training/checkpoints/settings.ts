/**
 * What a training was asked for, as facts by name, and whether another is the same. It refuses to guess what a function
 * does: a loss is known by what some rows cost, a schedule by what it says of some steps.
 */
import { show } from '../../checks/index.ts'
import { parameters } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { byTask } from '../byTask.ts'
import type { Subject } from '../fit/keeping.ts'
import type { RowLosses } from '../losses/taskLosses.ts'
import type { Data } from '../step/source.ts'
import { factsOfData, factsOfFeatures, factsOfLosses, toText } from './facts.ts'
import type { TrainingState } from './stateful.ts'

export type Settings = TrainingState['settings']

/** What of the options a training has in common with its checkpoint, and what each is where it is not given. */
const DEFAULTS: Settings = {
  batchSize: 256,
  accumulate: 1,
  clipNorm: Infinity,
  shuffle: true,
  seed: 1024,
  metrics: {},
  tasks: [],
  moves: null,
  order: 'roundRobin',
  stepsPerEpoch: null,
}

type Pair = readonly [name: string, value: unknown]

/** Members of members, by path. */
const flat = ([name, value]: Pair): readonly Pair[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? value instanceof RegExp
      ? [[name, String(value)]]
      : Object.entries(value).flatMap(([member, below]) => flat([`${name}.${member}`, below]))
    : [[name, value]]

/** What is asked of a training or of one of its turns. */
function asked(given: object, tasks: Model['tasks']): readonly Pair[] {
  const options = given as Settings & { losses?: RowLosses; data?: Data; validation?: Data }
  const { losses, data, validation } = options
  return [
    ...Object.entries(DEFAULTS).map(([name, initial]): Pair => [name, options[name] ?? initial]),
    ...(losses ? [['losses', factsOfLosses(losses, tasks)] as const] : []),
    ...(data ? [['data', factsOfData(data)] as const] : []),
    ...(validation ? [['validation', factsOfData(validation)] as const] : []),
  ]
}

function allOf({ who, model, options, parts }: Subject): readonly Pair[] {
  const { features: _, backend: __, ...own } = (model as { readonly options?: Settings }).options ?? {}
  const tasks = byTask(Object.keys(model.tasks), (task): unknown => {
    const type = model.tasks[task]
    return typeof type === 'string' ? type : type.toJSON()
  })
  const { dtype } = Object.values(parameters(model))[0].backend
  return [
    ...Object.entries(options).flatMap(([turn, given]) =>
      asked(given, model.tasks).map(([name, value]): Pair => [turn === who ? name : `${turn}.${name}`, value]),
    ),
    ['features', factsOfFeatures(model.features)],
    ['model', { ...own, tasks }],
    ['dtype', dtype],
    ...Object.entries(parts).map(([part, made]): Pair => [`${part}.name`, (made as { readonly name?: unknown }).name]),
  ]
}

const known = new WeakMap<Subject, Settings>()

/** All that a training is, beside the numbers that change; `parts` is what its parts say of themselves. Told once. */
export function settingsOf(training: Subject, parts: Settings): Settings {
  const settings =
    known.get(training) ??
    Object.fromEntries(
      [...allOf(training), ...Object.entries(parts)].flatMap(flat).filter(([, value]) => value !== undefined),
    )
  known.set(training, settings)
  return settings
}

/** Throws a RangeError where a training is not the one that was kept. */
export function checkSame(who: string, kept: Settings, own: Settings): void {
  const odd = [...Object.keys(own), ...Object.keys(kept)].find((name) => toText(own[name]) !== toText(kept[name]))
  if (odd === undefined) return
  const told = (settings: Settings): string => (Object.hasOwn(settings, odd) ? show(settings[odd]) : 'none')
  throw new RangeError(
    `${who}: expected ${odd} of ${told(kept)}, as in the checkpoint, but got ${told(own)}: because a training goes on only as what it was`,
  )
}

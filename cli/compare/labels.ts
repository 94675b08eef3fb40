/** Names of models and tasks as a reader knows them; what has no other name keeps its own, but for signs that steer a terminal. */

/** What every gain is measured against. */
export const BASELINE = 'single-task'

const MODELS: Readonly<Record<string, string>> = {
  [BASELINE]: 'single task',
  mmoe: 'MMoE',
  'ml-mmoe': 'ML-MMoE',
  cgc: 'CGC',
  ple: 'PLE',
  esmm: 'ESMM',
  'wide-deep': 'Wide & Deep',
}

const TASKS: Readonly<Record<string, string>> = { vtr: 'VTR', vcr: 'VCR', neverMarried: 'never married' }

/** What a name of a task is short for, and what its label says of a row. */
export interface Meaning {
  readonly long: string
  readonly label: string
}

const known = <T>(names: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(names, name) ? names[name] : undefined

/** Control characters, and those that turn the direction of what follows. */
const STEERING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** Between a model and the strategy that it trains by, in a name. */
export const UNDER = '+'

/** `PLE`, or `PLE + pcGrad` */
export function labelOf(model: string): string {
  const [name, strategy] = model.split(UNDER)
  const label = known(MODELS, name) ?? name
  return strategy === undefined ? label : `${label} ${UNDER} ${strategy}`
}

/** Where a line has little room, and those above it tell of which model: `+ pcGrad`. */
export const shortLabelOf = (model: string): string => {
  const [, strategy] = model.split(UNDER)
  return strategy === undefined ? labelOf(model) : `${UNDER} ${strategy}`
}

export const taskLabel = (task: string): string => known(TASKS, task) ?? task.replace(STEERING, '\ufffd')

/** `view-through rate (VTR)`, or the label where it is not short for anything. */
export const spelledOut = (task: string, meaning?: Meaning): string =>
  meaning === undefined ? taskLabel(task) : `${meaning.long} (${taskLabel(task)})`

/** `VTR is the view-through rate: whether …` */
export const explained = (task: string, { long, label }: Meaning): string =>
  `${taskLabel(task)} is the ${long}: ${label}.`

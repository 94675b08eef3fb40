/** Names of models and tasks as a reader knows them; what has no other name keeps its own, but for signs that steer a terminal. */

/** What every gain is measured against. */
export const BASELINE = 'single-task'

const MODELS: Readonly<Record<string, string>> = {
  [BASELINE]: 'single task',
  mmoe: 'MMoE',
  cgc: 'CGC',
  ple: 'PLE',
}

const TASKS: Readonly<Record<string, string>> = { vtr: 'VTR', vcr: 'VCR', neverMarried: 'never married' }

/** What an abbreviation is short for, and what its label says of a row. */
const MEANINGS: Readonly<Record<string, { readonly long: string; readonly label: string }>> = {
  vtr: { long: 'view-through rate', label: 'whether a video was watched for long enough to count as a view' },
  vcr: { long: 'view completion ratio', label: 'the share of a video that was watched' },
}

const known = <T>(names: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(names, name) ? names[name] : undefined

/** Control characters, and those that turn the direction of what follows. */
const STEERING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

export const labelOf = (model: string): string => known(MODELS, model) ?? model

export const taskLabel = (task: string): string => known(TASKS, task) ?? task.replace(STEERING, '\ufffd')

/** `view-through rate`, where the label of a task is short for it. */
export const longName = (task: string): string | undefined => known(MEANINGS, task)?.long

/** `view-through rate (VTR)`, or the label where it is not short for anything. */
export const spelledOut = (task: string): string => {
  const long = longName(task)
  return long === undefined ? taskLabel(task) : `${long} (${taskLabel(task)})`
}

/** `VTR is the view-through rate: whether …`, for tasks whose labels are short for something. */
export const meaning = (task: string): string | undefined => {
  const found = known(MEANINGS, task)
  return found && `${taskLabel(task)} is the ${found.long}: ${found.label}.`
}

/** Names of models and tasks as a reader knows them; what has no other name keeps its own. */

/** What every gain is measured against. */
export const BASELINE = 'single-task'

const MODELS: Readonly<Record<string, string>> = {
  [BASELINE]: 'single task',
  mmoe: 'MMoE',
  cgc: 'CGC',
  ple: 'PLE',
}

const TASKS: Readonly<Record<string, string>> = { vtr: 'VTR', vcr: 'VCR', neverMarried: 'never married' }

const known = (names: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(names, name) ? names[name] : name

export const labelOf = (model: string): string => known(MODELS, model)

export const taskLabel = (task: string): string => known(TASKS, task)

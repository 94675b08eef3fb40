/** What plegrad.json names, made by the library: tasks, model, optimizer, strategy. It refuses nothing that the library takes. */
import * as plegrad from '../../src/index.ts'
import type { Feature, FitOptions, Optimizer, SavableModel, Schedule, Strategy, TaskType } from '../../src/index.ts'
import { count, multiclass, multilabel } from '../../src/tasks.ts'
import type { Config, ModelSpec, Named, TaskSpec } from './read.ts'

type Options = Readonly<Record<string, unknown>>

const apart = (given: Named): readonly [kind: string, options: Options] => {
  if (typeof given === 'string') return [given, {}]
  const { kind, ...options } = given
  return [kind, options]
}

function taskOf(name: string, given: TaskSpec): TaskType {
  const { kind, label, classes, labels } = typeof given === 'string' ? { kind: given } : given
  if (kind === 'count') return count()
  if (kind === 'multilabel') {
    const columns = typeof label === 'string' ? undefined : label
    if (labels === undefined && columns === undefined)
      throw new RangeError(
        `plegrad.json: expected tasks.${name} with labels, or with a label that is several columns, but got neither: because outputs are called by them`,
      )
    return multilabel(labels ?? columns!)
  }
  return kind === 'multiclass' ? multiclass(classes!) : (kind as 'binary' | 'regression')
}

/** The tasks by name. */
export const tasksOf = ({ tasks }: Config): Readonly<Record<string, TaskType>> =>
  Object.fromEntries(Object.entries(tasks).map(([name, given]) => [name, taskOf(name, given)]))

/** The columns of labels, by task. */
export const labelsOf = ({ tasks }: Config): Readonly<Record<string, string | readonly string[]>> =>
  Object.fromEntries(
    Object.entries(tasks).map(([name, given]) => [name, (typeof given === 'string' ? undefined : given.label) ?? name]),
  )

const MODELS = {
  PLE: (options: plegrad.PLEOptions) => new plegrad.PLE(options),
  cgc: plegrad.cgc,
  mmoe: plegrad.mmoe,
  mlMmoe: plegrad.mlMmoe,
  SharedBottom: (options: plegrad.SharedBottomOptions) => new plegrad.SharedBottom(options),
  SingleTask: (options: plegrad.SingleTaskOptions) => new plegrad.SingleTask(options),
  ESMM: ({ taskTypes: _, ...options }: plegrad.ESMMOptions & { taskTypes?: unknown }) => new plegrad.ESMM(options),
  WideDeep: (options: plegrad.WideDeepOptions) => new plegrad.WideDeep(options),
} as const

/** Features by name, or all of them. */
function chosen(who: string, features: readonly Feature[], names: unknown): readonly Feature[] {
  if (names === undefined) return features
  return (names as readonly string[]).map((name) => {
    const feature = features.find((each) => each.name === name)
    if (feature) return feature
    throw new RangeError(`${who}: expected one of the features but got '${name}': because it is made of them`)
  })
}

/** What a model is made on. */
interface Made {
  readonly features: readonly Feature[]
  readonly tasks: Readonly<Record<string, TaskType>>
  readonly seed: number
}

/** A model, as it starts. @throws RangeError for options that do not fit. */
export function modelFrom(given: ModelSpec, { features, tasks, seed }: Made): SavableModel {
  const [kind, { wideFeatures, deepFeatures, ...options }] = apart(given)
  const inputs =
    kind === 'WideDeep'
      ? { wideFeatures: chosen(kind, features, wideFeatures), deepFeatures: chosen(kind, features, deepFeatures) }
      : { features }
  return MODELS[kind as keyof typeof MODELS]({
    taskNames: Object.keys(tasks),
    taskTypes: Object.values(tasks),
    seed,
    ...options,
    ...inputs,
  } as never)
}

/** The model of plegrad.json. @throws RangeError for options that do not fit. */
export const modelOf = (config: Config, features: readonly Feature[]): SavableModel =>
  modelFrom(config.model, { features, tasks: tasksOf(config), seed: config.training?.seed ?? 1 })

function rateOf(given: unknown): Schedule | undefined {
  if (typeof given !== 'object' || given === null) return given as number | undefined
  const { kind, rate, warmUp: steps, ...options } = given as { kind: string; rate: number; warmUp?: number }
  const schedules = { ...plegrad } as unknown as Readonly<Record<string, (rate: number, options: object) => Schedule>>
  const schedule = kind === 'constant' ? rate : schedules[kind](rate, options)
  return steps === undefined ? schedule : plegrad.warmUp(schedule, { steps })
}

function optimizerOf(given: Named = 'adam'): Optimizer {
  const [kind, { learningRate, ...options }] = apart(given)
  const { adam, adamW, sgd, adagrad, ftrl } = plegrad
  const optimizers = { adam, adamW, sgd, adagrad, ftrl }
  const rate = rateOf(learningRate)
  return optimizers[kind as keyof typeof optimizers]({ ...options, ...(rate !== undefined && { learningRate: rate }) })
}

/** A strategy, as it starts: it keeps state, so that each training has its own. */
export function strategyOf(given: Named = 'fixedWeights'): Strategy {
  const [kind, options] = apart(given)
  switch (kind) {
    case 'decayingWeights':
      return plegrad.decayingWeights(options as never)
    case 'uncertainty':
      return plegrad.uncertainty(options)
    case 'dwa':
      return plegrad.dwa()
    case 'gradNorm':
      return plegrad.gradNorm(options)
    case 'pcGrad':
      return plegrad.pcGrad()
    case 'caGrad':
      return plegrad.caGrad(options)
    default:
      return plegrad.fixedWeights(options.weights as never)
  }
}

/** How `fit` is called, but for data and where checkpoints go. @throws RangeError for options that do not fit. */
export function fitOptionsOf({ training = {} }: Pick<Config, 'training'>): Omit<FitOptions, 'data'> {
  const { optimizer, strategy, threads: _, checkpointEvery: __, seed = 1, ...options } = training
  return { ...options, seed, optimizer: optimizerOf(optimizer), strategy: strategyOf(strategy) } as Omit<
    FitOptions,
    'data'
  >
}

/** Trains a model as all studies do: Adam at 1e-3, the epoch of the best validation score kept, test rows measured once. */
import { setImmediate } from 'node:timers/promises'
import { labelOf } from '../../cli/compare/labels.ts'
import type { Build } from '../../cli/compare/models.ts'
import type { Feed } from '../../cli/compare/feed.ts'
import { adam, countParameters, evaluate, fit } from '../../src/index.ts'
import type { FitOptions, History, Model, Scores } from '../../src/index.ts'
import type { Data } from './data.ts'
import type { Cell, Measured, Plain } from './setting.ts'

/** Changes with what `trained` does, or the models do: runs of before are then no runs of now. */
const VERSION = 1

/** How long, in which portions. */
export interface Recipe {
  readonly epochs: number
  readonly batchSize: number
}

/** Numbers by name, as in `vtr auc`. */
export type Metrics = Measured['metrics']

/** Every metric of every task by one name. */
export const namedMetrics = (scores: Scores): Metrics =>
  Object.fromEntries(
    Object.entries(scores).flatMap(([task, metrics]) =>
      Object.entries(metrics).map(([metric, value]) => [`${task} ${metric}`, value]),
    ),
  )

/** Every metric of every task on test rows. */
export const testMetrics = (model: Model, { test }: Pick<Feed, 'test'>): Metrics => namedMetrics(evaluate(model, test))

export interface TrainOptions {
  readonly recipe: Recipe
  /** Of the order of the rows. */
  readonly seed: number
  /** What is measured in the end. Default: `testMetrics`. */
  readonly measure?: (model: Model, feed: Feed) => Metrics
  /** What figures need beside. Default: nothing. */
  readonly list?: (model: Model, feed: Feed) => NonNullable<Measured['lists']>
  /** What differs from everyone's training. */
  readonly fit?: Partial<FitOptions>
  /** What trains in place of `fit`, where that is not everyone's way. */
  readonly learn?: Learn
}

/** Trains a model on the feed's training rows, and keeps the epoch of the best validation score. */
export type Learn = (model: Model, feed: Feed, given: Given) => Promise<History>

/** What everyone's training is given. */
export type Given = Recipe & Pick<FitOptions, 'seed' | 'onBatch'>

/** Trains `model` on the feed's training rows. A metric that is not finite is left out. */
export async function trained(
  model: Model,
  feed: Feed,
  { recipe, seed, measure = testMetrics, list, fit: options = {}, learn }: TrainOptions,
): Promise<Measured> {
  const started = performance.now()
  // Lets messages through: training alone would keep them waiting.
  const given: Given = { ...recipe, seed, onBatch: () => setImmediate() }
  const { train: data, validation } = feed
  const history = learn
    ? await learn(model, feed, given)
    : await fit(model, { data, validation, optimizer: adam({ learningRate: 1e-3 }), ...given, ...options })
  const seconds = (performance.now() - started) / 1000
  const metrics = Object.entries(measure(model, feed)).filter(([, value]) => Number.isFinite(value))
  return {
    metrics: Object.fromEntries(metrics),
    ...(list && { lists: list(model, feed) }),
    parameters: countParameters(model),
    epoch: history.best ?? history.epochs.length,
    seconds,
    backend: history.backend,
    optimizer: history.optimizer,
  }
}

export interface CellOptions extends Partial<Pick<TrainOptions, 'measure' | 'list' | 'learn'>> {
  readonly name: string
  readonly label?: string
  readonly data: Data
  readonly build: Build
  readonly recipe: Recipe
  /** What determines a run beyond model and recipe. */
  readonly facts?: Readonly<Record<string, Plain>>
  /** What differs from everyone's training; called for each run, since optimizers remember. */
  readonly fit?: (feed: Feed, model: Model) => Partial<FitOptions>
}

/** A cell that builds a model on the data's features and tasks, and trains it. */
export const cell = ({
  name,
  label,
  data,
  build,
  recipe,
  facts,
  fit: options,
  measure,
  list,
  learn,
}: CellOptions): Cell => ({
  name,
  label: label ?? labelOf(name),
  facts: { version: VERSION, model: name, ...recipe, ...facts },
  train: async (seed) => {
    const feed = await data.load()
    const model = build(feed.features, feed.tasks, seed)
    return trained(model, feed, {
      recipe,
      seed,
      ...(measure && { measure }),
      ...(list && { list }),
      ...(learn && { learn }),
      fit: options?.(feed, model) ?? {},
    })
  },
})

/** Trains each model on a feed for each seed and measures it on test rows. What it returns is plain data, fit for JSON. */
import { setImmediate } from 'node:timers/promises'
import { countParameters, evaluate, fit, predict } from '../../src/index.ts'
import { gateWeights } from '../../src/insight.ts'
import type { EpochRecord, History, Progress, Scores } from '../../src/index.ts'
import type { GateUse } from '../../src/insight.ts'
import { fitOptionsOf, modelFrom } from '../config/build.ts'
import type { Named, TrainingSpec } from '../config/read.ts'
import { threadsFor } from '../threads.ts'
import { describe } from './card.ts'
import type { Card } from './card.ts'
import type { Feed } from './feed.ts'
import { observe } from './insight.ts'
import type { Insight } from './insight.ts'
import { UNDER } from './labels.ts'
import { HOUSE, zooOf } from './models.ts'
import type { Entrant, Tasks } from './models.ts'
import { relianceOf } from './reliance.ts'
import type { Reliance } from './reliance.ts'
import { reliability } from './reliability.ts'
import type { Reliability } from './reliability.ts'

export interface Settings {
  /** Names of entrants, in the order of the report. */
  readonly models: readonly string[]
  /** Default every model at the widths of the reference figures. */
  readonly entrants?: Readonly<Record<string, Entrant>>
  /** What entrants train by that have none of their own, as plegrad.json has it. */
  readonly strategy: Named
  readonly seeds: readonly number[]
  readonly epochs: number
  readonly batchSize: number
  /** Whether steps are compiled, or run op by op on the CPU. */
  readonly compiled: boolean
  /** What else plegrad.json says of training. Its epoch of the best validation score is kept in any case. */
  readonly training?: TrainingSpec
}

/** A model of one seed, trained: at its best epoch. */
export interface Run {
  readonly model: string
  readonly seed: number
  readonly parameters: number
  /** Of training with validation; looking at it not included. */
  readonly seconds: number
  readonly history: History
  readonly test: Scores
  /** On the test rows: by level and gate, how much each expert is heard. */
  readonly gates: readonly Readonly<Record<string, GateUse>>[]
  /** How it learned; of the first seed only, for looking takes time. */
  readonly insight?: Insight
  /** What it owes to features; of the last model at the first seed only, for shuffling takes time. */
  readonly reliance?: Reliance
  /** On the test rows, by task. */
  readonly reliability: Readonly<Record<string, Reliability>>
}

export interface Study {
  readonly card: Card
  readonly tasks: Tasks
  readonly settings: Settings
  /** What ran: Node's version, and of the first run the names of the backend, the optimizer and the strategy. */
  readonly ran: {
    readonly node: string
    readonly backend: string
    readonly optimizer: string
    readonly strategy: string
  }
  readonly runs: readonly Run[]
  /** True if it was told to stop before it had finished; then some runs are missing, and the last one may be short. */
  readonly aborted: boolean
}

/** Told as it happens; all may be left out. */
export interface Watcher {
  readonly onStart?: (run: Pick<Run, 'model' | 'seed' | 'parameters'>) => void
  readonly onBatch?: (progress: Progress) => void
  readonly onEpoch?: (record: EpochRecord) => void
  /** Nothing is given where a run was stopped before its first epoch had ended. */
  readonly onEnd?: (run: Run | undefined) => void
}

/** Whose reliance is measured: of those that train as all do, the last. */
const relying = (models: readonly string[]): string | undefined => models.filter((name) => !name.includes(UNDER)).at(-1)

async function run(
  feed: Feed,
  settings: Settings,
  [name, seed]: readonly [model: string, seed: number],
  watcher: Watcher,
  signal: AbortSignal | undefined,
): Promise<{ readonly run: Run | undefined; readonly history: History }> {
  const { tasks, features, test } = feed
  const { epochs, batchSize, compiled, training = {} } = settings
  const { entrants = zooOf(HOUSE, Object.keys(tasks).length) } = settings
  const { model: spec, strategy = settings.strategy } = entrants[name]
  const model = modelFrom(spec, { features, tasks, seed })
  const parameters = countParameters(model)
  watcher.onStart?.({ model: name, seed, parameters })
  const backend = await threadsFor(model, training.threads)
  const how = fitOptionsOf({ training: { ...training, strategy, seed, epochs, batchSize, restoreBest: true } })
  const running = { compiled, ...(backend && { backend }) }
  const { losses } = how
  const observer =
    seed === settings.seeds[0] ? observe(name, model, feed, { ...running, ...(losses && { losses }) }) : undefined
  const started = performance.now()
  let looking = 0
  const history = await fit(model, {
    ...how,
    ...running,
    data: feed.train,
    validation: feed.validation,
    onBatch: (progress) => {
      observer?.onBatch(progress)
      watcher.onBatch?.(progress)
      // Lets signals and timers through: training alone would keep them waiting.
      return setImmediate()
    },
    onEpoch: (record) => {
      const now = performance.now()
      observer?.onEpoch(record.epoch)
      looking += performance.now() - now
      return watcher.onEpoch?.(record)
    },
    ...(signal && { signal }),
  })
  const seconds = (performance.now() - started - looking) / 1000
  const insight = observer?.end()
  backend?.release()
  if (history.epochs.length === 0) return { run: undefined, history }
  const predictions = predict(model, test, { compiled })
  const done: Run = {
    model: name,
    seed,
    parameters,
    seconds,
    history,
    test: evaluate(model, test, { compiled }),
    gates: gateWeights(model, test, { compiled }),
    ...(insight && { insight }),
    ...(insight && name === relying(settings.models) && { reliance: relianceOf(model, feed, { compiled }) }),
    reliability: Object.fromEntries(
      Object.entries(tasks).map(([task, type]) => [task, reliability(task, type, predictions, test.labels[task])]),
    ),
  }
  return { run: done, history }
}

/** Seeds outermost, so that a study that is stopped has whole comparisons. */
export async function study(
  feed: Feed,
  settings: Settings,
  watcher: Watcher = {},
  signal?: AbortSignal,
): Promise<Study> {
  const runs: Run[] = []
  let ran: Omit<Study['ran'], 'node'> | undefined
  let aborted = false
  for (const seed of settings.seeds)
    for (const model of settings.models) {
      if (aborted || signal?.aborted) {
        aborted = true
        break
      }
      const { run: done, history } = await run(feed, settings, [model, seed], watcher, signal)
      ran ??= { backend: history.backend, optimizer: history.optimizer, strategy: history.strategy }
      aborted = history.stopped === 'aborted'
      if (done) runs.push(done)
      watcher.onEnd?.(done)
    }
  return {
    card: describe(feed),
    tasks: feed.tasks,
    settings,
    ran: { node: process.version, ...(ran ?? { backend: '', optimizer: '', strategy: '' }) },
    runs,
    aborted,
  }
}

/**
 * What `fit` and its kin do alike: epochs of steps, validation after each, the best state kept. It refuses to know how a
 * step is taken, and to go on with numbers that are not finite.
 */
import { parameters } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import type { Averages } from '../step/averages.ts'
import { spoiltParameter } from '../step/diagnose.ts'
import type { Scores } from '../scoring/evaluate.ts'
import type { EpochRecord, History } from './history.ts'
import type { EpochOptions } from './options.ts'
import type { StepReport } from '../step/learner.ts'
import { remember } from '../step/remember.ts'
import { METRICS } from '../scoring/metrics/index.ts'
import type { MetricName } from '../scoring/metrics/index.ts'

type Turned = StepReport & { readonly turn?: string }

/** What `fit` and its kin are, beside the epochs. */
export interface Training {
  readonly who: string
  readonly batches: number
  /** Takes a step; `when` is for errors. */
  readonly step: (when: string) => Promise<Turned>
  /** Has parameters at hand: after the steps of an epoch, before anyone looks. */
  readonly settle: () => Promise<void>
  /** Gives all memory back, once parameters are at hand. */
  readonly release: () => Promise<void>
  readonly learningRate: () => number
  readonly evaluate?: () => Scores
  readonly epochEnded: (losses: ByTask<number>) => void
  /** Stand in for the parameters while they are scored, and at the end. */
  readonly averages?: Averages
  readonly ran: Pick<History, 'backend' | 'optimizer' | 'strategy'>
}

/**
 * The first metric of each task, its sign by what is better: AUC − MSE for a binary and a regression task. Labels decide
 * which is not defined, the same in every epoch: it is left out.
 */
const defaultScore = (scores: Scores): number =>
  Object.values(scores).reduce((total, metrics) => {
    const [name, value] = Object.entries(metrics)[0]
    if (Number.isNaN(value)) return total
    return total + (METRICS[name as MetricName].direction === 'lower' ? -value : value)
  }, 0)

/**
 * The means over an epoch of task losses, each step counting by its rows of the task's sample space, and of weights over
 * the steps that had some.
 */
class Means {
  readonly #sums: Record<string, { loss: number; rows: number; weight: number; steps: number }> = {}

  add({ losses, present, weights }: StepReport): void {
    for (const [task, loss] of Object.entries(losses)) {
      const sum = (this.#sums[task] ??= { loss: 0, rows: 0, weight: 0, steps: 0 })
      sum.loss += loss * present[task]
      sum.rows += present[task]
      if (present[task] === 0) continue
      sum.weight += weights[task]
      sum.steps++
    }
  }

  losses(): ByTask<number> {
    return byTask(Object.keys(this.#sums), (task) => this.#sums[task].loss / this.#sums[task].rows)
  }

  weights(): ByTask<number> {
    return byTask(Object.keys(this.#sums), (task) => this.#sums[task].weight / this.#sums[task].steps)
  }
}

/**
 * Trains epoch by epoch. However it ends, by its last epoch, a signal or an error, the model has the parameters of the
 * best epoch, where there is one to restore; else the averages, where there are some; else those of the last step.
 * See `fit` for what it throws.
 */
export async function runEpochs(model: Model, training: Training, options: EpochOptions): Promise<History> {
  const { epochs = 1, score = defaultScore, restoreBest = true, patience = Infinity, signal } = options
  const { who, batches, averages } = training
  const records: EpochRecord[] = []
  let best: { epoch: number; score: number; putBack: () => void } | undefined
  let stopped: History['stopped'] = 'finished'
  let steps = 0

  const end = async (): Promise<void> => {
    try {
      // What is on a device comes home first, or it would come later, over what is restored.
      await training.settle()
    } finally {
      await training.release().finally(() => {
        averages?.standIn(true)
        if (restoreBest) best?.putBack()
      })
    }
  }

  try {
    for (let epoch = 1; epoch <= epochs && stopped === 'finished'; epoch++) {
      const started = Date.now()
      const learningRate = training.learningRate()
      const means = new Means()
      for (let batch = 1; batch <= batches; batch++) {
        if (signal?.aborted) {
          stopped = 'aborted'
          break
        }
        const report = await training.step(`epoch ${epoch}, step ${++steps}`)
        means.add(report)
        const { losses, weights, turn } = report
        await options.onBatch?.({
          epoch,
          epochs,
          batch,
          batches,
          step: steps,
          losses,
          weights,
          ...(turn !== undefined && { turn }),
        })
      }
      await training.settle()
      const spoilt = spoiltParameter(parameters(model))
      if (spoilt !== undefined)
        throw new Error(`${who}: expected finite parameters at the end of epoch ${epoch} but ${spoilt} is not`)
      if (stopped === 'aborted') break
      training.epochEnded(means.losses())
      averages?.standIn(true)
      const scores = training.evaluate?.()
      const scored = scores && score(scores)
      const record: EpochRecord = {
        epoch,
        losses: means.losses(),
        weights: means.weights(),
        ...(scores && { validation: scores }),
        ...(scored !== undefined && { score: scored }),
        learningRate,
        seconds: (Date.now() - started) / 1000,
      }
      records.push(record)
      if (scored !== undefined && scored > (best?.score ?? -Infinity))
        best = { epoch, score: scored, putBack: remember(Object.values(parameters(model))) }
      else if (epoch - (best?.epoch ?? 0) >= patience) stopped = 'early'
      await options.onEpoch?.(record)
      averages?.standIn(false)
    }
  } catch (error) {
    await end().catch(() => undefined)
    throw error
  }
  await end()
  return { epochs: records, ...(best && { best: best.epoch }), stopped, ...training.ran, steps }
}

/**
 * What `fit` and its kin do alike: epochs of steps, validation after each, the best state kept. It refuses to know how a
 * step is taken, and to go on with numbers that are not finite.
 */
import { fill, parameters, saveState } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import type { ByTask } from '../byTask.ts'
import type { Averages } from '../step/averages.ts'
import { spoiltParameter } from '../step/diagnose.ts'
import type { Scores } from '../scoring/evaluate.ts'
import { addStep, beginning, meansOf, nextEpoch } from './course.ts'
import type { EpochRecord, History } from './history.ts'
import type { Keeping } from './keeping.ts'
import type { EpochOptions } from './options.ts'
import type { StepReport } from '../step/learner.ts'
import type { Unread } from '../step/source.ts'
import { metricsOf } from '../dataChecks.ts'
import type { TaskMetrics } from '../dataChecks.ts'

type Turned = StepReport & { readonly turn?: string }

/** What `fit` and its kin are, beside the epochs. */
export interface Training {
  readonly who: string
  readonly batches: number
  /** Has the next step's rows at hand, where data are streamed, and tells how the steps of an epoch had theirs. */
  readonly ready: () => Promise<Unread | undefined> | undefined
  readonly told: () => Pick<EpochRecord, 'waiting'> | undefined
  /** Takes a step; `when` is for errors. */
  readonly step: (when: string) => Promise<Turned>
  /** Has parameters at hand: after the steps of an epoch, before anyone looks. */
  readonly settle: () => Promise<void>
  /** Gives all memory back, once parameters are at hand. */
  readonly release: () => Promise<void>
  readonly learningRate: () => number
  readonly evaluate?: () => Promise<Scores>
  readonly epochEnded: (losses: ByTask<number>) => void
  /** Stand in for the parameters while they are scored, and at the end. */
  readonly averages?: Averages
  /** Where it goes on from, and how where it stands is kept. */
  readonly keeping: Keeping
  readonly ran: Pick<History, 'backend' | 'optimizer' | 'strategy'>
}

/**
 * The first metric of each task, its sign by what is better: AUC − MSE for a binary and a regression task. Labels decide
 * which is not defined, the same in every epoch: it is left out.
 */
const scoreBy =
  ({ tasks }: Model, metrics: TaskMetrics) =>
  (scores: Scores): number =>
    Object.keys(scores).reduce((total, task) => {
      const [{ name, direction }] = metricsOf(tasks[task], metrics[task])
      const value = scores[task][name]
      if (Number.isNaN(value)) return total
      return total + (direction === 'lower' ? -value : value)
    }, 0)

/**
 * Trains epoch by epoch. However it ends, by its last epoch, a signal or an error, the model has the parameters of the
 * best epoch, where there is one to restore; else the averages, where there are some; else those of the last step.
 * See `fit` for what it throws.
 */
export async function runEpochs(
  model: Model,
  training: Training,
  options: EpochOptions & { readonly metrics?: TaskMetrics | undefined },
): Promise<History> {
  const { epochs = 1, restoreBest = true, patience = Infinity, signal, checkpoint, metrics = {} } = options
  const { score = scoreBy(model, metrics) } = options
  const { who, batches, averages, keeping } = training
  const course = keeping.course ?? beginning()
  const every = checkpoint?.every ?? Infinity
  let aborted = false
  let unread: Unread | undefined

  const settle = async (): Promise<void> => {
    await training.settle()
    const spoilt = spoiltParameter(parameters(model))
    if (spoilt !== undefined)
      throw new Error(`${who}: expected finite parameters at the end of epoch ${course.epoch} but ${spoilt} is not`)
  }
  const end = async (): Promise<void> => {
    try {
      // What is on a device comes home first, or it would come later, over what is restored.
      await training.settle()
    } finally {
      await training.release().finally(() => {
        averages?.standIn(true)
        if (restoreBest && course.best) fill(model, course.best.state)
      })
    }
  }

  try {
    while (course.epoch <= epochs && course.stopped === 'finished') {
      const { epoch } = course
      const started = Date.now() - 1000 * course.seconds
      if (course.batch === 0) course.learningRate = training.learningRate()
      while (course.batch < batches) {
        aborted = signal?.aborted ?? false
        unread = aborted ? undefined : await training.ready()
        if (aborted || unread) break
        const report = await training.step(`epoch ${epoch}, step ${course.steps + 1}`)
        addStep(course, report)
        course.seconds = (Date.now() - started) / 1000
        const { batch, steps } = course
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
        if (steps % every === 0 && batch < batches) {
          await settle()
          await keeping.keep(course)
        }
      }
      await settle()
      if (aborted || unread) {
        await keeping.keep(course)
        if (unread) throw unread.error
        break
      }
      const { losses, weights } = meansOf(course)
      training.epochEnded(losses)
      const told = training.told()
      averages?.standIn(true)
      const scores = await training.evaluate?.()
      const scored = scores && score(scores)
      const record: EpochRecord = {
        epoch,
        losses,
        weights,
        ...(scores && { validation: scores }),
        ...(scored !== undefined && { score: scored }),
        learningRate: course.learningRate,
        seconds: (Date.now() - started) / 1000,
        ...told,
      }
      course.records.push(record)
      if (scored !== undefined && scored > (course.best?.score ?? -Infinity))
        course.best = { epoch, score: scored, state: saveState(model) }
      else if (epoch - (course.best?.epoch ?? 0) >= patience) course.stopped = 'early'
      await options.onEpoch?.(record)
      averages?.standIn(false)
      nextEpoch(course)
      await keeping.keep(course)
    }
  } catch (error) {
    await end().catch(() => undefined)
    throw error
  }
  await end()
  const { records, best, steps, stopped } = course
  return {
    epochs: records,
    ...(best && { best: best.epoch }),
    stopped: aborted ? 'aborted' : stopped,
    ...training.ran,
    steps,
    ...(keeping.resumed && { resumed: keeping.resumed }),
  }
}

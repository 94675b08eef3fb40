/** Trains a model on data, epoch by epoch, and returns the history. It refuses to go on with numbers that are not finite. */
import { trainable } from '../../models/index.ts'
import type { Model } from '../../models/index.ts'
import type { Dataset } from '../../data/index.ts'
import { movingAverages } from '../step/averages.ts'
import { claim } from './claims.ts'
import { runEpochs } from './epochs.ts'
import { scoresIn } from '../scoring/evaluate.ts'
import { scorer } from '../scoring/predict.ts'
import { checkSet } from '../dataChecks.ts'
import { checkFit } from './checks.ts'
import { keepingOf } from './keeping.ts'
import type { FitOptions } from './options.ts'
import type { History } from './history.ts'
import { learner } from '../step/learner.ts'
import { optimizerOf } from '../optimizers/optimizers.ts'
import { stepsOf } from '../step/rounds.ts'
import { exampleOf, rangesOf } from '../step/source.ts'
import { atOnce, ranOn } from '../runsOn.ts'
import { fixedWeights } from '../strategies/index.ts'

/**
 * Trains `model` on `data` and returns the history. One seed gives one result, bit by bit; called again with the same
 * optimizer and strategy it goes on, with new orders of rows and new dropout masks.
 *
 * However it ends, by its last epoch, a signal or an error, the model has the parameters of the best epoch, where there is
 * one and `restoreBest` is not false; else the averages, with `emaDecay`; else the parameters of the last step.
 *
 * Between its steps a model is whole: a callback, or whoever else has the model meanwhile, may save it, predict, evaluate
 * and score with it. They see the last step; while the callback of an epoch runs, the averages, with `emaDecay`; and the
 * last epoch's end where a device trains.
 * With `checkpoint` it keeps where it stands, and with `resume` it goes on from there, bit for bit as if it had never
 * stopped, also in the middle of an epoch, and on another backend with that backend's bits from there.
 * @throws RangeError before anything changes, where options or data do not fit the model, or a checkpoint not them.
 * @throws Error before anything changes, where another training that has not ended has the model, one of its parameters,
 * the optimizer or the strategy.
 * @throws Error where a loss is not finite, naming the op or parameter where that began; that step is not taken. A
 * parameter that no loss reads again is looked at when its epoch ends.
 */
export async function fit(model: Model, options: FitOptions): Promise<History> {
  checkFit(model, options)
  const { data, validation, batchSize = 256, accumulate = 1, shuffle = true, seed = 1024, epochs = 1 } = options
  const optimizer = optimizerOf(options.optimizer)
  const { strategy = fixedWeights(options.taskWeights), emaDecay } = options
  const stepRows = batchSize * accumulate
  const batches = stepsOf(data.rows, stepRows)
  const averages = emaDecay === undefined ? undefined : movingAverages(Object.values(trainable(model)), emaDecay)
  const followed = averages && { averages }

  const giveBack = claim('fit', model, [
    ['the optimizer', optimizer],
    ['the strategy', strategy],
  ])
  try {
    const parts = { optimizer, strategy, ...followed }
    const keeping = await keepingOf({ who: 'fit', model, parts, options: { fit: options } }, options)
    const skip = keeping.course?.steps ?? 0
    // Rounds are counted over all calls with this optimizer.
    const first = 1 + Math.floor((optimizer.steps - skip) / batches)
    const checked = (name: string) => (part: Dataset) => checkSet('fit', name, model, part, Object.keys(model.tasks))
    const rows = rangesOf(data, { stepRows, shuffle, seed, first, skip, epochs }, checked('data'))
    const training = learner(model, exampleOf(data), {
      ...options,
      who: 'fit',
      optimizer,
      strategy,
      batchSize,
      ...followed,
    })
    const scoring = scorer(model, atOnce(options))
    return await runEpochs(
      model,
      {
        who: 'fit',
        batches,
        ready: () => rows.ready?.(),
        told: () => rows.told?.(),
        step: (when) => training.learn(rows.next().value, when),
        settle: () => training.settle(),
        release: () => {
          rows.close?.()
          scoring.release()
          return training.release()
        },
        learningRate: () => optimizer.learningRate,
        ...(validation && {
          evaluate: () => scoresIn(model, scoring, validation, options.metrics, undefined, checked('validation')),
        }),
        epochEnded: (losses) => strategy.epochEnded?.(losses),
        ...followed,
        keeping,
        ran: {
          backend: ranOn(model, options, validation !== undefined),
          optimizer: optimizer.name,
          strategy: strategy.name,
        },
      },
      options,
    )
  } finally {
    giveBack()
  }
}

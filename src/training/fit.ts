/** Trains a model on data, epoch by epoch, and returns the history. It refuses to go on with numbers that are not finite. */
import { loadState, parameters, stateOf } from '../models/index.ts'
import type { Model, State } from '../models/index.ts'
import { stream } from '../tensor/index.ts'
import { spoiltParameter } from './diagnose.ts'
import { scorer } from './evaluate.ts'
import type { Scores } from './evaluate.ts'
import { checkFit } from './fitOptions.ts'
import type { FitOptions } from './fitOptions.ts'
import type { EpochRecord, History } from './history.ts'
import { learner } from './learner.ts'
import type { Lesson } from './learner.ts'
import { METRICS } from './metrics.ts'
import type { MetricName } from './metrics.ts'
import { adam } from './optimizers.ts'
import { runsOn } from './runsOn.ts'

/** The first metric of each task, its sign by what is better: AUC − MSE for a binary and a regression task. */
const defaultScore = (scores: Scores): number =>
  Object.values(scores).reduce((total, metrics) => {
    const [name, value] = Object.entries(metrics)[0]
    return total + (METRICS[name as MetricName].direction === 'lower' ? -value : value)
  }, 0)

/** The means of task losses over an epoch, each batch counting by the rows of the task's sample space. */
class LossMeans {
  readonly #sums: Record<string, { total: number; rows: number }> = {}

  add({ losses, batch }: Lesson): void {
    for (const [task, loss] of Object.entries(losses)) {
      const mean = (this.#sums[task] ??= { total: 0, rows: 0 })
      let rows = 0
      for (const present of batch.masks[task].values) rows += present
      mean.total += loss * rows
      mean.rows += rows
    }
  }

  means(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#sums).map(([task, { total, rows }]) => [task, total / rows]))
  }
}

/**
 * Trains `model` on `data` and returns the history. One seed gives one result, bit by bit; called again with the same
 * optimizer it goes on, with new orders of rows and new dropout masks.
 *
 * @throws RangeError before anything changes, where options or data do not fit the model.
 * @throws Error where a loss is not finite, naming the op or parameter where that began; that step is not taken. A
 * parameter that no loss reads again is looked at when its epoch ends.
 */
export async function fit(model: Model, options: FitOptions): Promise<History> {
  checkFit(model, options)
  const { data, validation, epochs = 1, batchSize = 256, optimizer = adam(), shuffle = true } = options
  const { seed = 1024, score = defaultScore, restoreBest = true, patience = Infinity, signal } = options
  const orders = stream(seed).stream('order')
  const count = Math.ceil(data.rows / batchSize)
  const records: EpochRecord[] = []
  let best: { epoch: number; score: number; state: State } | undefined
  let stopped: History['stopped'] = 'finished'
  const before = optimizer.steps
  const taken = (): number => optimizer.steps - before

  const training = learner(model, data, { ...options, optimizer })
  const scoring = scorer(model, options)
  try {
    for (let epoch = 1; epoch <= epochs && stopped === 'finished'; epoch++) {
      const started = Date.now()
      const { learningRate } = optimizer
      const means = new LossMeans()
      // Epochs are counted over all calls with this optimizer.
      const order = shuffle
        ? orders.stream(String(1 + Math.floor(optimizer.steps / count))).permutation(data.rows)
        : undefined
      let number = 0
      for (let start = 0; start < data.rows; start += batchSize) {
        if (signal?.aborted) {
          stopped = 'aborted'
          break
        }
        const when = `epoch ${epoch}, step ${taken() + 1}`
        const lesson = training.learn(start, Math.min(batchSize, data.rows - start), order, when)
        means.add(lesson)
        await options.onBatch?.({
          epoch,
          epochs,
          batch: ++number,
          batches: count,
          step: taken(),
          losses: lesson.losses,
        })
      }
      const spoilt = spoiltParameter(parameters(model))
      if (spoilt !== undefined)
        throw new Error(`fit: expected finite parameters at the end of epoch ${epoch} but ${spoilt} is not`)
      if (stopped === 'aborted') break
      const scores = validation && scoring.evaluate(validation, options.metrics ? { metrics: options.metrics } : {})
      const reached = scores && score(scores)
      const record: EpochRecord = {
        epoch,
        losses: means.means(),
        ...(scores && { validation: scores }),
        ...(reached !== undefined && { score: reached }),
        learningRate,
        seconds: (Date.now() - started) / 1000,
      }
      records.push(record)
      if (reached !== undefined && reached > (best?.score ?? -Infinity))
        best = { epoch, score: reached, state: stateOf(model) }
      else if (epoch - (best?.epoch ?? 0) >= patience) stopped = 'early'
      await options.onEpoch?.(record)
    }
  } finally {
    training.release()
    scoring.release()
  }
  if (best && restoreBest) loadState(model, best.state)
  return {
    epochs: records,
    ...(best && { best: best.epoch }),
    stopped,
    backend: runsOn(model, options).name,
    optimizer: optimizer.name,
    steps: taken(),
  }
}

/** Trains a model on data, epoch by epoch, and returns the history. It refuses to go on with numbers that are not finite. */
import { gradients, sum } from '../autograd/index.ts'
import { batches } from '../data/index.ts'
import type { Batch } from '../data/index.ts'
import { loadState, parameters, stateOf } from '../models/index.ts'
import type { Model, State } from '../models/index.ts'
import { stream } from '../tensor/index.ts'
import { clipByGlobalNorm } from './clipping.ts'
import { firstNonFinite, spoiltParameter } from './diagnose.ts'
import { backendOf, evaluate } from './evaluate.ts'
import type { Scores } from './evaluate.ts'
import { checkFit } from './fitOptions.ts'
import type { FitOptions } from './fitOptions.ts'
import type { EpochRecord, History } from './history.ts'
import { taskLosses, weightedSum } from './losses.ts'
import { METRICS } from './metrics.ts'
import type { MetricName } from './metrics.ts'
import { adam } from './optimizers.ts'

/** The first metric of each task, its sign by what is better: AUC − MSE for a binary and a regression task. */
const defaultScore = (scores: Scores): number =>
  Object.values(scores).reduce((total, metrics) => {
    const [name, value] = Object.entries(metrics)[0]
    return total + (METRICS[name as MetricName].direction === 'lower' ? -value : value)
  }, 0)

/** The means of task losses over an epoch, each batch counting by the rows of the task's sample space. */
class LossMeans {
  readonly #sums: Record<string, { total: number; rows: number }> = {}

  add(losses: Readonly<Record<string, number>>, batch: Batch): void {
    for (const [task, loss] of Object.entries(losses)) {
      const mean = (this.#sums[task] ??= { total: 0, rows: 0 })
      const rows = sum(batch.masks[task]).item()
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
  const {
    data,
    validation,
    epochs = 1,
    batchSize = 256,
    optimizer = adam(),
    taskWeights = {},
    shuffle = true,
  } = options
  const { seed = 1024, score = defaultScore, restoreBest = true, patience = Infinity, clipNorm, signal } = options
  const backend = backendOf(model)
  const all = Object.values(parameters(model))
  const learned = all.filter((parameter) => parameter.trainable)
  const recorded = all.filter((parameter) => !parameter.trainable)
  const orders = stream(seed).stream('order')
  const count = Math.ceil(data.rows / batchSize)
  const records: EpochRecord[] = []
  let best: { epoch: number; score: number; state: State } | undefined
  let stopped: History['stopped'] = 'finished'
  const before = optimizer.steps

  const taken = (): number => optimizer.steps - before

  const learn = (batch: Batch, epoch: number): Record<string, number> => {
    const pass = { training: true, step: optimizer.steps }
    const statistics = recorded.map(({ values }) => values.slice())
    const losses = taskLosses(model.forward(batch, pass).logits, batch, model.tasks)
    const loss = weightedSum(losses, taskWeights)
    const values = Object.fromEntries(Object.entries(losses).map(([task, tensor]) => [task, tensor.item()]))
    const bad = Object.entries(values).find(([, value]) => !Number.isFinite(value))
    if (bad) {
      const because = firstNonFinite(losses[bad[0]], parameters(model))
      recorded.forEach((parameter, index) => parameter.assign(statistics[index]))
      throw new Error(
        `fit: expected finite losses but got ${bad[1]} of task '${bad[0]}' in epoch ${epoch}, step ${taken() + 1}: ` +
          `because ${because}`,
      )
    }
    const found = gradients(loss, learned, { sparse: true })
    optimizer.step(learned, clipNorm === undefined ? found : clipByGlobalNorm(found, clipNorm))
    return values
  }

  for (let epoch = 1; epoch <= epochs && stopped === 'finished'; epoch++) {
    const started = Date.now()
    const { learningRate } = optimizer
    const means = new LossMeans()
    // Epochs are counted over all calls with this optimizer.
    const order = shuffle
      ? orders.stream(String(1 + Math.floor(optimizer.steps / count))).permutation(data.rows)
      : undefined
    let number = 0
    for (const batch of batches(data, { batchSize, backend, ...(order && { order }) })) {
      if (signal?.aborted) {
        stopped = 'aborted'
        break
      }
      const losses = learn(batch, epoch)
      means.add(losses, batch)
      await options.onBatch?.({ epoch, epochs, batch: ++number, batches: count, step: taken(), losses })
    }
    const spoilt = spoiltParameter(parameters(model))
    if (spoilt !== undefined)
      throw new Error(`fit: expected finite parameters at the end of epoch ${epoch} but ${spoilt} is not`)
    if (stopped === 'aborted') break
    const scores = validation && evaluate(model, validation, options.metrics ? { metrics: options.metrics } : {})
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
  if (best && restoreBest) loadState(model, best.state)
  return {
    epochs: records,
    ...(best && { best: best.epoch }),
    stopped,
    backend: backend.name,
    optimizer: optimizer.name,
    steps: taken(),
  }
}

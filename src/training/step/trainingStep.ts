/**
 * One step of training as ops, from batches to moved parameters. It is recorded once and run many times, so it refuses
 * to look at numbers: it shows the losses to its caller, who may throw, before anything moves.
 */
import { add, addCotangents, sum, usedBy } from '../../autograd/index.ts'
import type { Batch } from '../../data/index.ts'
import { parameters } from '../../models/index.ts'
import type { Model, TaskType } from '../../models/index.ts'
import type { Cotangent, Parameter, Tensor } from '../../tensor/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import type { Averages } from './averages.ts'
import { clipByGlobalNorm } from '../optimizers/clipping.ts'
import { scaled } from '../optimizers/cotangents.ts'
import { taskLosses } from '../losses/taskLosses.ts'
import type { RowLosses } from '../losses/taskLosses.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import type { Strategy } from '../strategies/index.ts'

export interface StepOptions {
  readonly optimizer: Optimizer
  readonly strategy: Strategy
  readonly losses?: RowLosses
  readonly clipNorm?: number
  /** The tasks that are learned. Default all. */
  readonly tasks?: readonly string[]
  /** Which parameters may move, by path, of those that the losses reach. Default all. */
  readonly moves?: (path: string) => boolean
  readonly averages?: Averages
}

/** Losses and weights, before the step, of one of its batches. */
export interface Taken {
  readonly losses: ByTask<Tensor>
  readonly weights: ByTask<Tensor>
}

export const learnedTasks = (model: Model, { tasks = Object.keys(model.tasks) }: StepOptions): ByTask<TaskType> =>
  byTask(tasks, (task) => model.tasks[task])

/** How many rows of a batch are in each task's sample space, as scalars. */
const rowsOf = ({ masks }: Batch, tasks: ByTask<TaskType>): ByTask<Tensor> =>
  byTask(Object.keys(tasks), (task) => sum(masks[task]))

/** The losses of batch `part` of `parts` in a step. */
export function lossesOf(
  model: Model,
  batch: Batch,
  options: StepOptions,
  part: number,
  parts: number,
): ByTask<Tensor> {
  // Every batch of a step drops other units.
  const step = (): number => options.optimizer.steps * parts + part
  const tasks = learnedTasks(model, options)
  const { logits } = model.forward(batch, { training: true, step, tasks: Object.keys(tasks) })
  return taskLosses(logits, batch, tasks, options.losses)
}

/**
 * Takes a step: gradients of every batch, as the strategy has them, count by its rows, and what the losses reach moves
 * once. `inspect` is shown the losses of each batch.
 */
export function trainingStep(model: Model, options: StepOptions, inspect: (losses: ByTask<Tensor>) => void) {
  const { optimizer, strategy, clipNorm, moves, averages } = options
  const movable: readonly Parameter[] = Object.entries(parameters(model))
    .filter(([path, { trainable }]) => trainable && (moves?.(path) ?? true))
    .map(([, parameter]) => parameter)
  const tasks = learnedTasks(model, options)
  return (batches: readonly Batch[]): readonly Taken[] => {
    const rows = batches.reduce((count, batch) => count + batch.rows, 0)
    let learned = movable
    let total: readonly Cotangent[] = []
    const taken = batches.map((batch, part) => {
      const losses = lossesOf(model, batch, options, part, batches.length)
      inspect(losses)
      learned = usedBy(
        Object.values(losses).reduce((all, loss) => add(all, loss)),
        movable,
      )
      const { gradients, weights } = strategy.balance({ losses, rows: rowsOf(batch, tasks), tasks, learned })
      const counted = gradients.map((gradient) => scaled(gradient, batch.rows / rows))
      total = part === 0 ? counted : counted.map((gradient, index) => addCotangents(total[index], gradient))
      return { losses, weights }
    })
    optimizer.step(learned, clipNorm === undefined ? total : clipByGlobalNorm(total, clipNorm))
    averages?.record(learned)
    return taken
  }
}

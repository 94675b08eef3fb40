/**
 * What a training strategy is: task losses in, one gradient per parameter out. It runs inside a step that is recorded, so
 * it is made of ops, and refuses to look at numbers but by `onHost`.
 */
import { gradients } from '../../autograd/index.ts'
import { didYouMean, real, recordOf } from '../../checks/index.ts'
import type { Floats } from '../../kernels/index.ts'
import type { TaskType } from '../../models/index.ts'
import { full, onHost } from '../../tensor/index.ts'
import type { Cotangent, Parameter, Tensor } from '../../tensor/index.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import type { Stateful } from '../checkpoints/stateful.ts'
import { weightedSum } from '../losses/taskLosses.ts'

/** What a strategy is given in each step. */
export interface TaskStep {
  /** The loss of each task on the batch: scalars, 0 where the batch has no row of the task. */
  readonly losses: ByTask<Tensor>
  /** How many rows of the batch are in each task's sample space: scalars. A task without one sits the step out. Default: some. */
  readonly rows?: ByTask<Tensor>
  readonly tasks: ByTask<TaskType>
  /** What gradients are wanted of. */
  readonly learned: readonly Parameter[]
}

/** What a strategy gives in each step. */
export interface Balanced {
  /** One for each of `learned`, of its shape; those of tables may be row-sparse. */
  readonly gradients: readonly Cotangent[]
  /** What each task's gradient counted for, where tasks share a parameter: scalars, finite for a task that sat out too. */
  readonly weights: ByTask<Tensor>
}

/**
 * How tasks are trained together. A strategy may keep state between steps (weights that it learns, losses that it
 * remembers): one object is for the training of one model, and goes on where it stopped. Without `saveState` and
 * `restoreState`, which those of plegrad have, it takes no part in a training with checkpoints.
 */
export interface Strategy extends Partial<Stateful> {
  readonly name: string
  balance(step: TaskStep): Balanced
  /** Told the mean loss of each task when an epoch has ended; NaN where the epoch had no row of the task. */
  epochEnded?(losses: ByTask<number>): void
}

export const WEIGHTS = recordOf(real('[0, ∞)'))

/** Throws a RangeError where a record names a task that there is not. */
export function checkTasks(who: string, what: string, given: ByTask<unknown>, tasks: ByTask<unknown>): void {
  for (const task of Object.keys(given))
    if (!Object.hasOwn(tasks, task))
      throw new RangeError(
        `${who}: expected ${what} of ${Object.keys(tasks).join(', ')} but got '${task}'${didYouMean(task, Object.keys(tasks))}`,
      )
}

/** The gradients of Σ ωₖ·Lₖ, of weights that no gradient flows through: one backward sweep for all tasks. */
export function weighted(
  { losses, learned }: Pick<TaskStep, 'losses' | 'learned'>,
  weights: ByTask<Tensor | number>,
): Balanced {
  const asTensor = (task: string): Tensor => {
    const weight = weights[task] ?? 1
    return typeof weight === 'number' ? full([], weight, losses[task].backend) : weight
  }
  return {
    gradients: gradients(weightedSum(losses, weights), learned, { sparse: true }),
    weights: byTask(Object.keys(losses), asTensor),
  }
}

/** A weight per task that the host works out anew in each step, as scalars. */
export function weightsOf({ losses }: Pick<TaskStep, 'losses'>, weightOf: (task: string) => number): ByTask<Tensor> {
  const tasks = Object.keys(losses)
  const fill = (...weights: readonly Floats[]): void =>
    tasks.forEach((task, index) => (weights[index][0] = weightOf(task)))
  const filled = onHost(
    fill,
    [],
    tasks.map(() => []),
    losses[tasks[0]].backend,
  )
  return byTask(tasks, (_, index) => filled[index])
}

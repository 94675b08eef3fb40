/** Task losses from logits, each averaged over the task's own sample space (Tang et al. 2020, Eq. 8–9). */
import { scaleShift, add, div, mul, sum, where } from '../../autograd/index.ts'
import type { Batch } from '../../data/index.ts'
import { kindOf } from '../../models/index.ts'
import type { TaskType } from '../../models/index.ts'
import { showShape } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { byTask } from '../byTask.ts'
import { rowLossOf } from './rowLosses.ts'
import type { RowLoss, RowLossName } from './rowLosses.ts'

/** The loss of every row of a task; of one that is not named, that of its type. */
export type RowLosses = Readonly<Record<string, RowLoss | RowLossName>>

/**
 * L = Σ δᵢ·ℓᵢ / Σ δᵢ over the rows of a batch: δ is 1 in the task's sample space and 0 outside, or any weight of at
 * least 0; ℓ is `rowLoss`, by default that of the task's type. A batch without a row of the task has loss 0, and no
 * gradient. Where labels have several numbers a row, each counts as a row does here.
 */
export function taskLoss(
  type: TaskType,
  output: Tensor,
  labels: Tensor,
  mask: Tensor,
  rowLoss?: RowLoss | RowLossName,
): Tensor {
  const total = sum(mask)
  const rows = (rowLoss ? rowLossOf(rowLoss) : kindOf(type).loss)(output, labels)
  if (String(rows.shape) !== String(labels.shape))
    throw new RangeError(
      `taskLoss: expected a loss of each label, ${showShape(labels.shape)}, but got ${showShape(rows.shape)}: because its mean is over the labels that are there`,
    )
  return div(sum(mul(rows, mask)), where(total, total, 1))
}

/** The loss of each of `tasks`, unweighted, as scalars. */
export const taskLosses = (
  logits: Readonly<Record<string, Tensor>>,
  batch: Batch,
  tasks: Readonly<Record<string, TaskType>>,
  losses: RowLosses = {},
): Record<string, Tensor> =>
  byTask(Object.keys(tasks), (task) =>
    taskLoss(tasks[task], logits[task], batch.labels[task], batch.masks[task], losses[task]),
  )

/** Σ ωₖ·Lₖ (Eq. 7), ω numbers or scalars, 1 where not given. */
export const weightedSum = (
  losses: Readonly<Record<string, Tensor>>,
  weights: Readonly<Record<string, number | Tensor>>,
): Tensor =>
  Object.entries(losses)
    .map(([task, loss]) => {
      const weight = weights[task] ?? 1
      return typeof weight === 'number' ? scaleShift(loss, { factor: weight }) : mul(loss, weight)
    })
    .reduce((total, loss) => add(total, loss))

/** Who takes part in a step: tasks that the batch has rows of. It refuses to be asked for numbers but on the host. */
import { concat, reshape } from '../../autograd/index.ts'
import { eachRun, standIn } from '../../kernels/index.ts'
import type { Floats } from '../../kernels/index.ts'
import { Ids, full } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { ByTask } from '../byTask.ts'
import type { TaskStep } from './strategy.ts'

/** The rows of each task in the batch, in the order of the losses (t). */
export const rowCounts = ({ losses, rows }: Pick<TaskStep, 'losses' | 'rows'>): Tensor =>
  concat(
    Object.entries(losses).map(([task, { backend }]) => reshape(rows?.[task] ?? full([], 1, backend), [1])),
    { axis: 0 },
  )

/**
 * For each task the row that it learns of a table of one: 0, or −1, which is none, where it sits the step out. A row that
 * no gradient names stays as it is, and so does all that an optimizer remembers of it. `before` is called in each step
 * before anything moves, and may throw.
 */
export function rowsLearned(step: Pick<TaskStep, 'losses' | 'rows'>, before: () => void): ByTask<Ids> {
  const counts = rowCounts(step)
  const backend = standIn(counts.backend)
  const ids = Object.keys(step.losses).map((task) => [task, new Ids([1], backend.allocateIds(1), 1, backend)] as const)
  const fill = (rows: Floats, ...named: readonly Floats[]): void => {
    before()
    named.forEach((row, index) => (row[0] = rows[index] > 0 ? 0 : -1))
  }
  eachRun(
    fill,
    [counts],
    ids.map(([, each]) => each),
  )
  return Object.fromEntries(ids)
}

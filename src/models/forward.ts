/** What a forward pass is for: an argument, so that no switch is left in the wrong position by whoever ran before. */
import type { NumberOrGetter } from '../kernels/index.ts'

/** What a model's `forward` takes beside the batch. */
export interface ForwardOptions {
  /** True while learning: dropout drops, and batch normalisation uses and records the batch's own statistics. */
  readonly training: boolean
  /** The number of the training step: the dropout masks of two steps differ by it. */
  readonly step: NumberOrGetter
  /**
   * Which tasks' outputs are wanted. Default all. Parts that only other tasks use are not computed, so that nothing of
   * them, such as a running statistic, can move.
   */
  readonly tasks?: readonly string[]
}

/** What `forward` takes if nothing is said: the model as it predicts. */
export const INFERENCE: ForwardOptions = { training: false, step: 0 }

/**
 * Those of a model's tasks that a pass wants, in the model's order.
 * @throws RangeError if it wants none, or one that the model does not have.
 */
export function wantedTasks(who: string, known: readonly string[], { tasks }: ForwardOptions): readonly string[] {
  if (!tasks) return known
  const strange = tasks.find((name) => !known.includes(name))
  if (strange !== undefined || tasks.length === 0)
    throw new RangeError(
      `${who}: expected wanted tasks among ${known.join(', ')} but got ${strange === undefined ? 'none' : `'${strange}'`}`,
    )
  return known.filter((name) => tasks.includes(name))
}

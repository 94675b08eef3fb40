/**
 * Strategies that look at how the tasks' gradients lie to each other: they see inner products, and answer with one number
 * per task. Everything between is `taskGradients`.
 */
import { concat, reshape } from '../../autograd/index.ts'
import { callable, checkOptions, flag } from '../../checks/index.ts'
import { onHost } from '../../tensor/index.ts'
import type { Floats } from '../../kernels/index.ts'
import { byTask } from '../byTask.ts'
import { rowCounts } from './attendance.ts'
import type { Stateful } from '../checkpoints/stateful.ts'
import { taskGradients } from './taskGradients.ts'
import type { Strategy } from './strategy.ts'

/** ⟨gᵢ, gⱼ⟩ of the tasks' gradients over all parameters that tasks share. */
export type Gram = readonly (readonly number[])[]

/**
 * The coefficients c of Σ cₖ·gₖ from inner products, losses and names, each in the order of the tasks: of those that the
 * batch has rows of, for the others sit the step out.
 */
export type Reconcile = (gram: Gram, losses: readonly number[], tasks: readonly string[]) => readonly number[]

/** What `reconciling` takes. */
export interface ReconcilingOptions extends Partial<Stateful> {
  /**
   * Whether the coefficients also count where a task is alone, as weights of losses do; else what is a task's own gets
   * the task's plain gradient. Default false.
   */
  readonly everywhere?: boolean
}

/** A strategy of one's own, out of a function of numbers. It costs one backward sweep per task. */
export function reconciling(name: string, reconcile: Reconcile, options: ReconcilingOptions = {}): Strategy {
  checkOptions('reconciling', options, { everywhere: flag, saveState: callable, restoreState: callable })
  const { everywhere = false, ...stateful } = options
  return {
    name,
    balance(step) {
      const tasks = Object.keys(step.losses)
      const count = tasks.length
      const found = taskGradients(step)
      const decide = (
        products: Floats,
        losses: Floats,
        rows: Floats,
        all: Floats,
        ...each: readonly Floats[]
      ): void => {
        const present = [...tasks.keys()].filter((index) => rows[index] > 0)
        const coefficients = reconcile(
          present.map((row) => present.map((column) => products[row * count + column])),
          present.map((index) => losses[index]),
          present.map((index) => tasks[index]),
        )
        all.fill(1)
        present.forEach((index, at) => (all[index] = coefficients[at]))
        each.forEach((weight, index) => (weight[0] = all[index]))
      }
      const losses = concat(
        Object.values(step.losses).map((loss) => reshape(loss, [1])),
        { axis: 0 },
      )
      const inputs = [found.gram(), losses, rowCounts(step)]
      const [coefficients, ...weights] = onHost(decide, inputs, [[1, count], ...tasks.map(() => [])])
      const counted = byTask(tasks, (_, index) => weights[index])
      return { gradients: found.combine(coefficients, everywhere ? counted : {}), weights: counted }
    },
    ...stateful,
  }
}

/**
 * Strategies that look at how the tasks' gradients lie to each other: they see inner products, and answer with one number
 * per task. Everything between is `taskGradients`.
 */
import { onHost } from '../../tensor/index.ts'
import type { Floats } from '../../kernels/index.ts'
import { taskGradients } from './taskGradients.ts'
import type { Strategy } from './strategy.ts'

/** ⟨gᵢ, gⱼ⟩ of the tasks' gradients over all parameters that tasks share. */
export type Gram = readonly (readonly number[])[]

/** The coefficients c of Σ cₖ·gₖ, in the order of the tasks, from inner products and losses. */
export type Reconcile = (gram: Gram, losses: readonly number[]) => readonly number[]

export interface ReconcilingOptions {
  /**
   * Whether the coefficients also count where a task is alone, as weights of losses do; else what is a task's own gets
   * the task's plain gradient. Default false.
   */
  readonly everywhere?: boolean
}

/** A strategy of one's own, out of a function of numbers. It costs one backward sweep per task. */
export function reconciling(
  name: string,
  reconcile: Reconcile,
  { everywhere = false }: ReconcilingOptions = {},
): Strategy {
  return {
    name,
    balance(step) {
      const tasks = Object.keys(step.losses)
      const count = tasks.length
      const found = taskGradients(step)
      const decide = (products: Floats, ...rest: readonly Floats[]): void => {
        const gram = tasks.map((_, row) => Array.from(products.subarray(row * count, (row + 1) * count)))
        const coefficients = reconcile(
          gram,
          rest.slice(0, count).map(([loss]) => loss),
        )
        const [all, ...each] = rest.slice(count)
        coefficients.forEach((coefficient, index) => {
          all[index] = coefficient
          each[index][0] = coefficient
        })
      }
      const inputs = [found.gram(), ...Object.values(step.losses)]
      const [coefficients, ...weights] = onHost(decide, inputs, [[1, count], ...tasks.map(() => [])])
      const byTask = Object.fromEntries(tasks.map((task, index) => [task, weights[index]]))
      return { gradients: found.combine(coefficients, everywhere ? byTask : {}), weights: byTask }
    },
  }
}

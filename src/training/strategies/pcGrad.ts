/** PCGrad, gradient surgery: a task's gradient loses what points against another task's. */
import { checkOptions, integer } from '../../checks/index.ts'
import { stream } from '../../tensor/index.ts'
import { remembered } from '../checkpoints/stateful.ts'
import { reconciling } from './reconciling.ts'
import type { Gram } from './reconciling.ts'
import type { Strategy } from './strategy.ts'

/**
 * gᵢ without its conflicts, as coefficients of all gradients: for each other task j in the order given, where
 * ⟨gᵢ, gⱼ⟩ < 0, gᵢ ← gᵢ − (⟨gᵢ, gⱼ⟩ / ‖gⱼ‖²)·gⱼ (Yu et al., NeurIPS 2020, Algorithm 1). The gⱼ are the unchanged ones.
 */
export function project(gram: Gram, task: number, order: ArrayLike<number>): number[] {
  const coefficients: number[] = gram.map((_, index) => (index === task ? 1 : 0))
  for (let at = 0; at < order.length; at++) {
    const other = order[at]
    if (other === task) continue
    const along = coefficients.reduce((sum, coefficient, index) => sum + coefficient * gram[index][other], 0)
    if (along < 0) coefficients[other] -= along / gram[other][other]
  }
  return coefficients
}

/**
 * Projecting conflicting gradients (Yu et al., NeurIPS 2020): Σᵢ of every gᵢ after `project`, the other tasks in a random
 * order that is new in each step. What only one task reaches is learned as by itself.
 */
export function pcGrad(options: { readonly seed?: number } = {}): Strategy {
  checkOptions('pcGrad', options, { seed: integer })
  const { seed = 1024 } = options
  const orders = stream(seed)
  let steps = 0
  const reconcile = (gram: Gram): readonly number[] => {
    const random = orders.stream(String(steps++))
    const projected = gram.map((_, task) => project(gram, task, random.stream(String(task)).permutation(gram.length)))
    return gram.map((_, index) => projected.reduce((sum, coefficients) => sum + coefficients[index], 0))
  }
  return reconciling('PCGrad', reconcile, {
    saveState: () => remembered({ seed }, { steps }),
    restoreState({ facts }) {
      steps = facts.steps as number
    },
  })
}

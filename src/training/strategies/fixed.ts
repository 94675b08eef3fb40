/** Joint training under weights that no loss decides: constant ones, and the PLE paper's, which change by the epoch. */
import { checkOptions, checkValue, needed } from '../../checks/index.ts'
import { remembered, stateless } from '../checkpoints/stateful.ts'
import { WEIGHTS, checkTasks, weighted, weightsOf } from './strategy.ts'
import type { ByTask } from '../byTask.ts'
import type { Strategy } from './strategy.ts'

/**
 * L = Σ ωₖ·Lₖ (Tang et al. 2020, Eq. 7), with ωₖ = 1 where none is given.
 * @throws RangeError for a weight that is below 0.
 */
export function fixedWeights(weights: ByTask<number> = {}): Strategy {
  checkValue('fixedWeights', 'weights', weights, WEIGHTS)
  return {
    name: 'fixed weights',
    balance(step) {
      checkTasks('fixedWeights', 'weights', weights, step.tasks)
      return weighted(step, weights)
    },
    ...stateless(weights),
  }
}

/** What `decayingWeights` takes. */
export interface DecayingWeightsOptions {
  /** ωₖ,₀ by task. Default 1. */
  readonly initial?: ByTask<number>
  /** γₖ by task: what the weight is multiplied by after each epoch. Default 1. */
  readonly ratio: ByTask<number>
}

/**
 * ωₖ⁽ᵗ⁾ = ωₖ,₀·γₖᵗ in epoch t, counted from 0 (Tang et al. 2020, Eq. 10): a task may count for less, or for more, as
 * training goes on.
 * @throws RangeError for a weight or a ratio that is below 0.
 */
export function decayingWeights(options: DecayingWeightsOptions): Strategy {
  checkOptions('decayingWeights', options, { initial: WEIGHTS, ratio: needed(WEIGHTS) })
  const { initial = {}, ratio } = options
  let epoch = 0
  return {
    name: 'decaying weights',
    balance(step) {
      checkTasks('decayingWeights', 'weights', { ...initial, ...ratio }, step.tasks)
      return weighted(
        step,
        weightsOf(step, (task) => (initial[task] ?? 1) * (ratio[task] ?? 1) ** epoch),
      )
    },
    epochEnded() {
      epoch++
    },
    saveState: () => remembered({ initial, ratio }, { epoch }),
    restoreState({ facts }) {
      epoch = facts.epoch as number
    },
  }
}

/** DWA: tasks whose losses fall slowly count for more. It looks at losses by the epoch, and never at gradients. */
import { checkOptions, real } from '../../checks/index.ts'
import { remembered } from '../checkpoints/stateful.ts'
import { weighted, weightsOf } from './strategy.ts'
import { byTask } from '../byTask.ts'
import type { ByTask } from '../byTask.ts'
import type { Strategy } from './strategy.ts'

/**
 * λₖ = K·softmax(rₖ/τ) of rₖ = Lₖ(t−1)/Lₖ(t−2), the mean losses of the last two epochs (Liu et al., CVPR 2019, Eq. 7).
 */
export function averageWeights(last: ByTask<number>, before: ByTask<number>, temperature: number): ByTask<number> {
  const tasks = Object.keys(last)
  const rates = tasks.map((task) => {
    const rate = last[task] / before[task]
    return Number.isFinite(rate) ? rate : 1
  })
  // Shifted by the largest, as any softmax, and that first, or a low temperature would overflow.
  const largest = Math.max(...rates)
  const powers = rates.map((rate) => Math.exp((rate - largest) / temperature))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return byTask(tasks, (_, index) => (tasks.length * powers[index]) / total)
}

/**
 * Dynamic weight averaging (Liu et al., CVPR 2019): all weights are 1 for two epochs, then `averageWeights`. They add up
 * to the number of tasks. The temperature τ is 2 by default; the larger, the more alike the weights. The last two epochs
 * of a task are those that had rows of it.
 * @throws RangeError if the temperature is not above 0.
 */
export function dwa(options: { readonly temperature?: number } = {}): Strategy {
  checkOptions('dwa', options, { temperature: real('(0, ∞]') })
  const { temperature = 2 } = options
  let weights: ByTask<number> = {}
  let [before, last]: [ByTask<number>, ByTask<number>] = [{}, {}]
  return {
    name: 'DWA',
    balance: (step) =>
      weighted(
        step,
        weightsOf(step, (task) => weights[task] ?? 1),
      ),
    epochEnded(losses) {
      const had = Object.entries(losses).filter(([, loss]) => !Number.isNaN(loss))
      before = { ...before, ...Object.fromEntries(had.map(([task]) => [task, last[task] ?? NaN])) }
      last = { ...last, ...Object.fromEntries(had) }
      weights = averageWeights(last, before, temperature)
    },
    saveState: () => remembered({ temperature }, { before, last }),
    restoreState({ facts }) {
      ;({ before, last } = facts as { before: ByTask<number>; last: ByTask<number> })
      weights = averageWeights(last, before, temperature)
    },
  }
}

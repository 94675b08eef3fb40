/** GradNorm: weights under which every task pulls as hard as the rate at which it learns deserves. */
import { checkOptions, real } from '../../checks/index.ts'
import { remembered } from '../checkpoints/stateful.ts'
import { reconciling } from './reconciling.ts'
import type { Strategy } from './strategy.ts'

/** What `gradNorm` takes. */
export interface GradNormOptions {
  /** How much harder a task pulls that learns slowly; 0: all pull alike. Default 1.5, the paper's for tasks that differ. */
  readonly alpha?: number
  /** Of the weights. Default 0.025. */
  readonly learningRate?: number
}

/** No task is silenced for good: its gradient would never be heard again. */
const LEAST = 1e-3

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * The next weights: with Gₖ = wₖ·‖gₖ‖, their mean Ḡ, and rₖ = the k-th loss over its first value, by the mean of these,
 * a step down the gradient of Σ |Gₖ − Ḡ·rₖ^α| / Ḡ in which the targets count as constants, then scaled to add up to
 * what they did (Chen et al., ICML 2018, Eq. 1–2 and Algorithm 1). The division by Ḡ is ours: it makes the learning
 * rate independent of the losses' scale.
 */
export function rebalance(
  weights: readonly number[],
  norms: readonly number[],
  ratios: readonly number[],
  { alpha = 1.5, learningRate = 0.025 }: GradNormOptions,
): number[] {
  const pulls = weights.map((weight, task) => weight * norms[task])
  const pull = mean(pulls)
  // Rounding may take a loss of 0 below it, which has no power.
  const held = ratios.map((ratio) => Math.max(0, ratio))
  const rate = mean(held)
  if (!(pull > 0 && rate > 0)) return [...weights]
  const moved = weights.map((weight, task) => {
    const target = pull * (held[task] / rate) ** alpha
    return Math.max(LEAST, weight - (learningRate * Math.sign(pulls[task] - target) * norms[task]) / pull)
  })
  const scale = mean(weights) / mean(moved)
  return moved.map((weight) => weight * scale)
}

/**
 * Gradient normalization (Chen et al., ICML 2018). The norms are over all parameters that tasks share (the paper: its
 * last shared layer), and the weights count for the tasks' own parameters too. They add up to the number of tasks. A task
 * that a batch has no row of keeps its weight, and its first loss is that of the first batch that has one.
 * @throws RangeError if alpha is below 0, or the learning rate not above.
 */
export function gradNorm(options: GradNormOptions = {}): Strategy {
  checkOptions('gradNorm', options, { alpha: real('[0, ∞)'), learningRate: real('(0, ∞)') })
  const { alpha = 1.5, learningRate = 0.025 } = options
  const weights: Record<string, number> = {}
  const first: Record<string, number> = {}
  return reconciling(
    'GradNorm',
    (gram, losses, tasks) => {
      const present = tasks.map((task) => (weights[task] ??= 1))
      const start = tasks.map((task, index) => (first[task] ??= losses[index]))
      const norms = gram.map((row, index) => Math.sqrt(Math.max(0, row[index])))
      const ratios = losses.map((loss, index) => (start[index] > 0 ? loss / start[index] : 1))
      rebalance(present, norms, ratios, { alpha, learningRate }).forEach(
        (next, index) => (weights[tasks[index]] = next),
      )
      return present
    },
    {
      everywhere: true,
      saveState: () => remembered({ alpha, learningRate }, { weights, first }),
      restoreState({ facts }) {
        Object.assign(weights, facts.weights)
        Object.assign(first, facts.first)
      },
    },
  )
}

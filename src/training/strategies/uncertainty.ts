/** UWL, uncertainty weighting: each task's noise is learned, and a task counts for less the noisier it is. */
import { RowSparse, add, exp, gradients, mul, neg, reshape, scaleShift, toDense } from '../../autograd/index.ts'
import { checkOptions, finite, having, recordOf } from '../../checks/index.ts'
import { kindOf } from '../../models/index.ts'
import { detach } from '../../tensor/index.ts'
import type { Parameter, Tensor } from '../../tensor/index.ts'
import { isStateful, remembered, together } from '../checkpoints/stateful.ts'
import type { Stateful } from '../checkpoints/stateful.ts'
import type { Floats } from '../../kernels/index.ts'
import { lasting } from '../step/lasting.ts'
import { checkRate } from '../optimizers/optimizer.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import { adam } from '../optimizers/optimizers.ts'
import { rowsLearned } from './attendance.ts'
import type { ByTask } from '../byTask.ts'
import type { Strategy } from './strategy.ts'

/** The strategy, and what it has learned of each task's noise. */
export interface UncertaintyStrategy extends Strategy {
  /** s = log σ² of each task (1 1), learned as training goes; none before the first step. */
  readonly logVariances: ByTask<Parameter>
}

/** What `uncertainty` takes. */
export interface UncertaintyOptions {
  /**
   * What learns the log-variances; nothing else does. Default `adam({ learningRate: 0.03, beta2: 0.9 })`: the slope is
   * steep while a loss is far above its variance, and a longer memory of that would slow down all that follows.
   */
  readonly optimizer?: Optimizer
  /** s = log σ² by task at first. Default 0. */
  readonly initial?: ByTask<number>
}

/**
 * Multi-task learning using uncertainty (Kendall et al., CVPR 2018, Eq. 7 and 10): L = Σ cₖ·e^(−sₖ)·Lₖ + sₖ/2 with
 * sₖ = log σₖ² and cₖ = ½ for regression, 1 for other kinds of tasks. Where the losses stand still, dL/dsₖ = 0 at
 * sₖ = log(2·cₖ·Lₖ), and every task counts for 1/(2·Lₖ): whatever its unit, its loss is looked at in proportion. Nothing
 * is clamped, and no L2 pulls at s. Of a task that a batch has no row of, s stays: else sₖ/2 alone would pull it down.
 * @throws RangeError for an initial value that is not finite.
 */
export function uncertainty(options: UncertaintyOptions = {}): UncertaintyStrategy {
  checkOptions('uncertainty', options, { optimizer: having('an optimizer', 'step'), initial: recordOf(finite) })
  const { optimizer = adam({ learningRate: 0.03, beta2: 0.9 }), initial = {} } = options
  const logVariances: Record<string, Parameter> = {}
  const variances: Stateful = {
    saveState: () => remembered({ initial }, {}, logVariances),
    restoreState({ tensors }, parameters) {
      for (const [task, { values }] of Object.entries(tensors)) {
        logVariances[task] ??= lasting([1, 1], 0, Object.values(parameters)[0].backend)
        logVariances[task].assign(values as Floats)
      }
    },
  }
  return {
    name: 'uncertainty',
    logVariances,
    balance({ losses, rows, tasks, learned }) {
      const names = Object.keys(losses)
      for (const task of names) logVariances[task] ??= lasting([1, 1], initial[task] ?? 0, learned[0].backend)
      const own = names.map((task) => logVariances[task])
      const weights: Record<string, Tensor> = {}
      const terms = Object.entries(losses).map(([task, loss]) => {
        const s = reshape(logVariances[task], [])
        const weight = scaleShift(exp(neg(s)), { factor: kindOf(tasks[task]).share })
        weights[task] = detach(weight)
        return add(mul(weight, loss), scaleShift(s, { factor: 0.5 }))
      })
      const total = terms.reduce((sum, term) => add(sum, term))
      const found = gradients(total, [...learned, ...own], { sparse: true })
      const rowOf = rowsLearned({ losses, ...(rows && { rows }) }, () => checkRate(optimizer))
      optimizer.step(
        own,
        found
          .slice(learned.length)
          .map((slope, index) => new RowSparse(detach(toDense(slope)), rowOf[names[index]], 1, true)),
      )
      return { gradients: found.slice(0, learned.length), weights }
    },
    ...(isStateful(optimizer) &&
      together({
        variances,
        optimizer: {
          saveState: () => optimizer.saveState(logVariances),
          restoreState: (state) => optimizer.restoreState(state, logVariances),
        },
      })),
  }
}

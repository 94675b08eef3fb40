/** Tasks of how often something happens: a Poisson distribution whose mean is exp of the logit. It refuses negative counts. */
import { exp, mul, sub } from '../../autograd/index.ts'
import { METRICS, meanPoissonDeviance, metricNamed } from '../../metrics/index.ts'
import type { TaskKind } from './kind.ts'

const isCount = (label: number): boolean => label >= 0 && label < Infinity

/**
 * A task of counts y = 0, 1, 2, …: the prediction is their mean μ = exp(z), learned by the Poisson loss exp(z) − y·z, which
 * is −ln p(y) but for what no parameter moves, as PyTorch's `poisson_nll_loss` has it. Amounts between whole numbers are
 * taken too. Measured by 'poissonDeviance', 'mae', 'mse' and 'rmse'.
 */
export function count(): TaskKind {
  const { mse, mae, rmse } = METRICS
  return {
    kind: 'count',
    width: 1,
    labelWidth: 1,
    labelsAre: 'finite numbers of at least 0, or NaN',
    encode: (label) =>
      typeof label === 'number' && (Number.isNaN(label) || isCount(Math.fround(label))) ? label : undefined,
    learned: { expected: 'to be at least 0', fits: isCount },
    share: 1,
    loss: (z, y) => sub(exp(z), mul(y, z)),
    predictions: (z) => [exp(z)],
    link: Math.log,
    outcome: (labels, row) => labels[row],
    metrics: { poissonDeviance: metricNamed('poissonDeviance', meanPoissonDeviance), mae, mse, rmse },
    defaultMetrics: ['poissonDeviance', 'mae'],
    toJSON: () => ({ kind: 'count' }),
  }
}

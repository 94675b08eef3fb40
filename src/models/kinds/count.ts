/** Tasks of how often something happens: a Poisson distribution whose mean is exp of the logit. It refuses negative counts. */
import { exp, expm1, log, mul, sub, where } from '../../autograd/index.ts'
import { METRICS, meanPoissonDeviance, metricNamed } from '../../metrics/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { TaskKind } from './kind.ts'

const isCount = (label: number): boolean => label >= 0 && label < Infinity

/** y·(eᵈ − 1 − d) of d = z − ln y, and eᶻ where y is 0: half of the deviance y·ln(y/μ) − y + μ, without its cancellation. */
function halfDeviance(z: Tensor, y: Tensor): Tensor {
  const d = sub(z, log(where(y, y, 1)))
  return where(y, mul(y, sub(expm1(d), d)), exp(z))
}

/**
 * A task of counts y = 0, 1, 2, …: the prediction is their mean μ = exp(z), learned by half of its deviance,
 * μ − y + y·ln(y/μ), which is PyTorch's `poisson_nll_loss` exp(z) − y·z, and −ln p(y), but for what no parameter moves. It is
 * 0 where μ is y and never below, which strategies that compare losses count on. Amounts between whole numbers are taken
 * too. Measured by 'poissonDeviance', 'mae', 'mse' and 'rmse'.
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
    loss: halfDeviance,
    predictions: (z) => [exp(z)],
    link: Math.log,
    outcome: (labels, row) => labels[row],
    metrics: { poissonDeviance: metricNamed('poissonDeviance', meanPoissonDeviance), mae, mse, rmse },
    defaultMetrics: ['poissonDeviance', 'mae'],
    toJSON: () => ({ kind: 'count' }),
  }
}

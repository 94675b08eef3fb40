/** How a model's gates share out the experts over data. It refuses data that lacks what the model reads. */
import { checkOptions } from '../../checks/index.ts'
import type { Dataset } from '../../data/index.ts'
import type { Model } from '../../models/index.ts'
import { checkData } from '../dataChecks.ts'
import { PREDICT, scoringOnce } from '../scoring/predict.ts'
import type { PredictOptions } from '../scoring/predict.ts'

/** How one gate weighs its experts over the rows of a data set. */
export interface GateUse {
  /** The experts' names, `click.0`, `shared.0`, … */
  readonly experts: readonly string[]
  /** Their mean weights, which add up to 1. */
  readonly mean: readonly number[]
  /** The standard deviation of each weight over rows. */
  readonly deviation: readonly number[]
  /**
   * The mean over rows of −Σ w·ln w, in nats: 0 where each row hears one expert only, and at most ln e, where each hears
   * all e alike. It is below the entropy of `mean` where rows differ in whom they hear.
   */
  readonly entropy: number
}

/**
 * For each level, each gate's use of its experts: the expert utilisation of Tang et al. 2020, Figure 8.
 * Empty for a model without gates.
 * @throws RangeError if the data lacks a feature.
 */
export function gateWeights(
  model: Model,
  data: Dataset,
  options: PredictOptions = {},
): readonly Readonly<Record<string, GateUse>>[] {
  checkData('gateWeights', model, data, [])
  checkOptions('gateWeights', options, PREDICT)
  const sums: Record<string, { total: Float64Array; squares: Float64Array; entropy: number }>[] = []
  scoringOnce(model, options, (once) => {
    for (const { gates } of once.passes(data))
      gates.forEach((level, index) => {
        sums[index] ??= {}
        for (const [listener, weights] of Object.entries(level)) {
          const width = weights.shape[1]
          const sum = (sums[index][listener] ??= {
            total: new Float64Array(width),
            squares: new Float64Array(width),
            entropy: 0,
          })
          weights.values.forEach((weight, at) => {
            sum.total[at % width] += weight
            sum.squares[at % width] += weight * weight
            if (weight > 0) sum.entropy -= weight * Math.log(weight)
          })
        }
      })
  })
  return sums.map((level, index) =>
    Object.fromEntries(
      Object.entries(level).map(([listener, { total, squares, entropy }]) => {
        const mean = Array.from(total, (sum) => sum / data.rows)
        const deviation = mean.map((value, expert) =>
          Math.sqrt(Math.max(0, squares[expert] / data.rows - value * value)),
        )
        return [
          listener,
          { experts: model.voices?.(index, listener) ?? [], mean, deviation, entropy: entropy / data.rows },
        ]
      }),
    ),
  )
}

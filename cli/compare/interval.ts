/** Means with their 95 % confidence intervals (Student's t), and what an interval lets one say. One value has none. */
import jStat from 'jstat'
import { spread } from './spread.ts'

export interface Estimate {
  readonly mean: number
  /** The interval is mean ± half; undefined of fewer than two values. */
  readonly half?: number
  /** How many values the mean is of. */
  readonly count: number
}

const LEVEL = 0.95

/** mean ± t·s/√n, t the quantile of n − 1 degrees of freedom. NaN of no values. */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length
  const { mean, deviation } = spread(values)
  if (deviation === undefined) return { mean, count }
  return { mean, half: (jStat.studentt.inv((1 + LEVEL) / 2, count - 1) * deviation) / Math.sqrt(count), count }
}

/** What a gain over seeds comes to; undefined where one seed leaves it open. */
export type Verdict = 'gains' | 'loses' | 'ties'

/** A gain or a loss only where the interval excludes 0. */
export function verdict({ mean, half }: Estimate): Verdict | undefined {
  if (half === undefined || Number.isNaN(mean)) return undefined
  return Math.abs(mean) <= half ? 'ties' : mean > 0 ? 'gains' : 'loses'
}

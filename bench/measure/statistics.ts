/** The middle of some samples and how far they spread. It refuses an empty list: nothing was measured then. */

export interface Spread {
  readonly count: number
  readonly least: number
  readonly q1: number
  readonly median: number
  readonly q3: number
}

/** The value below which a share of the sorted samples lies, between neighbours in proportion. */
function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return below + (above - below) * (at - Math.floor(at))
}

export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError('spreadOf: expected at least one sample but got none')
  const sorted = Float64Array.from(samples).sort()
  return {
    count: samples.length,
    least: sorted[0],
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
  }
}

/** Half of the range that the middle half of the samples covers, as a share of their median. */
export const scatter = ({ q1, median, q3 }: Spread): number => (q3 - q1) / 2 / median

/** Continuous values to bins of equally many rows, so that a table can hold them; it refuses what is not finite. */
import { checkValue, show, whole } from '../checks/index.ts'
import { LIST } from './values.ts'

/** More are as good as the numbers themselves. */
const MOST = 2 ** 20

/**
 * The inner edges of `bins` quantile bins, ascending and distinct: at most bins − 1, fewer where values repeat. Quantiles
 * are interpolated linearly, so bins are those of pandas' `qcut`. Fit them on training rows only.
 * @throws RangeError if there are no values, one is not finite, or bins is not an integer from 1 to 2²⁰.
 */
export function quantileBins(values: ArrayLike<number>, bins: number): readonly number[] {
  checkValue('quantileBins', 'the first argument', values, LIST)
  checkValue('quantileBins', 'bins', bins, whole(1, MOST))
  if (values.length === 0) throw new RangeError('quantileBins: expected at least one value but got none')
  for (let row = 0; row < values.length; row++)
    if (!Number.isFinite(values[row]))
      throw new RangeError(`quantileBins: expected finite values but got ${show(values[row])} at position ${row}`)
  const sorted = Float64Array.from(values).sort()
  const last = sorted.length - 1
  const quantile = (share: number): number => {
    const below = Math.floor(share * last)
    return sorted[below] + (share * last - below) * (sorted[Math.min(below + 1, last)] - sorted[below])
  }
  const edges = new Set(Array.from({ length: bins - 1 }, (_, index) => quantile((index + 1) / bins)))
  return [...edges].filter((edge) => edge < sorted[last])
}

/**
 * The bin of a value, 0 … edges.length: how many edges lie below it, so a value on an edge belongs to the bin that it
 * closes, and values beyond those that edges were fitted on to the first or the last.
 * @throws RangeError if the value is no number.
 */
export function binOf(edges: readonly number[], value: number): number {
  if (typeof value !== 'number' || Number.isNaN(value))
    throw new RangeError(`binOf: expected a number but got ${show(value)}: because it belongs to no bin`)
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edges[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Continuous values to bins of equally many rows, so that a table can hold them; it refuses what is not finite. */
import { checkValue, finite, listOf, show, whole } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { quantileOf } from './quantiles.ts'
import { LIST, isMissing } from './values.ts'
import type { MaybeValue } from './values.ts'

/** More are as good as the numbers themselves. */
const MOST = 2 ** 20

export const EDGES: Check = {
  expected: 'to be a list of finite numbers, each higher than the one before,',
  fits: (value) =>
    listOf(finite).fits(value) &&
    (value as readonly number[]).every((edge, at, edges) => at === 0 || edge > edges[at - 1]),
  got: (value) => (Array.isArray(value) ? `[${value.map(show).join(', ').slice(0, 60)}]` : show(value)),
}

/**
 * The inner edges of `bins` quantile bins, ascending and distinct: at most bins − 1, fewer where values repeat. Quantiles
 * are interpolated linearly, so bins are those of pandas' `qcut`. Missing values do not count. Fit them on training rows
 * only.
 * @throws RangeError if there are no values, one is neither finite nor missing, or bins is not an integer from 1 to 2²⁰.
 */
export function quantileBins(values: ArrayLike<MaybeValue>, bins: number): readonly number[] {
  checkValue('quantileBins', 'the first argument', values, LIST)
  checkValue('quantileBins', 'bins', bins, whole(1, MOST))
  const there: number[] = []
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (isMissing(value)) continue
    if (!Number.isFinite(value))
      throw new RangeError(`quantileBins: expected finite values but got ${show(value)} at position ${row}`)
    there.push(value as number)
  }
  if (there.length === 0) throw new RangeError('quantileBins: expected at least one value but got none')
  const sorted = Float64Array.from(there).sort()
  const edges = new Set(Array.from({ length: bins - 1 }, (_, index) => quantileOf(sorted, (index + 1) / bins)))
  return [...edges].filter((edge) => edge < sorted[sorted.length - 1])
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

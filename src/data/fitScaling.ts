/**
 * Fits what is done to the numbers of a dense feature: what stands in for missing ones, where they are clipped, what is
 * their mean and deviation. It refuses what is not finite, and to know a mean of nothing.
 */
import { checkOptions, checkValue, either, finite as finiteNumber, flag, oneOf, whole } from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import { cellsOf, finite, isNested, refuse } from './columns.ts'
import type { Column } from './columns.ts'
import type { Scaling } from './featureKinds.ts'
import { quantileOf } from './quantiles.ts'
import { scaled } from './scaling.ts'
import { LIST, isMissing } from './values.ts'

/** What `fitScaling` takes. What is not asked for is not done. */
export interface ScalingOptions {
  /** Numbers in a row, which are fitted one by one. Default 1. */
  readonly dimension?: number
  /** What stands in for a missing number: the mean or the median of those that are there, or this number. */
  readonly missing?: 'mean' | 'median' | number
  /** Whether the model is also told which numbers were missing. Default false. */
  readonly indicator?: boolean
  /** The least number and the most: what lies beyond becomes one of them. −∞ and ∞ leave a side open. */
  readonly clip?: readonly [least: number, most: number]
  /** The same as shares of the rows below: `[0.01, 0.99]` clips at the first and the last percentile. */
  readonly clipQuantiles?: readonly [least: number, most: number]
  /** Whether x becomes sign(x)·log(1 + |x|). Default false. */
  readonly log?: boolean
  /** Whether what comes of all of these gets a mean of 0 and a deviation of 1. Default false. */
  readonly standardise?: boolean
}

const WHO = 'fitScaling'

const pairIn = (expected: string, least: number, most: number): Check => ({
  expected,
  fits: (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((each) => typeof each === 'number' && each >= least && each <= most) &&
    value[0] <= value[1] &&
    value[0] < Infinity &&
    value[1] > -Infinity,
})

const OPTIONS: Checks<ScalingOptions> = {
  dimension: whole(1, 2 ** 20),
  missing: either(oneOf('mean', 'median'), finiteNumber),
  indicator: flag,
  clip: pairIn('to be two numbers, the least and the most,', -Infinity, Infinity),
  clipQuantiles: pairIn('to be two shares from 0 to 1, the lower one first,', 0, 1),
  log: flag,
  standardise: flag,
}

/** Of at least one. Numbers that are all the same have exactly that mean: their distances from the first are added. */
function meanOf(values: ArrayLike<number>): number {
  let total = 0
  for (let at = 0; at < values.length; at++) total += values[at] - values[0]
  return values[0] + total / values.length
}

/** Of all rows, as NumPy's `std` by default, not of a sample. */
const deviationOf = (values: Float64Array, mean: number): number =>
  Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))

/** The numbers that are there, for each place of a row. */
function placesOf(column: Column, dimension: number): readonly Float64Array[] {
  const nested = isNested(column, dimension, true)
  const cells = cellsOf('the column', column, dimension, nested, WHO)
  const found: number[][] = Array.from({ length: dimension }, () => [])
  for (let row = 0; row < cells.rows; row++) {
    if (nested && isMissing(column[row])) continue
    if (cells.length(row) !== dimension)
      refuse(`${dimension} numbers per row`, `${cells.length(row)} at row ${row}`, 'that is the dimension', WHO)
    for (let place = 0; place < dimension; place++) {
      const cell = cells.at(row, place)
      if (!isMissing(cell)) found[place].push(finite('numbers', cell, row, WHO))
    }
  }
  return found.map((numbers) => Float64Array.from(numbers))
}

/**
 * The numbers by which those of a column are filled in, clipped and standardised, for `denseFeature(name, { scaling })`:
 * plain data, saved with the model and with programs. Missing numbers do not count, and each step is fitted on what the
 * steps before it make of the others. A column of one number alone gets a deviation of 1. Fit it on training rows only.
 * @throws RangeError if an option is not known or makes no sense, a number is not finite in float32, a row has another
 * number of them, or nothing is there to have a mean, a median or quantiles.
 */
export function fitScaling(column: Column, options: ScalingOptions = {}): Scaling {
  checkValue(WHO, 'the first argument', column, LIST)
  checkOptions(WHO, options, OPTIONS)
  const { dimension = 1, missing, indicator, clip, clipQuantiles, log, standardise } = options
  if (indicator && missing === undefined) refuse('missing beside indicator', 'none', 'no number can be missing', WHO)
  if (clip && clipQuantiles) refuse('clip or clipQuantiles', 'both', 'numbers are clipped once', WHO)
  const places = placesOf(column, dimension).map((values) => values.sort())
  const empty = places.findIndex(({ length }) => length === 0)
  if (empty >= 0 && (typeof missing === 'string' || clipQuantiles || standardise))
    refuse('at least one number', `none in place ${empty} of any row`, 'nothing has no mean and no quantiles', WHO)
  const each = (of: (values: Float64Array) => number): readonly number[] => places.map(of)

  const [lowest, highest] = clipQuantiles ?? []
  const clipped: Scaling = {
    ...(clip && clip[0] > -Infinity && { least: each(() => clip[0]) }),
    ...(clip && clip[1] < Infinity && { most: each(() => clip[1]) }),
    ...(lowest !== undefined && { least: each((values) => quantileOf(values, lowest)) }),
    ...(highest !== undefined && { most: each((values) => quantileOf(values, highest)) }),
    ...(log && { log }),
  }
  const made = places.map((values, place) => values.map((value) => scaled(clipped, value, place)))
  const means = standardise ? made.map(meanOf) : []
  return {
    ...(missing !== undefined && {
      missing: each((values) =>
        missing === 'mean' ? meanOf(values) : missing === 'median' ? quantileOf(values, 0.5) : missing,
      ),
    }),
    ...(indicator && { indicator }),
    ...clipped,
    ...(standardise && {
      mean: means,
      deviation: made.map((values, place) => deviationOf(values, means[place]) || 1),
    }),
  }
}

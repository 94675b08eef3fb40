/**
 * What is done to the numbers of a dense feature before a model has them, as plain data that a file can hold. It refuses a
 * scaling of another width than its feature, and one that could not be applied.
 */
import { checkOptions, finite, flag, listOf, real } from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import type { Feature, Scaling } from './featureKinds.ts'

/** What becomes of a number at its place of a row, or of a missing one, which is NaN. */
export function scaled(scaling: Scaling, given: number, place: number): number {
  const { missing, least, most, log, mean, deviation } = scaling
  let x = missing && Number.isNaN(given) ? missing[place] : given
  if (least && x < least[place]) x = least[place]
  if (most && x > most[place]) x = most[place]
  if (log) x = Math.sign(x) * Math.log1p(Math.abs(x))
  if (mean) x -= mean[place]
  return deviation ? x / deviation[place] : x
}

/** The same in lists of its own, in the order of its steps, and as a file holds it. */
export function copyOf({ missing, indicator, least, most, log, mean, deviation }: Scaling): Scaling {
  return JSON.parse(JSON.stringify({ missing, indicator, least, most, log, mean, deviation })) as Scaling
}

/** How many columns of a model's input a feature has: of a dense one, its numbers and whether each was missing. */
export const widthOf = (feature: Feature): number =>
  feature.kind === 'dense' && feature.scaling?.indicator ? 2 * feature.dimension : feature.dimension

const numbersOf = (dimension: number, member: Check): Check => ({
  ...listOf(member),
  expected: `to be a list of ${dimension}, each ${member.expected}`,
  fits: (value) => listOf(member).fits(value) && (value as readonly unknown[]).length === dimension,
})

/** Throws a RangeError unless a feature of so many numbers can be scaled so. */
export function checkScaling(feature: string, scaling: Scaling, dimension: number): void {
  const who = `${feature}, its scaling`
  const numbers = numbersOf(dimension, finite)
  const checks: Checks<Scaling> = {
    missing: numbers,
    indicator: flag,
    least: numbers,
    most: numbers,
    log: flag,
    mean: numbers,
    deviation: numbersOf(dimension, real('(0, ∞)')),
  }
  checkOptions(who, scaling, checks)
  const { missing, indicator, least, most } = scaling
  if (indicator && !missing)
    throw new RangeError(`${who}: expected missing beside indicator but got none: because no number can be missing`)
  const place = least && most ? least.findIndex((low, at) => low > most[at]) : -1
  if (place >= 0)
    throw new RangeError(
      `${who}: expected least of at most ${most![place]}, which is most, but got ${least![place]} in place ${place}`,
    )
}

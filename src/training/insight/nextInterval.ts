/**
 * The mean of some values, and the interval in which one more of their kind lies with 95 %, by Student's t. It takes at
 * least two, drawn independently of about a normal distribution.
 */

/** Student's t at 0.975, for 1 to 9 degrees of freedom. */
const QUANTILES = [12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216]
/** That of the normal distribution. */
const Z = 1.959964

/** Student's t at 0.975: Fisher and Cornish's expansion in 1/ν, within 2·10⁻⁴ from 10 degrees of freedom on. */
export function quantileOfT(degrees: number): number {
  if (degrees <= QUANTILES.length) return QUANTILES[degrees - 1]
  const first = (Z ** 3 + Z) / 4
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96
  const third = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384
  return Z + (first + (second + third / degrees) / degrees) / degrees
}

/** mean ± t·s·√(1 + 1/n), with n − 1 degrees of freedom. */
export function nextInterval(values: readonly number[]): { readonly mean: number; readonly half: number } {
  const { length } = values
  const mean = values.reduce((total, value) => total + value, 0) / length
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (length - 1)
  return { mean, half: quantileOfT(length - 1) * Math.sqrt(variance * (1 + 1 / length)) }
}

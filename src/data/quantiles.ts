/** Quantiles of sorted numbers, interpolated linearly, as NumPy and pandas have them; it refuses nothing. */

/** The number below which that share of them lies, of at least one. */
export function quantileOf(sorted: Float64Array, share: number): number {
  const last = sorted.length - 1
  const below = Math.floor(share * last)
  return sorted[below] + (share * last - below) * (sorted[Math.min(below + 1, last)] - sorted[below])
}

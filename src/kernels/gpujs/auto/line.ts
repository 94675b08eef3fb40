/** Time against work as a line: what a call costs however small, and what each operation adds. It refuses to go down. */

/** A call of some operations took so long. */
export interface Rung {
  readonly operations: number
  readonly milliseconds: number
}

/** In milliseconds. */
export interface Line {
  readonly fixed: number
  readonly perMillion: number
}

const MILLION = 1e6

/**
 * The line that is off by the least share of each time: Σ (line(x)/t − 1)² is smallest, with neither of its two numbers
 * below 0.
 */
export function lineThrough(rungs: readonly Rung[]): Line {
  let [uu, uv, vv, u, v] = [0, 0, 0, 0, 0]
  for (const { operations, milliseconds } of rungs) {
    // A clock may be too coarse to see a call at all.
    const t = Math.max(milliseconds, 1e-7)
    const [one, slope] = [1 / t, operations / MILLION / t]
    uu += one * one
    uv += one * slope
    vv += slope * slope
    u += one
    v += slope
  }
  const determinant = uu * vv - uv * uv
  if (determinant > 1e-12 * uu * vv) {
    const line = { fixed: (u * vv - v * uv) / determinant, perMillion: (v * uu - u * uv) / determinant }
    if (line.fixed >= 0 && line.perMillion >= 0) return line
    if (line.fixed < 0) return { fixed: 0, perMillion: v / vv }
  }
  return { fixed: u / uu, perMillion: 0 }
}

export const timeOn = ({ fixed, perMillion }: Line, operations: number): number =>
  fixed + (perMillion * operations) / MILLION

/** From how many operations on `other` is sooner done than `line`; undefined where it never is up to `most`. */
export function crossing(line: Line, other: Line, most: number): number | undefined {
  const [late, gain] = [other.fixed - line.fixed, line.perMillion - other.perMillion]
  if (late <= 0) return gain >= 0 ? 0 : undefined
  const operations = (late / gain) * MILLION
  return gain > 0 && operations <= most ? operations : undefined
}

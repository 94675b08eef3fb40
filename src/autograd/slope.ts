/** Slopes of smooth functions of one number by finite differences, which say so where they cannot be trusted. */

export interface Slope {
  readonly value: number
  /** False where the function is not smooth around 0: at a kink, a jump or the edge of its domain. */
  readonly reliable: boolean
}

export interface SlopeOptions {
  /** The first step tried; up to three smaller ones follow, each an eighth of the last. */
  readonly step: number
  /** What errors are relative to, where it exceeds the slope itself. */
  readonly floor: number
  /** The relative error that a reliable slope stays well below. */
  readonly tolerance: number
}

/**
 * f'(0) from f(0), f(±h/2), f(±h) and f(±2h).
 *
 * Two five-point stencils, of error O(h⁴), are extrapolated to O(h⁶). The slope is reliable if they agree within a
 * tenth of the tolerance and the slopes from the right and from the left alone, of error O(h³), within a hundred times
 * it: the first sees a kink beside 0, the second one exactly there, which symmetric stencils are blind to.
 */
export function slopeAtZero(f: (t: number) => number, { step, floor, tolerance }: SlopeOptions): Slope {
  const middle = f(0)
  let value = NaN
  for (let rung = 0, h = step; rung < 4; rung++, h /= 8) {
    const [half, one, two] = [h / 2, h, 2 * h].map((t) => [f(t), f(-t)] as const)
    const spread = ([right, left]: readonly [number, number]): number => right - left
    const coarse = (8 * spread(one) - spread(two)) / (12 * h)
    const fine = (8 * spread(half) - spread(one)) / (6 * h)
    // The slope of the cubic through 0, h/2, h and 2h.
    const side = (which: 0 | 1): number =>
      ((16 / 3) * (half[which] - middle) - 2 * (one[which] - middle) + (two[which] - middle) / 6) / h
    const jump = side(0) + side(1)
    value = (16 * fine - coarse) / 15
    const scale = Math.max(floor, Math.abs(value))
    if (Math.abs(fine - coarse) <= 0.1 * tolerance * scale && Math.abs(jump) <= 100 * tolerance * scale)
      return { value, reliable: true }
  }
  return { value, reliable: false }
}

/** Whether a contestant computed the right numbers; who did not is not timed. */

export interface Agreement {
  /** The largest |got − exact|, as a share of the largest |exact|. */
  readonly deviation: number
  /** What is wrong, if anything. */
  readonly wrong?: string
}

/** `tolerance` is a share of the largest exact number, for rounding errors have the size of what was added up. */
export function agreement(got: ArrayLike<number>, exact: ArrayLike<number>, tolerance: number): Agreement {
  if (got.length !== exact.length)
    return { deviation: Infinity, wrong: `expected ${exact.length} numbers but got ${got.length}` }
  let scale = 0
  for (let at = 0; at < exact.length; at++) scale = Math.max(scale, Math.abs(exact[at]))
  let deviation = 0
  let worst = 0
  for (let at = 0; at < exact.length; at++) {
    const error = Math.abs(got[at] - exact[at]) / (scale || 1)
    // Not `>`: whatever is not a number is the worst of all.
    if (!(error <= deviation)) {
      deviation = Number.isNaN(error) ? Infinity : error
      worst = at
    }
    if (deviation === Infinity) break
  }
  if (deviation <= tolerance) return { deviation }
  return { deviation, wrong: `expected ${exact[worst]} at ${worst} but got ${got[worst]}` }
}

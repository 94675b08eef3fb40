/** The most multiply-adds per second that this machine has, to hold others against: no memory, nothing to wait for. */
import { madd } from './madd.ts'

/**
 * Twelve chains of four lanes: 96 floating-point operations per iteration. Chains begin apart, so that no compiler takes
 * two for one, and end in a number, so that none is dropped.
 */
export function ceiling(iterations: i32): f32 {
  // Below 1, so that no chain overflows, and unknown to the compiler, which would write it out in every line.
  const factor = f32x4.splat(1 / <f32>iterations)
  const term = factor
  let c0 = f32x4.splat(<f32>iterations)
  let c1 = f32x4.add(c0, term)
  let c2 = f32x4.add(c1, term)
  let c3 = f32x4.add(c2, term)
  let c4 = f32x4.add(c3, term)
  let c5 = f32x4.add(c4, term)
  let c6 = f32x4.add(c5, term)
  let c7 = f32x4.add(c6, term)
  let c8 = f32x4.add(c7, term)
  let c9 = f32x4.add(c8, term)
  let c10 = f32x4.add(c9, term)
  let c11 = f32x4.add(c10, term)
  for (; iterations > 0; iterations--) {
    c0 = madd(c0, factor, term)
    c1 = madd(c1, factor, term)
    c2 = madd(c2, factor, term)
    c3 = madd(c3, factor, term)
    c4 = madd(c4, factor, term)
    c5 = madd(c5, factor, term)
    c6 = madd(c6, factor, term)
    c7 = madd(c7, factor, term)
    c8 = madd(c8, factor, term)
    c9 = madd(c9, factor, term)
    c10 = madd(c10, factor, term)
    c11 = madd(c11, factor, term)
  }
  c0 = f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)))
  return f32x4.extract_lane(f32x4.add(f32x4.add(c0, f32x4.add(c8, c9)), f32x4.add(c10, c11)), 0)
}

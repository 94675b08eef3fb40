/** A step of FTRL-proximal, in place and at the rate 1 / √n, on rows as update.ts has them. It refuses other powers of n. */
import { get, put } from './lanes.ts'
import { madd } from './madd.ts'
import { owner } from './update.ts'

/**
 * z += g + shrink·p − σ·p and n += g², where σ = Δ√n·inverse; then p = (sign(z)·l1 − z) / (√n·inverse + rest), and 0
 * where |z| ≤ l1 or that is divided by 0
 */
export function ftrl(
  parameter: usize, // (v d)
  gradient: usize, // (count d)
  z: usize, // (v d)
  squares: usize, // (v d), n
  rows: usize, // (count)
  count: i32,
  d: i32,
  pull: f32,
  inverse: f32, // 1 / learningRate
  shrink: f32, // 2·l2Shrinkage
  l1: f32,
  rest: f32, // β / learningRate + 2·l2
): void {
  for (let row = 0; row < count; row++, gradient += d << 2) {
    const id = owner(rows, row)
    if (id < 0) continue
    let at: usize = (id * d) << 2
    for (let n = d, from = gradient; n > 0; n -= 4, from += 16, at += 16) {
      const p = get(parameter + at, n)
      const g = madd(f32x4.splat(pull), p, get(from, n))
      const before = get(squares + at, n)
      const after = madd(g, g, before)
      put(squares + at, after, n)
      const root = f32x4.sqrt(after)
      // The σ of all steps add up to what p is divided by, for a difference of two near numbers is exact.
      const sigma = f32x4.mul(f32x4.sub(root, f32x4.sqrt(before)), f32x4.splat(inverse))
      const sum = f32x4.add(get(z + at, n), madd(f32x4.sub(f32x4.splat(shrink), sigma), p, g))
      put(z + at, sum, n)
      const scale = madd(root, f32x4.splat(inverse), f32x4.splat(rest))
      // Within l1 of 0 this is z − z.
      const beyond = f32x4.sub(f32x4.pmax(f32x4.pmin(sum, f32x4.splat(l1)), f32x4.splat(-l1)), sum)
      put(parameter + at, v128.andnot(f32x4.div(beyond, scale), f32x4.eq(scale, f32x4.splat(0))), n)
    }
  }
}

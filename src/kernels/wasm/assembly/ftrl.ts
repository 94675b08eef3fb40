/** A step of FTRL-proximal, in place and at the rate 1 / √n, on rows as update.ts has them. It refuses other powers of n. */
import { put, putPair } from './lanes.ts'
import { madd } from './madd.ts'
import { owner } from './update.ts'

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function shifted(z: v128, p: v128, g: v128, before: v128, root: v128, inverse: f32, shrink: f32): v128 {
  // The σ of all steps add up to what p is divided by, for a difference of two near numbers is exact.
  const sigma = f32x4.mul(f32x4.sub(root, f32x4.sqrt(before)), f32x4.splat(inverse))
  return f32x4.add(z, madd(f32x4.sub(f32x4.splat(shrink), sigma), p, g))
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function nearest(z: v128, root: v128, inverse: f32, l1: f32, rest: f32): v128 {
  const scale = madd(root, f32x4.splat(inverse), f32x4.splat(rest))
  // Within l1 of 0 this is z − z.
  const beyond = f32x4.sub(f32x4.pmax(f32x4.pmin(z, f32x4.splat(l1)), f32x4.splat(-l1)), z)
  return v128.andnot(f32x4.div(beyond, scale), f32x4.eq(scale, f32x4.splat(0)))
}

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
    let n = d
    let from = gradient
    for (; n >= 8; n -= 8, from += 32, at += 32) {
      const p0 = v128.load(parameter + at)
      const p1 = v128.load(parameter + at, 16)
      const g0 = madd(f32x4.splat(pull), p0, v128.load(from))
      const g1 = madd(f32x4.splat(pull), p1, v128.load(from, 16))
      const before0 = v128.load(squares + at)
      const before1 = v128.load(squares + at, 16)
      const after0 = madd(g0, g0, before0)
      const after1 = madd(g1, g1, before1)
      const root0 = f32x4.sqrt(after0)
      const root1 = f32x4.sqrt(after1)
      const sum0 = shifted(v128.load(z + at), p0, g0, before0, root0, inverse, shrink)
      const sum1 = shifted(v128.load(z + at, 16), p1, g1, before1, root1, inverse, shrink)
      putPair(squares + at, after0, after1)
      putPair(z + at, sum0, sum1)
      putPair(parameter + at, nearest(sum0, root0, inverse, l1, rest), nearest(sum1, root1, inverse, l1, rest))
    }
    for (; n > 0; n -= 4, from += 16, at += 16) {
      const p = v128.load(parameter + at)
      const g = madd(f32x4.splat(pull), p, v128.load(from))
      const before = v128.load(squares + at)
      const after = madd(g, g, before)
      const root = f32x4.sqrt(after)
      const sum = shifted(v128.load(z + at), p, g, before, root, inverse, shrink)
      put(squares + at, after, n)
      put(z + at, sum, n)
      put(parameter + at, nearest(sum, root, inverse, l1, rest), n)
    }
  }
}

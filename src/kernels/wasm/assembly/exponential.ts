/** exp and log of four numbers, within about two units in the last place, right at 0, at infinities and at NaN. */
import { madd } from './madd.ts'
import { BEGIN, EVEN, EXP, EXPONENT, HALF, HIGH, HIGHEST, LOG2_HIGH, LOG2_LOW, LOW } from './numbers.ts'
import { LOWEST, MANTISSA, ODD, ONE, PER_LOG2, ROUND } from './numbers.ts'

/**
 * exp(x) = 2ᵏ·exp(r), where k is the integer nearest to x / log 2 and |r| ≤ log 2 / 2. 2ᵏ is multiplied in halves,
 * because neither the largest results nor those below the normal numbers have a factor of their own.
 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function exponential(x: v128, known: usize): v128 {
  // NaN is kept, since pmin and pmax give their first number then.
  const bounded = f32x4.pmin(f32x4.pmax(x, v128.load32_splat(known, LOWEST)), v128.load32_splat(known, HIGHEST))
  const shifted = madd(bounded, v128.load32_splat(known, PER_LOG2), v128.load32_splat(known, ROUND))
  const whole = f32x4.sub(shifted, v128.load32_splat(known, ROUND))
  const near = madd(whole, v128.load32_splat(known, LOG2_HIGH), bounded)
  const r = madd(whole, v128.load32_splat(known, LOG2_LOW), near)
  let p = madd(r, v128.load32_splat(known, EXP), v128.load32_splat(known, EXP + 4))
  p = madd(p, r, v128.load32_splat(known, EXP + 8))
  p = madd(p, r, v128.load32_splat(known, EXP + 12))
  p = madd(p, r, v128.load32_splat(known, EXP + 16))
  p = madd(p, r, v128.load32_splat(known, EXP + 20))
  const y = f32x4.add(madd(p, f32x4.mul(r, r), r), v128.load32_splat(known, ONE))
  const k = i32x4.sub(shifted, v128.load32_splat(known, ROUND))
  const half = i32x4.shr_s(k, 1)
  return f32x4.mul(f32x4.mul(y, power(half, known)), power(i32x4.sub(k, half), known))
}

/** 2ᵏ */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function power(k: v128, known: usize): v128 {
  return i32x4.shl(i32x4.add(k, v128.load32_splat(known, EXPONENT)), 23)
}

/**
 * log(u + rest) + shift·log 2, for a `rest` that vanished when u was rounded. u = 2ᵏ·m with m = 1 + f in [1/√2, √2), and
 * log(1 + f) = 2·atanh(s) where s = f / (2 + f). u must be a normal number above 0.
 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function logarithm(u: v128, rest: v128, shift: v128, known: usize): v128 {
  const bits = i32x4.sub(u, v128.load32_splat(known, BEGIN))
  const k = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23)), shift)
  const m = i32x4.add(v128.and(bits, v128.load32_splat(known, MANTISSA)), v128.load32_splat(known, BEGIN))
  const f = f32x4.sub(m, v128.load32_splat(known, ONE))
  const s = f32x4.div(f, f32x4.add(m, v128.load32_splat(known, ONE)))
  const z = f32x4.mul(s, s)
  const w = f32x4.mul(z, z)
  const even = f32x4.mul(w, madd(w, v128.load32_splat(known, EVEN), v128.load32_splat(known, EVEN + 4)))
  const odd = f32x4.mul(z, madd(w, v128.load32_splat(known, ODD), v128.load32_splat(known, ODD + 4)))
  const half = f32x4.mul(f32x4.mul(f, f), v128.load32_splat(known, HALF))
  // Small terms before large ones.
  const low = f32x4.add(f32x4.mul(k, v128.load32_splat(known, LOW)), f32x4.div(rest, u))
  const tail = madd(s, f32x4.add(half, f32x4.add(even, odd)), low)
  return madd(k, v128.load32_splat(known, HIGH), f32x4.add(f32x4.sub(tail, half), f))
}

/** exp and log of four numbers, within about two units in the last place, right at 0, at infinities and at NaN. */
import { madd } from './madd.ts'

// Added to a number below 2²², it leaves the nearest integer in the low bits of the sum.
const ROUND: f32 = 12582912

/**
 * exp(x) = 2ᵏ·exp(r), where k is the integer nearest to x / log 2 and |r| ≤ log 2 / 2. 2ᵏ is multiplied in halves,
 * because neither the largest results nor those below the normal numbers have a factor of their own.
 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function exponential(x: v128): v128 {
  // Beyond these bounds the result is 0 or Infinity. NaN is kept, since pmin and pmax give their first number then.
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89))
  const shifted = madd(bounded, f32x4.splat(1.44269504), f32x4.splat(ROUND))
  const whole = f32x4.sub(shifted, f32x4.splat(ROUND))
  // log 2 in two parts: the first has so few digits that the product is exact.
  const r = madd(whole, f32x4.splat(2.12194440e-4), madd(whole, f32x4.splat(-0.693359375), bounded))
  let p = madd(r, f32x4.splat(1.9875691500e-4), f32x4.splat(1.3981999507e-3))
  p = madd(p, r, f32x4.splat(8.3334519073e-3))
  p = madd(p, r, f32x4.splat(4.1665795894e-2))
  p = madd(p, r, f32x4.splat(1.6666665459e-1))
  p = madd(p, r, f32x4.splat(5.0000001201e-1))
  const y = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1))
  const k = i32x4.sub(shifted, f32x4.splat(ROUND))
  const half = i32x4.shr_s(k, 1)
  return f32x4.mul(f32x4.mul(y, power(half)), power(i32x4.sub(k, half)))
}

/** 2ᵏ */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function power(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23)
}

/** 1/√2 as an integer: where mantissas begin */
const BEGIN: i32 = 0x3f3504f3

/**
 * log(u + rest) + shift·log 2, for a `rest` that vanished when u was rounded. u = 2ᵏ·(1 + f) with 1 + f in [1/√2, √2), and
 * log(1 + f) = 2·atanh(s) where s = f / (2 + f). u must be a normal number above 0.
 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function logarithm(u: v128, rest: v128, shift: v128): v128 {
  const bits = i32x4.sub(u, i32x4.splat(BEGIN))
  const k = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23)), shift)
  const mantissa = i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(BEGIN))
  const f = f32x4.sub(mantissa, f32x4.splat(1))
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)))
  const z = f32x4.mul(s, s)
  const w = f32x4.mul(z, z)
  const even = f32x4.mul(w, madd(w, f32x4.splat(0.24279078841), f32x4.splat(0.40000972152)))
  const odd = f32x4.mul(z, madd(w, f32x4.splat(0.28498786688), f32x4.splat(0.66666662693)))
  const half = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5))
  // log 2 in two parts again, and small terms before large ones.
  const low = f32x4.add(f32x4.mul(k, f32x4.splat(9.0580006145e-6)), f32x4.div(rest, u))
  const tail = madd(s, f32x4.add(half, f32x4.add(even, odd)), low)
  return madd(k, f32x4.splat(6.9313812256e-1), f32x4.add(f32x4.sub(tail, half), f))
}

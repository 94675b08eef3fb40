/** One number in, one number out. The formulas and their limits are those of the reference. */
import { exponential, logarithm, softness } from './exponential.ts'
import { get, put } from './lanes.ts'
import { madd } from './madd.ts'

export function neg(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, f32x4.neg(get(x, n)), n)
}

export function abs(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, f32x4.abs(get(x, n)), n)
}

export function sqrt(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, f32x4.sqrt(get(x, n)), n)
}

export function square(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    put(out, f32x4.mul(a, a), n)
  }
}

export function reciprocal(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, f32x4.div(f32x4.splat(1), get(x, n)), n)
}

/** pmax and pmin give their first number when either is NaN, so NaN stays NaN */
export function relu(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, f32x4.pmax(get(x, n), f32x4.splat(0)), n)
}

export function clip(x: usize, out: usize, n: i32, min: f32, max: f32): void {
  for (; n > 0; n -= 4, x += 16, out += 16)
    put(out, f32x4.pmin(f32x4.pmax(get(x, n), f32x4.splat(min)), f32x4.splat(max)), n)
}

export function leakyRelu(x: usize, out: usize, n: i32, slope: f32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    put(out, v128.bitselect(a, f32x4.mul(a, f32x4.splat(slope)), f32x4.gt(a, f32x4.splat(0))), n)
  }
}

export function affine(x: usize, out: usize, n: i32, factor: f32, shift: f32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, madd(get(x, n), f32x4.splat(factor), f32x4.splat(shift)), n)
}

export function exp(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, exponential(get(x, n)), n)
}

export function log(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    // Numbers too small to be normal are taken 2²³ times as large.
    const small = f32x4.lt(a, f32x4.splat(1.17549435e-38))
    const normal = v128.bitselect(f32x4.mul(a, f32x4.splat(8388608)), a, small)
    const y = logarithm(normal, f32x4.splat(0), v128.and(small, f32x4.splat(-23)))
    // log 0 = −Infinity, log Infinity = Infinity, and of a number below 0, or NaN, there is none.
    const finite = v128.bitselect(y, f32x4.mul(a, f32x4.splat(Infinity)), f32x4.lt(a, f32x4.splat(Infinity)))
    const least = v128.bitselect(f32x4.splat(-Infinity), f32x4.sqrt(a), f32x4.eq(a, f32x4.splat(0)))
    put(out, v128.bitselect(finite, least, f32x4.gt(a, f32x4.splat(0))), n)
  }
}

/** Of exp(−|x|), which never overflows, and small answers stay exact */
export function sigmoid(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    const one = f32x4.splat(1)
    const e = exponential(f32x4.neg(f32x4.abs(a)))
    put(out, f32x4.div(v128.bitselect(e, one, f32x4.lt(a, f32x4.splat(0))), f32x4.add(one, e)), n)
  }
}

/** max(x, 0) + log(1 + exp(−|x|)) */
export function softplus(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    put(out, f32x4.add(f32x4.pmax(a, f32x4.splat(0)), softness(a)), n)
  }
}

/** An odd polynomial near 0, where 1 − 2 / (exp(2x) + 1) would cancel */
export function tanh(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    const t = f32x4.abs(a)
    const z = f32x4.mul(t, t)
    let p = madd(z, f32x4.splat(-5.70498872745e-3), f32x4.splat(2.06390887954e-2))
    p = madd(p, z, f32x4.splat(-5.37397155531e-2))
    p = madd(p, z, f32x4.splat(1.33314422036e-1))
    p = madd(p, z, f32x4.splat(-3.33332819422e-1))
    const near = madd(f32x4.mul(p, z), t, t)
    const one = f32x4.splat(1)
    const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exponential(f32x4.add(t, t)), one)))
    const y = v128.bitselect(near, far, f32x4.lt(t, f32x4.splat(0.625)))
    put(out, v128.or(y, v128.and(a, i32x4.splat(0x80000000))), n)
  }
}

/** One number in, one number out. The formulas and their limits are those of the reference. */
import { exponential, logarithm } from './exponential.ts'
import { get, getPart, put, putPart } from './lanes.ts'
import { madd } from './madd.ts'

const NEG = 0
const ABS = 1
const SQRT = 2
const SQUARE = 3
const RECIPROCAL = 4
const RELU = 5
const CLIP = 6
const LEAKY_RELU = 7
const AFFINE = 8

/** The formula of a verb, of which the compiler leaves one line, since every verb is a constant where it is called. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function formula(verb: i32, x: v128, p: f32, q: f32): v128 {
  if (verb === NEG) return f32x4.neg(x)
  if (verb === ABS) return f32x4.abs(x)
  if (verb === SQRT) return f32x4.sqrt(x)
  if (verb === SQUARE) return f32x4.mul(x, x)
  if (verb === RECIPROCAL) return f32x4.div(f32x4.splat(1), x)
  // NaN stays NaN, and of two zeros the first stays, since pmax and pmin give their first number then: −0 + 0 is 0.
  if (verb === RELU) return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(0))
  if (verb === CLIP) return f32x4.pmin(f32x4.pmax(x, f32x4.splat(p)), f32x4.splat(q))
  if (verb === LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, f32x4.splat(p)), f32x4.gt(x, f32x4.splat(0)))
  return madd(x, f32x4.splat(p), f32x4.splat(q))
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function each(verb: i32, x: usize, out: usize, n: i32, p: f32, q: f32): void {
  for (; n >= 4; n -= 4, x += 16, out += 16) v128.store(out, formula(verb, v128.load(x), p, q))
  if (n > 0) putPart(out, formula(verb, getPart(x, n), p, q), n)
}

export function neg(x: usize, out: usize, n: i32): void {
  each(NEG, x, out, n, 0, 0)
}

export function abs(x: usize, out: usize, n: i32): void {
  each(ABS, x, out, n, 0, 0)
}

export function sqrt(x: usize, out: usize, n: i32): void {
  each(SQRT, x, out, n, 0, 0)
}

export function square(x: usize, out: usize, n: i32): void {
  each(SQUARE, x, out, n, 0, 0)
}

export function reciprocal(x: usize, out: usize, n: i32): void {
  each(RECIPROCAL, x, out, n, 0, 0)
}

export function relu(x: usize, out: usize, n: i32): void {
  each(RELU, x, out, n, 0, 0)
}

export function clip(x: usize, out: usize, n: i32, min: f32, max: f32): void {
  each(CLIP, x, out, n, min, max)
}

export function leakyRelu(x: usize, out: usize, n: i32, slope: f32): void {
  each(LEAKY_RELU, x, out, n, slope, 0)
}

export function scaleShift(x: usize, out: usize, n: i32, factor: f32, shift: f32): void {
  each(AFFINE, x, out, n, factor, shift)
}

// What follows is too long to be written out twice, or in every verb that needs it: it goes over `out` more than once, so
// `out` must lie apart from x.

/** out = exp(factor·(x & bits)), which is exp(−|x|) of a factor −1 and all bits but the sign */
function exponentials(x: usize, out: usize, n: i32, bits: i32, factor: f32): void {
  for (; n > 0; n -= 4, x += 16, out += 16)
    put(out, exponential(f32x4.mul(v128.and(get(x, n), i32x4.splat(bits)), f32x4.splat(factor))), n)
}

export function exp(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, -1, 1)
}

export function log(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    // Numbers too small to be normal are taken 2²³ times as large.
    const small = f32x4.lt(a, f32x4.splat(1.17549435e-38))
    const normal = v128.bitselect(f32x4.mul(a, f32x4.splat(8388608)), a, small)
    const y = logarithm(normal, f32x4.splat(0), v128.and(small, f32x4.splat(-23)))
    // log 0 = −Infinity, log Infinity = Infinity, and of a number below 0, or NaN, there is none.
    const finite = v128.bitselect(y, a, f32x4.lt(a, f32x4.splat(Infinity)))
    const least = v128.bitselect(f32x4.splat(-Infinity), f32x4.sqrt(a), f32x4.eq(a, f32x4.splat(0)))
    put(out, v128.bitselect(finite, least, f32x4.gt(a, f32x4.splat(0))), n)
  }
}

/** 1 or exp(−|x|), by the sign of x, over 1 + exp(−|x|): nothing overflows, and small answers stay exact */
export function sigmoid(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, 0x7fffffff, -1)
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const e = get(out, n)
    const one = f32x4.splat(1)
    put(out, f32x4.div(v128.bitselect(e, one, f32x4.lt(get(x, n), f32x4.splat(0))), f32x4.add(one, e)), n)
  }
}

/** log(1 + exp(−|x|)), which is what softplus(x) has over max(x, 0) */
export function softness(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, 0x7fffffff, -1)
  for (; n > 0; n -= 4, out += 16) {
    const e = get(out, n)
    const u = f32x4.add(e, f32x4.splat(1))
    put(out, logarithm(u, f32x4.sub(e, f32x4.sub(u, f32x4.splat(1))), f32x4.splat(0)), n)
  }
}

export function softplus(x: usize, out: usize, n: i32): void {
  softness(x, out, n)
  for (; n > 0; n -= 4, x += 16, out += 16) put(out, f32x4.add(f32x4.pmax(get(x, n), f32x4.splat(0)), get(out, n)), n)
}

/** An odd polynomial near 0, where (1 − exp(−2|x|)) / (1 + exp(−2|x|)) would cancel */
export function tanh(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, 0x7fffffff, -2)
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const a = get(x, n)
    const z = f32x4.mul(a, a)
    let p = madd(z, f32x4.splat(-5.70498872745e-3), f32x4.splat(2.06390887954e-2))
    p = madd(p, z, f32x4.splat(-5.37397155531e-2))
    p = madd(p, z, f32x4.splat(1.33314422036e-1))
    p = madd(p, z, f32x4.splat(-3.33332819422e-1))
    const near = madd(f32x4.mul(p, z), a, a)
    const one = f32x4.splat(1)
    const e = get(out, n)
    const sign = v128.and(a, i32x4.splat(0x80000000))
    const far = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e))
    put(out, v128.or(v128.bitselect(near, far, f32x4.lt(f32x4.abs(a), f32x4.splat(0.625))), sign), n)
  }
}

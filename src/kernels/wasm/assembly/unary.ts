/** One number in, one number out. The formulas and their limits are those of the reference. */
import { exponential, logarithm } from './exponential.ts'
import { putPair, putPart } from './lanes.ts'
import { madd } from './madd.ts'
import { INFINITE, LARGER, LEAST, NEAR, NORMAL, ONE, SHIFT, SIGN, TANH, knownNumbers } from './numbers.ts'

const NEG = 0
const ABS = 1
const SQRT = 2
const SQUARE = 3
const RECIPROCAL = 4
const RELU = 5
const CLIP = 6
const LEAKY_RELU = 7
const AFFINE = 8
const LOG = 9

/** The formula of a verb, of which the compiler leaves one line, since every verb is a constant where it is called. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function formula(verb: i32, x: v128, p: f32, q: f32, known: usize): v128 {
  if (verb === NEG) return f32x4.neg(x)
  if (verb === ABS) return f32x4.abs(x)
  if (verb === SQRT) return f32x4.sqrt(x)
  if (verb === SQUARE) return f32x4.mul(x, x)
  if (verb === RECIPROCAL) return f32x4.div(v128.load32_splat(known, ONE), x)
  // NaN stays NaN, and of two zeros the first stays, since pmax and pmin give their first number then: −0 + 0 is 0.
  if (verb === RELU) return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(0))
  if (verb === CLIP) return f32x4.pmin(f32x4.pmax(x, f32x4.splat(p)), f32x4.splat(q))
  if (verb === LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, f32x4.splat(p)), f32x4.gt(x, f32x4.splat(0)))
  if (verb === AFFINE) return madd(x, f32x4.splat(p), f32x4.splat(q))
  return logarithms(x, p, known)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function each(verb: i32, x: usize, out: usize, n: i32, p: f32, q: f32): void {
  const known = knownNumbers()
  for (; n >= 8; n -= 8, x += 32, out += 32)
    putPair(
      out,
      formula(verb, v128.load(x), p, q, known),
      formula(verb, v128.load(x, 16), p, q, known),
    )
  for (; n > 0; n -= 4, x += 16, out += 16) putPart(out, formula(verb, v128.load(x), p, q, known), n)
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

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function scaled(x: v128, bits: i32, factor: f32): v128 {
  return f32x4.mul(v128.and(x, i32x4.splat(bits)), f32x4.splat(factor))
}

// What follows is too long to be written out in every verb that needs it: it goes over `out` more than once, so `out` must lie
// apart from x.

/** out = exp(factor·(x & bits)), which is exp(−|x|) of a factor −1 and all bits but the sign */
function exponentials(x: usize, out: usize, n: i32, bits: i32, factor: f32): void {
  const known = knownNumbers()
  for (; n >= 8; n -= 8, x += 32, out += 32)
    putPair(
      out,
      exponential(scaled(v128.load(x), bits, factor), known),
      exponential(scaled(v128.load(x, 16), bits, factor), known),
    )
  for (; n > 0; n -= 4, x += 16, out += 16) putPart(out, exponential(scaled(v128.load(x), bits, factor), known), n)
}

export function exp(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, -1, 1)
}

/** log(base + x), where what the sum loses counts: for x below a base of 1, or of 0 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function logarithms(x: v128, base: f32, known: usize): v128 {
  const a = f32x4.add(x, f32x4.splat(base))
  const rest = f32x4.sub(x, f32x4.sub(a, f32x4.splat(base)))
  // Numbers too small to be normal are taken 2²³ times as large.
  const small = f32x4.lt(a, v128.load32_splat(known, NORMAL))
  const normal = v128.bitselect(f32x4.mul(a, v128.load32_splat(known, LARGER)), a, small)
  const y = logarithm(normal, rest, v128.and(small, v128.load32_splat(known, SHIFT)), known)
  // log 0 = −Infinity, log Infinity = Infinity, and of a number below 0, or NaN, there is none.
  const finite = v128.bitselect(y, a, f32x4.lt(a, v128.load32_splat(known, INFINITE)))
  const least = v128.or(v128.load32_splat(known, LEAST), f32x4.ne(a, f32x4.splat(0)))
  return v128.bitselect(finite, least, f32x4.gt(a, f32x4.splat(0)))
}

function logs(x: usize, out: usize, n: i32, base: f32): void {
  each(LOG, x, out, n, base, 0)
}

export function log(x: usize, out: usize, n: i32): void {
  logs(x, out, n, 0)
}

// The second half of verbs, from x and e = exp(−|x|), or exp(−2|x|)
const SIGMOID = 0
const SOFTPLUS = 1
const TANGENT = 2

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function ending(verb: i32, x: v128, e: v128, known: usize): v128 {
  if (verb === SIGMOID) {
    const one = v128.load32_splat(known, ONE)
    return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e))
  }
  if (verb === SOFTPLUS) return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), e)
  const z = f32x4.mul(x, x)
  let p = madd(z, v128.load32_splat(known, TANH), v128.load32_splat(known, TANH + 4))
  p = madd(p, z, v128.load32_splat(known, TANH + 8))
  p = madd(p, z, v128.load32_splat(known, TANH + 12))
  p = madd(p, z, v128.load32_splat(known, TANH + 16))
  const near = madd(f32x4.mul(p, z), x, x)
  const one = v128.load32_splat(known, ONE)
  const sign = v128.and(x, v128.load32_splat(known, SIGN))
  const far = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e))
  return v128.or(v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), v128.load32_splat(known, NEAR))), sign)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function end(verb: i32, x: usize, out: usize, n: i32): void {
  const known = knownNumbers()
  for (; n >= 8; n -= 8, x += 32, out += 32)
    putPair(
      out,
      ending(verb, v128.load(x), v128.load(out), known),
      ending(verb, v128.load(x, 16), v128.load(out, 16), known),
    )
  for (; n > 0; n -= 4, x += 16, out += 16) putPart(out, ending(verb, v128.load(x), v128.load(out), known), n)
}

/** 1 or exp(−|x|), by the sign of x, over 1 + exp(−|x|): nothing overflows, and small answers stay exact */
export function sigmoid(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, 0x7fffffff, -1)
  end(SIGMOID, x, out, n)
}

/** log(1 + exp(−|x|)), which is what softplus(x) has over max(x, 0) */
export function softness(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, 0x7fffffff, -1)
  logs(out, out, n, 1)
}

export function softplus(x: usize, out: usize, n: i32): void {
  softness(x, out, n)
  end(SOFTPLUS, x, out, n)
}

/** An odd polynomial near 0, where (1 − exp(−2|x|)) / (1 + exp(−2|x|)) would cancel */
export function tanh(x: usize, out: usize, n: i32): void {
  exponentials(x, out, n, 0x7fffffff, -2)
  end(TANGENT, x, out, n)
}

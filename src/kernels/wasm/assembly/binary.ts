/** Two numbers in, one out; comparisons give 1 for true and 0 for false. Only arrays of equal length. */
import { putPair, putPart } from './lanes.ts'
import { ONE, knownNumbers } from './numbers.ts'

const ADD = 0
const SUB = 1
const MUL = 2
const DIV = 3
const MAXIMUM = 4
const MINIMUM = 5
const EQUAL = 6
const LESS = 7
const LESS_EQUAL = 8
const RELU_GRADIENT = 9

/** The formula of a verb, of which the compiler leaves one line, since every verb is a constant where it is called. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function formula(verb: i32, a: v128, b: v128, known: usize): v128 {
  if (verb === ADD) return f32x4.add(a, b)
  if (verb === SUB) return f32x4.sub(a, b)
  if (verb === MUL) return f32x4.mul(a, b)
  if (verb === DIV) return f32x4.div(a, b)
  // These two are NaN if either is.
  if (verb === MAXIMUM) return f32x4.max(a, b)
  if (verb === MINIMUM) return f32x4.min(a, b)
  if (verb === EQUAL) return v128.and(f32x4.eq(a, b), v128.load32_splat(known, ONE))
  if (verb === LESS) return v128.and(f32x4.lt(a, b), v128.load32_splat(known, ONE))
  if (verb === LESS_EQUAL) return v128.and(f32x4.le(a, b), v128.load32_splat(known, ONE))
  return v128.andnot(a, f32x4.le(b, f32x4.splat(0)))
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function each(verb: i32, a: usize, b: usize, out: usize, n: i32): void {
  const known = knownNumbers()
  for (; n >= 8; n -= 8, a += 32, b += 32, out += 32)
    putPair(
      out,
      formula(verb, v128.load(a), v128.load(b), known),
      formula(verb, v128.load(a, 16), v128.load(b, 16), known),
    )
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) putPart(out, formula(verb, v128.load(a), v128.load(b), known), n)
}

export function add(a: usize, b: usize, out: usize, n: i32): void {
  each(ADD, a, b, out, n)
}

export function sub(a: usize, b: usize, out: usize, n: i32): void {
  each(SUB, a, b, out, n)
}

export function mul(a: usize, b: usize, out: usize, n: i32): void {
  each(MUL, a, b, out, n)
}

export function div(a: usize, b: usize, out: usize, n: i32): void {
  each(DIV, a, b, out, n)
}

export function maximum(a: usize, b: usize, out: usize, n: i32): void {
  each(MAXIMUM, a, b, out, n)
}

export function minimum(a: usize, b: usize, out: usize, n: i32): void {
  each(MINIMUM, a, b, out, n)
}

export function equal(a: usize, b: usize, out: usize, n: i32): void {
  each(EQUAL, a, b, out, n)
}

/** And greater, with a and b exchanged; the same goes for lessEqual and greaterEqual */
export function less(a: usize, b: usize, out: usize, n: i32): void {
  each(LESS, a, b, out, n)
}

export function lessEqual(a: usize, b: usize, out: usize, n: i32): void {
  each(LESS_EQUAL, a, b, out, n)
}

/** 0 where y ≤ 0, else g */
export function reluGradient(g: usize, y: usize, out: usize, n: i32): void {
  each(RELU_GRADIENT, g, y, out, n)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function choose(condition: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, f32x4.ne(condition, f32x4.splat(0)))
}

export function where(condition: usize, a: usize, b: usize, out: usize, n: i32): void {
  const known = knownNumbers()
  for (; n >= 8; n -= 8, condition += 32, a += 32, b += 32, out += 32)
    putPair(
      out,
      choose(v128.load(condition), v128.load(a), v128.load(b)),
      choose(v128.load(condition, 16), v128.load(a, 16), v128.load(b, 16)),
    )
  for (; n > 0; n -= 4, condition += 16, a += 16, b += 16, out += 16) putPart(out, choose(v128.load(condition), v128.load(a), v128.load(b)), n)
}

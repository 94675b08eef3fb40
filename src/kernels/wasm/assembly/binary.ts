/** Two numbers in, one out; comparisons give 1 for true and 0 for false. Only arrays of equal length. */
import { get, put } from './lanes.ts'

export function add(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, f32x4.add(get(a, n), get(b, n)), n)
}

export function sub(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, f32x4.sub(get(a, n), get(b, n)), n)
}

export function mul(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, f32x4.mul(get(a, n), get(b, n)), n)
}

export function div(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, f32x4.div(get(a, n), get(b, n)), n)
}

/** NaN if either is, as in `minimum` */
export function maximum(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, f32x4.max(get(a, n), get(b, n)), n)
}

export function minimum(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, f32x4.min(get(a, n), get(b, n)), n)
}

export function equal(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, one(f32x4.eq(get(a, n), get(b, n))), n)
}

/** And greater, with a and b exchanged; the same goes for lessEqual and greaterEqual */
export function less(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, one(f32x4.lt(get(a, n), get(b, n))), n)
}

export function lessEqual(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) put(out, one(f32x4.le(get(a, n), get(b, n))), n)
}

/** 1 where all bits are set */
// @ts-ignore: decorator
@inline
function one(mask: v128): v128 {
  return v128.and(mask, f32x4.splat(1))
}

export function where(condition: usize, a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, condition += 16, a += 16, b += 16, out += 16)
    put(out, v128.bitselect(get(a, n), get(b, n), f32x4.ne(get(condition, n), f32x4.splat(0))), n)
}

export function reluGradient(g: usize, y: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, g += 16, y += 16, out += 16)
    put(out, v128.and(get(g, n), f32x4.gt(get(y, n), f32x4.splat(0))), n)
}

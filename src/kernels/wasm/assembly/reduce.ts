/**
 * Many numbers to one, over the middle axis of (o m i). Sums are kept in float64. The order of a sum depends on m and
 * on whether i is 1, and on nothing else.
 */
import { scratch } from './scratch.ts'

/** The sum of n numbers that lie side by side. */
export function sumOf(x: usize, n: i32): f64 {
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (; n >= 4; n -= 4, x += 16) {
    low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(x)))
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(x, 8)))
  }
  const both = f64x2.add(low, high)
  let total = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
  for (; n > 0; n--, x += 4) total += <f64>f32.load(x)
  return total
}

/**
 * The largest of n numbers that lie side by side; −Infinity if there are none, NaN if any is. By pmax alone, which neither
 * branches nor minds NaN: a scalar max takes a branch that nobody can predict.
 */
export function maxOf(x: usize, n: i32): f32 {
  let most = f32x4.splat(-Infinity)
  let strange = f32x4.splat(0)
  for (; n >= 4; n -= 4, x += 16) {
    const four = v128.load(x)
    most = f32x4.pmax(most, four)
    strange = v128.or(strange, f32x4.ne(four, four))
  }
  for (; n > 0; n--, x += 4) {
    const one = v128.load32_splat(x)
    most = f32x4.pmax(most, one)
    strange = v128.or(strange, f32x4.ne(one, one))
  }
  if (v128.any_true(strange)) return NaN
  most = f32x4.pmax(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1))
  return f32x4.extract_lane(f32x4.pmax(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2)), 0)
}

/** From so many columns on, rows are read whole, one after the other, and totals of at most so many are kept in memory. */
const WIDE = 32
const MOST = 1024

/** out (n) = Σ of m rows that begin `step` bytes apart; n is a multiple of 8. */
function sumOfRows(x: usize, out: usize, m: i32, n: i32, step: usize): void {
  const end = scratch + (<usize>n << 3)
  memory.fill(scratch, 0, n << 3)
  for (; m > 0; m--, x += step)
    for (let total = scratch, from = x; total < end; total += 64, from += 32) {
      const first = v128.load(from)
      const second = v128.load(from, 16)
      v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(first)))
      v128.store(total, f64x2.add(v128.load(total, 16), f64x2.promote_low_f32x4(upper(first))), 16)
      v128.store(total, f64x2.add(v128.load(total, 32), f64x2.promote_low_f32x4(second)), 32)
      v128.store(total, f64x2.add(v128.load(total, 48), f64x2.promote_low_f32x4(upper(second))), 48)
    }
  for (let total = scratch; total < end; total += 32, out += 16)
    v128.store(out, demoted(v128.load(total), v128.load(total, 16)))
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function upper(four: v128): v128 {
  return v128.shuffle<f32>(four, four, 2, 3, 2, 3)
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function demoted(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5)
}

/** Rows of i begin i numbers apart, or `stride` if that is not 0: a thread may have some of the columns. */
export function sum(x: usize, out: usize, o: i32, m: i32, i: i32, stride: i32): void {
  const step = <usize>(stride ? stride : i) << 2
  for (; o > 0; o--) {
    let inner = i
    if (step === 4) {
      f32.store(out, <f32>sumOf(x, m))
      inner = 0
    }
    let column = x
    let to = out
    while (inner >= WIDE) {
      const width = min(inner & ~7, MOST)
      sumOfRows(column, to, m, width, step)
      inner -= width
      column += width << 2
      to += width << 2
    }
    for (; inner >= 4; inner -= 4, column += 16, to += 16) {
      let low = f64x2.splat(0)
      let high = f64x2.splat(0)
      for (let middle = 0, from = column; middle < m; middle++, from += step) {
        low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(from)))
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)))
      }
      v128.store(to, demoted(low, high))
    }
    for (; inner > 0; inner--, column += 4, to += 4) {
      let total: f64 = 0
      for (let middle = 0, from = column; middle < m; middle++, from += step) total += <f64>f32.load(from)
      f32.store(to, <f32>total)
    }
    x += step * m
    out += step
  }
}

export function largest(x: usize, out: usize, o: i32, m: i32, i: i32): void {
  const step = (<usize>i) << 2
  for (; o > 0; o--) {
    let inner = i
    if (i === 1) {
      f32.store(out, maxOf(x, m))
      inner = 0
    }
    let column = x
    let to = out
    for (; inner >= 4; inner -= 4, column += 16, to += 16) {
      let most = f32x4.splat(-Infinity)
      for (let middle = 0, from = column; middle < m; middle++, from += step)
        most = f32x4.max(most, v128.load(from))
      v128.store(to, most)
    }
    for (; inner > 0; inner--, column += 4, to += 4) {
      let most: f32 = -Infinity
      for (let middle = 0, from = column; middle < m; middle++, from += step)
        most = max<f32>(most, f32.load(from))
      f32.store(to, most)
    }
    x += step * m
    out += step
  }
}

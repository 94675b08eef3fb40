/**
 * Many numbers to one, over the middle axis of (o m i). Sums are kept in float64. The order of a sum depends on m and
 * on whether i is 1, and on nothing else.
 */

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

export function sum(x: usize, out: usize, o: i32, m: i32, i: i32): void {
  const step = (<usize>i) << 2
  for (; o > 0; o--) {
    let inner = i
    if (i === 1) {
      f32.store(out, <f32>sumOf(x, m))
      inner = 0
    }
    let column = x
    let to = out
    for (; inner >= 4; inner -= 4, column += 16, to += 16) {
      let low = f64x2.splat(0)
      let high = f64x2.splat(0)
      for (let middle = 0, from = column; middle < m; middle++, from += step) {
        low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(from)))
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)))
      }
      const first = f32x4.demote_f64x2_zero(low)
      const second = f32x4.demote_f64x2_zero(high)
      v128.store(to, v128.shuffle<f32>(first, second, 0, 1, 4, 5))
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

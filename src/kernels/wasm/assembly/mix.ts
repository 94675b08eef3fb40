/**
 * A gate's mixture of experts and its gradients. What is mixed comes as a list, so that each part stays where it was
 * computed.
 */
import { get, put } from './lanes.ts'
import { madd } from './madd.ts'

/** The weight of a part in one row: an entry is the address of its weights, their stride in numbers, and its address. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function weight(entry: usize, row: i32): v128 {
  return v128.load32_splat(load<usize>(entry) + ((row * load<i32>(entry, 4)) << 2))
}

/** out[row, j] = Σ weight[row]·part[row, j] over the parts in order; where y is not 0, its reluGradient */
export function mix(list: usize, count: i32, y: usize, out: usize, b: i32, d: i32): void {
  const end = list + count * 12
  let at: usize = 0
  for (let row = 0; row < b; row++) {
    let n = d
    if (!y) {
      // Sixteen columns share what it takes to find a weight.
      for (; n >= 16; n -= 16, at += 64) {
        let first = f32x4.splat(0)
        let second = first
        let third = first
        let fourth = first
        for (let entry = list; entry < end; entry += 12) {
          const w = weight(entry, row)
          const x = load<usize>(entry, 8) + at
          first = madd(w, v128.load(x), first)
          second = madd(w, v128.load(x, 16), second)
          third = madd(w, v128.load(x, 32), third)
          fourth = madd(w, v128.load(x, 48), fourth)
        }
        v128.store(out + at, first)
        v128.store(out + at, second, 16)
        v128.store(out + at, third, 32)
        v128.store(out + at, fourth, 48)
      }
    }
    for (; n > 0; n -= 4, at += 16) {
      let sum = f32x4.splat(0)
      for (let entry = list; entry < end; entry += 12)
        sum = madd(weight(entry, row), get(load<usize>(entry, 8) + at, n), sum)
      if (y) sum = v128.andnot(sum, f32x4.le(get(y + at, n), f32x4.splat(0)))
      put(out + at, sum, n)
    }
    // What the last vector had too many.
    at += n << 2
  }
}

/** ⟨x, y⟩ of n numbers each, in an order that depends on n alone */
function dot(x: usize, y: usize, n: i32): f32 {
  let even = f32x4.splat(0)
  let odd = even
  for (; n >= 8; n -= 8, x += 32, y += 32) {
    even = madd(v128.load(x), v128.load(y), even)
    odd = madd(v128.load(x, 16), v128.load(y, 16), odd)
  }
  for (; n > 0; n -= 4, x += 16, y += 16) even = madd(get(x, n), get(y, n), even)
  const both = f32x4.add(even, odd)
  const halves = f32x4.add(both, v128.shuffle<f32>(both, both, 2, 3, 0, 1))
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1)
}

/** out[row, expert] = Σⱼ x[row, j] · experts[expert][row, j] */
export function mixDot(x: usize, experts: usize, out: usize, b: i32, e: i32, d: i32): void {
  for (let at: usize = 0; b > 0; b--, at += d << 2)
    for (let expert = 0; expert < e; expert++, out += 4)
      f32.store(out, dot(x + at, load<usize>(experts + (expert << 2)) + at, d))
}

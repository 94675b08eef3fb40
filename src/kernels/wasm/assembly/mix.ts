/**
 * A gate's mixture of experts and its gradients. What is mixed comes as a list, so that each part stays where it was
 * computed.
 */
import { put, putPair } from './lanes.ts'
import { madd } from './madd.ts'

/** The weight of a part in one row: an entry is the address of its weights, their stride in numbers, and its address. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function weight(entry: usize, row: i32): v128 {
  return v128.load32_splat(load<usize>(entry) + ((row * load<i32>(entry, 4)) << 2))
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function masked(g: v128, y: v128): v128 {
  return v128.andnot(g, f32x4.le(y, f32x4.splat(0)))
}

/** out[row, j] = Σ weight[row]·part[row, j] over the parts in order; where y is not 0, its reluGradient */
export function mix(list: usize, count: i32, y: usize, out: usize, b: i32, d: i32): void {
  const end = list + count * 12
  let at: usize = 0
  for (let row = 0; row < b; row++) {
    let n = d
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
      if (y) {
        first = masked(first, v128.load(y + at))
        second = masked(second, v128.load(y + at, 16))
        third = masked(third, v128.load(y + at, 32))
        fourth = masked(fourth, v128.load(y + at, 48))
      }
      putPair(out + at, first, second)
      putPair(out + at + 32, third, fourth)
    }
    for (; n > 0; n -= 4, at += 16) {
      let sum = f32x4.splat(0)
      for (let entry = list; entry < end; entry += 12)
        sum = madd(weight(entry, row), v128.load(load<usize>(entry, 8) + at), sum)
      if (y) sum = masked(sum, v128.load(y + at))
      put(out + at, sum, n)
    }
    // What the last vector had too many.
    at += n << 2
  }
}

/** out[row, expert] = Σⱼ x[row, j] · experts[expert][row, j], in an order that depends on d alone */
export function mixDot(x: usize, experts: usize, out: usize, b: i32, e: i32, d: i32): void {
  for (let at: usize = 0; b > 0; b--, at += d << 2)
    for (let expert = 0; expert < e; expert++, out += 4) {
      let even = f32x4.splat(0)
      let odd = even
      let from = x + at
      let y = load<usize>(experts + (expert << 2)) + at
      let n = d
      for (; n >= 8; n -= 8, from += 32, y += 32) {
        even = madd(v128.load(from), v128.load(y), even)
        odd = madd(v128.load(from, 16), v128.load(y, 16), odd)
      }
      // Pairs are looked for at sums of integers, too: this one is overwritten.
      v128.store32_lane(out, i32x4.add(even, odd), 0)
      for (; n > 0; n -= 4, from += 16, y += 16) {
        const counted = i32x4.gt_s(i32x4.splat(n), i32x4(0, 1, 2, 3))
        even = madd(v128.and(v128.load(from), counted), v128.and(v128.load(y), counted), even)
      }
      const both = f32x4.add(even, odd)
      const halves = f32x4.add(both, v128.shuffle<f32>(both, both, 2, 3, 0, 1))
      f32.store(out, f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1))
    }
}

/**
 * Products with weights that are stored in 16 or 8 bits, and rows of such tables: ../../rounded.ts says how they lie. It
 * refuses to widen a weight before it is needed: what a row of x costs is to load them.
 */
import { few16, halves } from './bfloat16.ts'
import { bytes, few8 } from './int8.ts'
import { get } from './lanes.ts'
import { scratch } from './scratch.ts'

/** Columns of a panel, but for those that are left over, which have panels of four. */
const PANEL = 32
/** Numbers of x that share a unit. */
const BLOCK = 1024
/** In the scratch region, behind −0 for two panels: x in whole numbers. */
const WHOLE: usize = 256
/** 1.5·2²³: what is added and taken away again leaves the nearest whole number, of two that are as near the even one. */
const ROUNDS: f32 = 12582912

/** The power of 2 of which the largest of x (n) has 2¹³ and less than 2¹⁴; NaN where one is not finite. */
function unitOf(x: usize, n: i32): f32 {
  let most = i32x4.splat(0)
  // Without their signs, floats are in the order of their bits.
  for (; n > 0; n -= 4, x += 16) most = i32x4.max_s(most, v128.and(get(x, n), i32x4.splat(0x7fffffff)))
  most = i32x4.max_s(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1))
  const bits = max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1))
  if (bits >= 0x7f800000) return NaN
  return 1 / reinterpret<f32>((267 - max(bits >> 23, 13)) << 23)
}

/** x (n) in whole numbers of a unit, first and third of four before second and fourth; returns −128 times their sum. */
function toWhole(x: usize, n: i32, unit: f32, to: usize): i32 {
  const many = f32x4.splat(1 / unit)
  const rounds = f32x4.splat(ROUNDS)
  let sum = i32x4.splat(0)
  for (; n > 0; n -= 4, x += 16, to += 8) {
    const whole = i32x4.sub(f32x4.add(f32x4.mul(get(x, n), many), rounds), rounds)
    sum = i32x4.add(sum, whole)
    const turned = v128.shuffle<i32>(whole, whole, 0, 2, 1, 3)
    v128.store64_lane(to, i16x8.narrow_i32x4_s(turned, turned), 0)
  }
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1))
  return -128 * (i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1))
}

/**
 * For each entry of the list out (b o) = x (b i) · w + c, then max(·, 0) if it says relu; a number of w has `bits`. An entry
 * is the addresses of w, c (0: none) and out, then o, relu and nothing.
 */
export function denseRounded(list: usize, count: i32, x: usize, b: i32, i: i32, bits: i32): void {
  const room = scratch
  const fixed = bits == 8
  const mask = fixed ? 0x00ff00ff : 0xffff0000
  const odd = (i & 1) != 0
  const height = fixed ? ((i + 3) >> 2) + 1 : (i + 1) >> 1
  for (let at: usize = 0; at < WHOLE; at += 16) v128.store(room + at, f32x4.splat(-0.0))
  for (let row = 0; row < b; row++, x += <usize>i << 2)
    for (let p = 0; p == 0 || p < i; p += BLOCK) {
      const n = fixed ? min(i - p, BLOCK) : i
      const from = x + (<usize>p << 2)
      let start = 0
      let unit: f32 = 0
      if (fixed) {
        unit = unitOf(from, n)
        start = toWhole(from, n, unit, room + WHOLE)
      }
      const rows = (n + 3) >> 2
      const end = list + <usize>count * 24
      for (let entry = list; entry < end; entry += 24) {
        let words = load<usize>(entry)
        const c = load<usize>(entry, 4)
        const o = load<i32>(entry, 12)
        const out = load<usize>(entry, 8) + (<usize>(row * o) << 2)
        const floor: f32 = load<i32>(entry, 16) && p + n == i ? 0 : -Infinity
        for (let j = 0; j < o; ) {
          const left = o - j
          const to = out + (<usize>j << 2)
          const bias = p ? to : c ? c + (<usize>j << 2) : room
          const step: usize = left < PANEL ? 16 : 128
          const next = words + step * height
          const b = words + step * (p >> 2)
          j += PANEL
          if (left < PANEL) {
            if (fixed) few8(room + WHOLE, b, rows, mask, start, unit, next - step, bias, to, floor, left)
            else few16(x, b, height, odd, room, mask, bias, to, floor, left)
            j += 4 - PANEL
          } else if (fixed) bytes(room + WHOLE, b, rows, mask, start, unit, next - step, bias, to, floor)
          else if (left < 2 * PANEL) halves(x, b, b, height, odd, room, mask, bias, bias, to, room + WHOLE, floor)
          else {
            halves(x, b, next, height, odd, room, mask, bias, bias + 128, to, to + 128, floor)
            words = next
            j += PANEL
          }
          words += step * height
        }
      }
      if (!fixed) break
    }
}

/**
 * Side by side in each row of `out`, entry by entry of the list: rows picked from a table, zeros of an id below 0. An entry
 * is the address of the table, that of its ids, and how many numbers a row has.
 */
export function gatherRounded(list: usize, count: i32, out: usize, b: i32, stride: i32, bits: i32): void {
  for (; count > 0; count--, list += 12) {
    const table = load<usize>(list)
    const ids = load<usize>(list, 4)
    const d = load<i32>(list, 8)
    const words = bits == 8 ? ((d + 3) >> 2) + 1 : (d + 1) >> 1
    for (let at = 0; at < b; at++) {
      const to = out + (<usize>(at * stride) << 2)
      const id = load<i32>(ids + (<usize>at << 2))
      const row = table + (<usize>(id * words) << 2)
      for (let j: usize = 0; j < <usize>d; j++)
        if (id < 0) store<u32>(to + (j << 2), 0)
        else if (bits == 8)
          store<f32>(to + (j << 2), <f32>(<i32>load<u8>(row + j) - 128) * load<f32>(row + (<usize>(words - 1) << 2)))
        else store<u32>(to + (j << 2), <u32>load<u16>(row + (j << 1)) << 16)
    }
    out += <usize>d << 2
  }
}

/**
 * 32 columns of a product whose weights have 8 bits: a word is four steps of a column, in whole numbers from 0 to 255 that
 * are 128 too large; x is whole numbers too, so that sums are exact. It refuses to pick columns.
 */
import { get, put } from './lanes.ts'
import { finish } from './tile.ts'

/** c + a word's bytes times x: y has those of the first and the third, z those of the second and the fourth */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function all(y: v128, z: v128, words: v128, bytes: v128, c: v128): v128 {
  const c0 = i32x4.add(c, i32x4.dot_i16x8_s(v128.and(words, bytes), y))
  return i32x4.add(c0, i32x4.dot_i16x8_s(i16x8.shr_u(words, 8), z))
}

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function scaled(sum: v128, unit: v128, steps: v128, bias: v128, least: v128): v128 {
  return finish(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sum), unit), steps), bias, least)
}

/**
 * A panel of `rows` rows of words, and the steps that it counts. Sums begin with `start`, which takes away what is too large.
 * The mask is no constant, because V8 would make one anew for each use.
 */
export function bytes(
  x: usize,
  b: usize,
  rows: i32,
  mask: i32,
  start: i32,
  unit: f32,
  steps: usize,
  bias: usize,
  out: usize,
  floor: f32,
): void {
  const low = i32x4.splat(mask)
  const units = f32x4.splat(unit)
  const least = f32x4.splat(floor)
  let c0 = i32x4.splat(start)
  let c1 = c0
  let c2 = c0
  let c3 = c0
  let c4 = c0
  let c5 = c0
  let c6 = c0
  let c7 = c0
  for (; rows > 0; rows--, b += 128, x += 8) {
    const y = v128.load32_splat(x)
    const z = v128.load32_splat(x, 4)
    c0 = all(y, z, v128.load(b), low, c0)
    c1 = all(y, z, v128.load(b, 16), low, c1)
    c2 = all(y, z, v128.load(b, 32), low, c2)
    c3 = all(y, z, v128.load(b, 48), low, c3)
    c4 = all(y, z, v128.load(b, 64), low, c4)
    c5 = all(y, z, v128.load(b, 80), low, c5)
    c6 = all(y, z, v128.load(b, 96), low, c6)
    c7 = all(y, z, v128.load(b, 112), low, c7)
  }
  c0 = scaled(c0, units, v128.load(steps), v128.load(bias), least)
  c1 = scaled(c1, units, v128.load(steps, 16), v128.load(bias, 16), least)
  c2 = scaled(c2, units, v128.load(steps, 32), v128.load(bias, 32), least)
  c3 = scaled(c3, units, v128.load(steps, 48), v128.load(bias, 48), least)
  c4 = scaled(c4, units, v128.load(steps, 64), v128.load(bias, 64), least)
  c5 = scaled(c5, units, v128.load(steps, 80), v128.load(bias, 80), least)
  c6 = scaled(c6, units, v128.load(steps, 96), v128.load(bias, 96), least)
  c7 = scaled(c7, units, v128.load(steps, 112), v128.load(bias, 112), least)
  v128.store(out, c0)
  v128.store(out, c1, 16)
  v128.store(out, c2, 32)
  v128.store(out, c3, 48)
  v128.store(out, c4, 64)
  v128.store(out, c5, 80)
  v128.store(out, c6, 96)
  v128.store(out, c7, 112)
}

/** n columns of a panel of four. */
export function few8(
  x: usize,
  b: usize,
  rows: i32,
  mask: i32,
  start: i32,
  unit: f32,
  steps: usize,
  bias: usize,
  out: usize,
  floor: f32,
  n: i32,
): void {
  const low = i32x4.splat(mask)
  let c = i32x4.splat(start)
  for (; rows > 0; rows--, b += 16, x += 8)
    c = all(v128.load32_splat(x), v128.load32_splat(x, 4), v128.load(b), low, c)
  put(out, scaled(c, f32x4.splat(unit), v128.load(steps), get(bias, n), f32x4.splat(floor)), n)
}

/**
 * 64 columns of a product whose weights have 16 bits: a word is two steps of a column, the first in its lower half. They
 * are widened by a shift and a mask, which cost less than to load as many of 32 bits. It refuses to pick columns.
 */
import { get, put } from './lanes.ts'
import { madd } from './madd.ts'
import { finish } from './tile.ts'

/** c + y·(what is in the lower halves) + z·(what is in the upper ones) */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function both(y: v128, z: v128, words: v128, upper: v128, c: v128): v128 {
  return madd(z, v128.and(words, upper), madd(y, i32x4.shl(words, 16), c))
}

/**
 * Two panels of `rows` rows of words, each with a bias and a place of its own. x has a number for each step but for the
 * last, if it is `odd`: what is at `nothing` stands in for that. The mask is no constant, because V8 would make one anew for
 * each use.
 */
export function halves(
  x: usize,
  a: usize,
  b: usize,
  rows: i32,
  odd: bool,
  nothing: usize,
  mask: i32,
  biasA: usize,
  biasB: usize,
  outA: usize,
  outB: usize,
  floor: f32,
): void {
  const upper = i32x4.splat(mask)
  const least = f32x4.splat(floor)
  let c0 = f32x4.splat(0)
  let c1 = c0
  let c2 = c0
  let c3 = c0
  let c4 = c0
  let c5 = c0
  let c6 = c0
  let c7 = c0
  let c8 = c0
  let c9 = c0
  let c10 = c0
  let c11 = c0
  let c12 = c0
  let c13 = c0
  let c14 = c0
  let c15 = c0
  for (; rows > 0; rows--, a += 128, b += 128, x += 8) {
    const y = v128.load32_splat(x)
    const z = v128.load32_splat(odd && rows == 1 ? nothing : x + 4)
    c0 = both(y, z, v128.load(a), upper, c0)
    c1 = both(y, z, v128.load(a, 16), upper, c1)
    c2 = both(y, z, v128.load(a, 32), upper, c2)
    c3 = both(y, z, v128.load(a, 48), upper, c3)
    c4 = both(y, z, v128.load(a, 64), upper, c4)
    c5 = both(y, z, v128.load(a, 80), upper, c5)
    c6 = both(y, z, v128.load(a, 96), upper, c6)
    c7 = both(y, z, v128.load(a, 112), upper, c7)
    c8 = both(y, z, v128.load(b), upper, c8)
    c9 = both(y, z, v128.load(b, 16), upper, c9)
    c10 = both(y, z, v128.load(b, 32), upper, c10)
    c11 = both(y, z, v128.load(b, 48), upper, c11)
    c12 = both(y, z, v128.load(b, 64), upper, c12)
    c13 = both(y, z, v128.load(b, 80), upper, c13)
    c14 = both(y, z, v128.load(b, 96), upper, c14)
    c15 = both(y, z, v128.load(b, 112), upper, c15)
  }
  c0 = finish(c0, v128.load(biasA), least)
  c1 = finish(c1, v128.load(biasA, 16), least)
  c2 = finish(c2, v128.load(biasA, 32), least)
  c3 = finish(c3, v128.load(biasA, 48), least)
  c4 = finish(c4, v128.load(biasA, 64), least)
  c5 = finish(c5, v128.load(biasA, 80), least)
  c6 = finish(c6, v128.load(biasA, 96), least)
  c7 = finish(c7, v128.load(biasA, 112), least)
  c8 = finish(c8, v128.load(biasB), least)
  c9 = finish(c9, v128.load(biasB, 16), least)
  c10 = finish(c10, v128.load(biasB, 32), least)
  c11 = finish(c11, v128.load(biasB, 48), least)
  c12 = finish(c12, v128.load(biasB, 64), least)
  c13 = finish(c13, v128.load(biasB, 80), least)
  c14 = finish(c14, v128.load(biasB, 96), least)
  c15 = finish(c15, v128.load(biasB, 112), least)
  v128.store(outA, c0)
  v128.store(outA, c1, 16)
  v128.store(outA, c2, 32)
  v128.store(outA, c3, 48)
  v128.store(outA, c4, 64)
  v128.store(outA, c5, 80)
  v128.store(outA, c6, 96)
  v128.store(outA, c7, 112)
  v128.store(outB, c8)
  v128.store(outB, c9, 16)
  v128.store(outB, c10, 32)
  v128.store(outB, c11, 48)
  v128.store(outB, c12, 64)
  v128.store(outB, c13, 80)
  v128.store(outB, c14, 96)
  v128.store(outB, c15, 112)
}

/** n columns of a panel of four, each as two sums that do not wait for each other. */
export function few16(
  x: usize,
  b: usize,
  rows: i32,
  odd: bool,
  nothing: usize,
  mask: i32,
  bias: usize,
  out: usize,
  floor: f32,
  n: i32,
): void {
  let c = f32x4.splat(0)
  let d = c
  for (; rows > 0; rows--, b += 16, x += 8) {
    const words = v128.load(b)
    c = madd(v128.load32_splat(x), i32x4.shl(words, 16), c)
    d = madd(v128.load32_splat(odd && rows == 1 ? nothing : x + 4), v128.and(words, i32x4.splat(mask)), d)
  }
  put(out, finish(f32x4.add(c, d), get(bias, n), f32x4.splat(floor)), n)
}

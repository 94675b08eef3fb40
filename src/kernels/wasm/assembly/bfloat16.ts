/**
 * 64 columns of a product whose weights have 16 bits: a word is two steps of a column, the first in its lower half. They
 * are widened by a shift and a mask, which cost less than to load as many of 32 bits. It refuses to pick columns.
 */
import { madd } from './madd.ts'

/** c + y·(what is in the lower halves) + z·(what is in the upper ones) */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function both(y: v128, z: v128, words: v128, upper: v128, c: v128): v128 {
  return madd(z, v128.and(words, upper), madd(y, i32x4.shl(words, 16), c))
}

/**
 * Two panels of `rows` rows of words. x has a number for each step but for the last, if it is `odd`: what is at `nothing`
 * stands in for that. The mask is no constant, because V8 would make one anew for each use.
 */
export function halves(
  x: usize,
  a: usize,
  b: usize,
  rows: i32,
  odd: bool,
  nothing: usize,
  mask: i32,
  sums: usize,
): void {
  const upper = i32x4.splat(mask)
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
  v128.store(sums, c0)
  v128.store(sums, c1, 16)
  v128.store(sums, c2, 32)
  v128.store(sums, c3, 48)
  v128.store(sums, c4, 64)
  v128.store(sums, c5, 80)
  v128.store(sums, c6, 96)
  v128.store(sums, c7, 112)
  v128.store(sums, c8, 128)
  v128.store(sums, c9, 144)
  v128.store(sums, c10, 160)
  v128.store(sums, c11, 176)
  v128.store(sums, c12, 192)
  v128.store(sums, c13, 208)
  v128.store(sums, c14, 224)
  v128.store(sums, c15, 240)
}

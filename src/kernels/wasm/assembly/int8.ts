/**
 * 32 columns of a product whose weights have 8 bits: a word is four steps of a column, in whole numbers from 0 to 255 that
 * are 128 too large; x is whole numbers too, so that sums are exact. It refuses to pick columns.
 */
/** c + a word's bytes times x: y has those of the first and the third, z those of the second and the fourth */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function all(y: v128, z: v128, words: v128, bytes: v128, c: v128): v128 {
  const c0 = i32x4.add(c, i32x4.dot_i16x8_s(v128.and(words, bytes), y))
  return i32x4.add(c0, i32x4.dot_i16x8_s(i16x8.shr_u(words, 8), z))
}

/**
 * `rows` rows of words of a panel. Sums begin with `start`, which takes away what is too large. The mask is no constant,
 * because V8 would make one anew for each use.
 */
export function bytes(x: usize, b: usize, rows: i32, mask: i32, start: i32, sums: usize): void {
  const low = i32x4.splat(mask)
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
  v128.store(sums, c0)
  v128.store(sums, c1, 16)
  v128.store(sums, c2, 32)
  v128.store(sums, c3, 48)
  v128.store(sums, c4, 64)
  v128.store(sums, c5, 80)
  v128.store(sums, c6, 96)
  v128.store(sums, c7, 112)
}

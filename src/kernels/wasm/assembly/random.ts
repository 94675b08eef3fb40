/** Kernels that toss coins, bit for bit those of the reference: a coin is a function of key and counter. */
import { putPair, putPart } from './lanes.ts'
import { EIGHT, SCATTER, knownNumbers } from './numbers.ts'

/** A bijective mix of 32 bits, as in the reference. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function scatter(bits: v128, known: usize): v128 {
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 16)), v128.load32_splat(known, SCATTER))
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 15)), v128.load32_splat(known, SCATTER + 4))
  return v128.xor(bits, i32x4.shr_u(bits, 15))
}

/** scale·x where the coin of a counter says so, else 0 */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function kept(x: v128, counters: v128, threshold: i32, scale: i32, key: i32, known: usize): v128 {
  const first = scatter(v128.xor(i32x4.mul(counters, v128.load32_splat(known, SCATTER + 8)), i32x4.splat(key)), known)
  const bits = scatter(i32x4.add(first, i32x4.splat(key * 0x85ebca6b)), known)
  return v128.and(f32x4.mul(x, i32x4.splat(scale)), i32x4.ge_u(bits, i32x4.splat(threshold)))
}

/** out[j] = scale·x[j] where the bits (key, counter + j) are at least `threshold`, as unsigned integers, else 0; scale in bits */
export function dropout(x: usize, out: usize, n: i32, threshold: i32, scale: i32, key: i32, counter: i32): void {
  const known = knownNumbers()
  const eight = v128.load32_splat(known, EIGHT)
  let counters = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3))
  let others = i32x4.add(i32x4.splat(counter), i32x4(4, 5, 6, 7))
  for (; n >= 8; n -= 8, x += 32, out += 32) {
    putPair(
      out,
      kept(v128.load(x), counters, threshold, scale, key, known),
      kept(v128.load(x, 16), others, threshold, scale, key, known),
    )
    counters = i32x4.add(counters, eight)
    others = i32x4.add(others, eight)
  }
  for (; n > 0; n -= 4, x += 16, out += 16, counters = others)
    putPart(out, kept(v128.load(x), counters, threshold, scale, key, known), n)
}

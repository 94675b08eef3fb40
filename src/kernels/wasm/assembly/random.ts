/** Kernels that toss coins, bit for bit those of the reference: a coin is a function of key and counter. */
import { get, put } from './lanes.ts'

/** A bijective mix of 32 bits, as in the reference. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function scatter(bits: v128): v128 {
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 16)), i32x4.splat(0x21f0aaad))
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 15)), i32x4.splat(0x735a2d97))
  return v128.xor(bits, i32x4.shr_u(bits, 15))
}

/** out[j] = scale·x[j] where the bits (key, counter + j) are at least `threshold`, as unsigned integers, else 0; scale in bits */
export function dropout(x: usize, out: usize, n: i32, threshold: i32, scale: i32, key: i32, counter: i32): void {
  let counters = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3))
  for (; n > 0; n -= 4, x += 16, out += 16, counters = i32x4.add(counters, i32x4.splat(4))) {
    const first = scatter(v128.xor(i32x4.mul(counters, i32x4.splat(0x9e3779b1)), i32x4.splat(key)))
    const bits = scatter(i32x4.add(first, i32x4.splat(key * 0x85ebca6b)))
    const kept = i32x4.ge_u(bits, i32x4.splat(threshold))
    put(out, v128.and(f32x4.mul(get(x, n), i32x4.splat(scale)), kept), n)
  }
}

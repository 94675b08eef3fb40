/** Losses from logits, element by element; no probability is ever rounded to 0 or 1. */
import { get, put } from './lanes.ts'
import { softness } from './unary.ts'

/** −log P(label) = (step(z) − label)·z + log(1 + exp(−|z|)), where 0·∞ counts as 0 */
export function binaryCrossEntropy(logits: usize, labels: usize, out: usize, n: i32): void {
  softness(logits, out, n)
  for (; n > 0; n -= 4, logits += 16, labels += 16, out += 16) {
    const z = get(logits, n)
    const zero = f32x4.splat(0)
    const off = f32x4.sub(v128.and(f32x4.gt(z, zero), f32x4.splat(1)), get(labels, n))
    put(out, f32x4.add(v128.and(f32x4.mul(off, z), f32x4.ne(off, zero)), get(out, n)), n)
  }
}

/** Losses from logits, element by element; no probability is ever rounded to 0 or 1. */
import { get, put } from './lanes.ts'
import { softness } from './unary.ts'

/** −log P(label) = max(z, 0) − label·z + log(1 + exp(−|z|)) */
export function binaryCrossEntropy(logits: usize, labels: usize, out: usize, n: i32): void {
  softness(logits, out, n)
  for (; n > 0; n -= 4, logits += 16, labels += 16, out += 16) {
    const z = get(logits, n)
    const linear = f32x4.sub(f32x4.pmax(z, f32x4.splat(0)), f32x4.mul(get(labels, n), z))
    put(out, f32x4.add(linear, get(out, n)), n)
  }
}

/** Losses from logits, element by element; no probability is ever rounded to 0 or 1. */
import { putPair, putPart } from './lanes.ts'
import { ONE, knownNumbers } from './numbers.ts'
import { softness } from './unary.ts'

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
function loss(z: v128, label: v128, soft: v128, known: usize): v128 {
  const zero = f32x4.splat(0)
  const off = f32x4.sub(v128.and(f32x4.gt(z, zero), v128.load32_splat(known, ONE)), label)
  return f32x4.add(v128.and(f32x4.mul(off, z), f32x4.ne(off, zero)), soft)
}

/** −log P(label) = (step(z) − label)·z + log(1 + exp(−|z|)), where 0·∞ counts as 0 */
export function binaryCrossEntropy(logits: usize, labels: usize, out: usize, n: i32): void {
  softness(logits, out, n)
  const known = knownNumbers()
  for (; n >= 8; n -= 8, logits += 32, labels += 32, out += 32)
    putPair(
      out,
      loss(v128.load(logits), v128.load(labels), v128.load(out), known),
      loss(v128.load(logits, 16), v128.load(labels, 16), v128.load(out, 16), known),
    )
  for (; n > 0; n -= 4, logits += 16, labels += 16, out += 16)
    putPart(out, loss(v128.load(logits), v128.load(labels), v128.load(out), known), n)
}

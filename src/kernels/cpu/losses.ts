/** Losses from logits, element by element. Nothing is averaged here, and no probability is ever rounded to 0 or 1. */
import type { Floats } from '../buffer.ts'

/**
 * −log P(label) = softplus(z) − label·z = (step(z) − label)·z + log(1 + exp(−|z|)), where a label that is sure of what an
 * infinite logit says takes none of it: 0·∞ counts as 0
 */
export function binaryCrossEntropy(
  logits: Floats, // (n)
  labels: Floats, // (n)
  out: Floats, // (n)
  n: number,
): void {
  for (let j = 0; j < n; j++) {
    const z = logits[j]
    const off = (z > 0 ? 1 : 0) - labels[j]
    out[j] = (off === 0 ? 0 : off * z) + Math.log1p(Math.exp(-Math.abs(z)))
  }
}

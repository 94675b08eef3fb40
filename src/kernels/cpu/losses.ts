/** Losses from logits, element by element. Nothing is averaged here, and no probability is ever rounded to 0 or 1. */
import type { Floats } from '../backend.ts'

/** −log P(label) = softplus(z) − label·z = max(z, 0) − label·z + log(1 + exp(−|z|)) */
export function binaryCrossEntropy(
  logits: Floats, // (n)
  labels: Floats, // (n)
  out: Floats, // (n)
  n: number,
): void {
  for (let j = 0; j < n; j++) {
    const z = logits[j]
    out[j] = Math.max(z, 0) - labels[j] * z + Math.log1p(Math.exp(-Math.abs(z)))
  }
}

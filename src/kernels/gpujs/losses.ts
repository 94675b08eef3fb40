/** Losses from logits, a thread for each row. */
import type * as cpu from '../cpu/losses.ts'
import type { KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

/** (step(z) − y)·z + log(1 + exp(−|z|)), whose exponential cannot overflow, and where 0·∞ counts as 0 */
const BINARY_CROSS_ENTROPY = `function (logits, labels) {
  const z = logits[this.thread.x];
  const off = (z > 0 ? 1 : 0) - labels[this.thread.x];
  return (off == 0 ? 0 : off * z) + logOfOneMore(exponential(-Math.abs(z)));
}`

export const losses = ({ launch }: Launcher): KernelsOf<typeof cpu> => ({
  binaryCrossEntropy: (logits, labels, out) => {
    launch(BINARY_CROSS_ENTROPY, out, [logits, labels])
  },
})

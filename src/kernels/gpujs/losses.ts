/** Losses from logits, a thread for each row. */
import type { LossKernels } from '../kernels.ts'
import type { GpuBuffer } from './buffer.ts'
import type { Launcher } from './launch.ts'

/** max(z, 0) − y·z + log(1 + exp(−|z|)), whose exponential cannot overflow */
const BINARY_CROSS_ENTROPY = `function (logits, labels) {
  const z = logits[this.thread.x];
  return larger(z, 0) - labels[this.thread.x] * z + logOfOneMore(exponential(-Math.abs(z)));
}`

export const losses = ({ launch }: Launcher): LossKernels<GpuBuffer> => ({
  binaryCrossEntropy: (logits, labels, out) => {
    launch(BINARY_CROSS_ENTROPY, out, [logits, labels])
  },
})

/** What a forward pass is for: an argument, so that no switch is left in the wrong position by whoever ran before. */
import type { Changing } from '../kernels/index.ts'

export interface Pass {
  /** True while learning: dropout drops, and batch normalisation uses and records the batch's own statistics. */
  readonly training: boolean
  /** The number of the training step: the dropout masks of two steps differ by it. */
  readonly step: Changing
}

export const INFERENCE: Pass = { training: false, step: 0 }

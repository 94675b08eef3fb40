/** The siblings that are PLE under other numbers, each by the name that the field knows it by. */
import { PLE } from './ple.ts'
import type { PLEOptions } from './ple.ts'

/** Customized gate control (Tang et al. 2020, §4.1): PLE of one level. */
export const cgc = (options: Omit<PLEOptions, 'numLevels'>): PLE => new PLE({ ...options, numLevels: 1 })

export interface MMoEOptions extends Omit<PLEOptions, 'numLevels' | 'sharedExpertNum' | 'specificExpertNum'> {
  /** Experts in each level, all of them shared. Default 3. */
  readonly numExperts?: number
}

/** Multi-gate mixture of experts (Ma et al., KDD 2018): one level, every expert shared, a gate per task. */
export const mmoe = (options: MMoEOptions): PLE => mlMmoe({ ...options, numLevels: 1 })

/** Multi-level MMoE (Tang et al. 2020, §5.1): levels of shared experts, with the gates of PLE between them. */
export function mlMmoe({
  numExperts = 3,
  ...options
}: MMoEOptions & { /** Default 2. */ readonly numLevels?: number }): PLE {
  if (!Number.isInteger(numExperts) || numExperts < 1)
    throw new RangeError(`mmoe: expected numExperts of at least 1 but got ${numExperts}`)
  return new PLE({ ...options, sharedExpertNum: numExperts, specificExpertNum: 0 })
}

/** The siblings that are PLE under other numbers, each by the name that the field knows it by. */
import { checkNames, checkValue, whole } from '../checks/index.ts'
import { PLE, PLE_OPTIONS } from './ple.ts'
import type { PLEOptions } from './ple.ts'

/** Throws unless options are those of PLE, apart from the first list and with the second. What they are, PLE looks at. */
const checkSibling = (who: string, options: object, without: readonly string[], also: readonly string[] = []): void => {
  checkNames(who, options, [...Object.keys(PLE_OPTIONS).filter((name) => !without.includes(name)), ...also])
}

/** Customized gate control (Tang et al. 2020, §4.1): PLE of one level. Throws a RangeError naming the option that does not fit. */
export function cgc(options: Omit<PLEOptions, 'numLevels'>): PLE {
  checkSibling('cgc', options, ['numLevels'])
  return new PLE({ ...options, numLevels: 1 })
}

/** What `mmoe` takes, and `mlMmoe` beside its levels. */
export interface MMoEOptions extends Omit<PLEOptions, 'numLevels' | 'sharedExpertNum' | 'specificExpertNum'> {
  /** Experts in each level, all of them shared. Default 3. */
  readonly numExperts?: number
}

const COUNTED = ['sharedExpertNum', 'specificExpertNum']

function allShared({ numExperts = 3, ...options }: MMoEOptions & { readonly numLevels?: number }): PLE {
  checkValue('mmoe', 'numExperts', numExperts, whole(1))
  return new PLE({ ...options, sharedExpertNum: numExperts, specificExpertNum: 0 })
}

/**
 * Multi-gate mixture of experts (Ma et al., KDD 2018): one level, every expert shared, a gate per task. Throws a
 * RangeError naming the option that does not fit.
 */
export function mmoe(options: MMoEOptions): PLE {
  checkSibling('mmoe', options, ['numLevels', ...COUNTED], ['numExperts'])
  return allShared({ ...options, numLevels: 1 })
}

/**
 * Multi-level MMoE (Tang et al. 2020, §5.1): levels of shared experts, with the gates of PLE between them. Throws a
 * RangeError naming the option that does not fit.
 */
export function mlMmoe(options: MMoEOptions & { /** Default 2. */ readonly numLevels?: number }): PLE {
  checkSibling('mlMmoe', options, COUNTED, ['numExperts'])
  return allShared(options)
}

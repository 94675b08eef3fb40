/** All mutants: faults of rules and faults of kernels. */
import { kernelMutants } from './kernels.ts'
import { ruleMutants } from './rules.ts'

export { brokenBy } from './mutant.ts'
export const mutants = [...ruleMutants, ...kernelMutants]

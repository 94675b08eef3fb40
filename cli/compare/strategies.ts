/** The training strategies by the name that `--strategy` takes. A strategy keeps state, so each run makes its own. */
import { caGrad, dwa, fixedWeights, gradNorm, pcGrad, uncertainty } from '../../src/index.ts'
import type { Strategy } from '../../src/index.ts'

export const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  fixed: () => fixedWeights(),
  uncertainty: () => uncertainty(),
  dwa: () => dwa(),
  gradnorm: () => gradNorm(),
  pcgrad: () => pcGrad(),
  cagrad: () => caGrad(),
}

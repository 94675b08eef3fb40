/** The training strategies by the name that `--strategy` takes, each as the library has it. */
export const STRATEGIES: Readonly<Record<string, string>> = {
  fixed: 'fixedWeights',
  uncertainty: 'uncertainty',
  dwa: 'dwa',
  gradnorm: 'gradNorm',
  pcgrad: 'pcGrad',
  cagrad: 'caGrad',
}

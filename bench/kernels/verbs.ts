/** The verbs beside matrix products that a training step spends its time in. */
import { columnSums, elementwise, gather, mix, softmax } from './verb.ts'
import type { Verb } from './verb.ts'

const SCALES = [2 ** 10, 2 ** 14, 2 ** 18]

export const VERBS: readonly Verb[] = SCALES.flatMap((n) => [
  elementwise('relu', n),
  elementwise('sigmoid', n),
  softmax(n / 16, 16),
  mix(n / 256, 3, 256),
  columnSums(n / 256, 256),
  gather(n / 8, 10_000, 8),
])

/** Safetensors files, damaged, are refused in words or read as what they say. */
import * as fc from 'fast-check'
import { checkDamagedFile, damagedOf } from '../safetensors/damage.ts'
import type { Fate } from './damage.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

export function safetensors(): Target {
  const fates: Record<Fate, number> = { refused: 0, restored: 0 }
  return target({
    name: 'safetensors',
    holds: 'a damaged safetensors file is refused in words, or read as what it says',
    cases: 5000,
    drawn: fc.noShrink(fc.nat()),
    check: (seed) => {
      fates[checkDamagedFile(damagedOf(seed))]++
    },
    show: (seed) => `damagedOf(${seed})`,
    notes: () => [`${fates.refused} refused, ${fates.restored} read`],
  })
}

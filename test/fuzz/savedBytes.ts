/** Saved models of version 2, damaged byte by byte, are refused in words or restored as what their files say. */
import * as fc from 'fast-check'
import type { Fate } from './damage.ts'
import { checkDamagedBytes, damagedBytesOf } from './damagedBytes.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

export function savedBytes(): Target {
  const fates: Record<Fate, number> = { refused: 0, restored: 0 }
  return target({
    name: 'savedBytes',
    holds: 'damaged bytes of a saved model are refused in words, or of one that scores and is saved the same again',
    cases: 500,
    drawn: fc.noShrink(fc.nat()),
    check: (seed) => {
      fates[checkDamagedBytes(damagedBytesOf(seed))]++
    },
    show: (seed) => `damagedBytesOf(${seed})`,
    notes: () => [`${fates.refused} refused, ${fates.restored} restored`],
  })
}

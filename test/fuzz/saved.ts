/** Saved models, damaged, are refused in words or restored as what their files say. */
import * as fc from 'fast-check'
import { checkDamaged, damage, randomOf } from './damage.ts'
import type { Fate } from './damage.ts'
import { SAVED_MODELS } from './savedModels.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

export function saved(): Target {
  const fates: Record<Fate, number> = { refused: 0, restored: 0 }
  return target({
    name: 'saved',
    holds: 'a damaged saved model is refused in words, or is one that scores and is saved the same again',
    cases: 500,
    drawn: fc
      .noShrink(fc.tuple(fc.constantFrom(...SAVED_MODELS), fc.nat()))
      .map(([{ text }, seed]) => damage(text, randomOf(seed))),
    check: (text) => {
      fates[checkDamaged(text)]++
    },
    show: (text) => text,
    notes: () => [`${fates.refused} refused, ${fates.restored} restored`],
  })
}

/** The studies, in the order in which they are listed. */
import type { Study } from '../study.ts'
import { census, census3, education } from './census.ts'
import { esmm } from './esmm.ts'
import { kuairand } from './kuairand.ts'
import { seesaw } from './seesaw.ts'
import { strategies } from './strategies.ts'
import { sweep } from './sweep.ts'
import { weights } from './weights.ts'
import { wideDeep } from './wideDeep.ts'

export const STUDIES: readonly Study[] = [
  kuairand,
  esmm,
  census,
  census3,
  education,
  seesaw,
  strategies,
  wideDeep,
  weights,
  sweep,
]

/** The passes in the order they are made: first what is not needed goes, then what belongs together is joined. */
import type { Pass } from '../slot.ts'
import { dropDead } from './dropDead.ts'
import { fuseLayers } from './fuseLayers.ts'
import { fuseMixtures } from './fuseMixtures.ts'
import { gatherColumns } from './gatherColumns.ts'
import { mergeLayers } from './mergeLayers.ts'
import { settleLast } from './settleLast.ts'
import { shareCalls } from './shareCalls.ts'
import { sumProducts } from './sumProducts.ts'

export const PASSES: readonly Pass[] = [
  dropDead,
  shareCalls,
  settleLast,
  fuseLayers,
  fuseMixtures,
  sumProducts,
  gatherColumns,
  mergeLayers,
]

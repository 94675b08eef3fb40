/** All targets by name, the cheapest first; each is made when it is tried. */
import { columns } from './columns.ts'
import { datasets } from './datasets.ts'
import { models } from './models.ts'
import { programs } from './programs.ts'
import { safetensors } from './safetensors.ts'
import { saved } from './saved.ts'
import { savedBytes } from './savedBytes.ts'
import { score } from './score.ts'
import { served } from './served.ts'
import type { Target } from './target.ts'

export const TARGETS: Readonly<Record<string, () => Target | Promise<Target>>> = {
  columns,
  datasets,
  score,
  safetensors,
  saved,
  savedBytes,
  served,
  programs,
  models,
}

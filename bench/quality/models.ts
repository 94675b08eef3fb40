/** The models of all studies: those of a comparison at the widths of the reference figures, and MMoE of two levels beside them. */
import { HOUSE, buildsOf } from '../../cli/compare/models.ts'
import { cell } from './train.ts'
import type { CellOptions } from './train.ts'
import type { Cell } from './setting.ts'

const LEVELS = 'ml-mmoe'

/** At the widths of the reference figures, and of two tasks: more share the same experts. */
export const BUILDS = buildsOf(HOUSE, 2)

/** In the order of the tables. */
export const EVERYONE = ['single-task', 'shared-bottom', 'mmoe', LEVELS, 'cgc', 'ple'] as const

/** A cell for each name. */
export const cellsOf = (
  names: readonly string[],
  options: Pick<CellOptions, 'data' | 'recipe' | 'list'>,
): readonly Cell[] =>
  names.map((name) => cell({ name, ...(name === LEVELS && { label: 'ML-MMoE' }), build: BUILDS[name], ...options }))

/** The models of all studies: those of the feed example at its widths, and MMoE of two levels beside them. */
import { EXPERTS, MODELS, settingsOf } from '../../cli/compare/models.ts'
import type { Build } from '../../cli/compare/models.ts'
import { mlMmoe } from '../../src/index.ts'
import { cell } from './train.ts'
import type { CellOptions } from './train.ts'
import type { Cell } from './setting.ts'

const LEVELS = 'ml-mmoe'

const BUILDS: Readonly<Record<string, Build>> = {
  ...MODELS,
  [LEVELS]: (...given) => mlMmoe({ ...settingsOf(...given), ...EXPERTS, numExperts: 3, numLevels: 2 }),
}

/** In the order of the tables. */
export const EVERYONE = ['single-task', 'shared-bottom', 'mmoe', LEVELS, 'cgc', 'ple'] as const

/** A cell for each name. */
export const cellsOf = (
  names: readonly string[],
  options: Pick<CellOptions, 'data' | 'recipe' | 'list'>,
): readonly Cell[] =>
  names.map((name) => cell({ name, ...(name === LEVELS && { label: 'ML-MMoE' }), build: BUILDS[name], ...options }))

/** Strategies compared: the same two models under each of them, on the studies’ real data. It declares no winner itself. */
import { listed } from '../../../cli/compare/finding.ts'
import { labelOf } from '../../../cli/compare/labels.ts'
import { strategyOf } from '../../../cli/config/build.ts'
import { STRATEGIES } from '../../../examples/feed/strategies.ts'
import { CENSUS, WATCHING } from '../data.ts'
import type { Data } from '../data.ts'
import { BUILDS, cellsOf } from '../models.ts'
import { cell } from '../train.ts'
import type { Cell, Setting } from '../setting.ts'
import type { Study } from '../study.ts'
import type { Block, Summary } from '../summary.ts'
import { deeds, verdictOf } from '../words.ts'
import { CENSUS as CENSUS_SETTING } from './census.ts'
import { KUAIRAND } from './kuairand.ts'

const SHORT: Readonly<Record<string, string>> = {
  uncertainty: 'UWL',
  dwa: 'DWA',
  gradnorm: 'GradNorm',
  pcgrad: 'PCGrad',
  cagrad: 'CAGrad',
}

/** Shared-bottom, where tasks cannot get out of each other's way, and PLE, where they can. */
const COMPARED = { 'shared-bottom': 'SB', ple: 'PLE' } as const

/** Fit for the name of a colour. */
const nameOf = (model: string, strategy: string): string => `${model}-${strategy}`

const UNDER = Object.keys(COMPARED).flatMap((model) => Object.keys(SHORT).map((strategy) => nameOf(model, strategy)))

const RECIPES = { kuairand: { epochs: 4, batchSize: 1024 }, census: { epochs: 5, batchSize: 1024 } } as const

/** Joint training by fixed weights is what the studies of models run: those runs are found again. */
const cellsFor = (data: Data, recipe: { readonly epochs: number; readonly batchSize: number }): readonly Cell[] => [
  ...cellsOf(['single-task', ...Object.keys(COMPARED)], { data, recipe }),
  ...Object.entries(COMPARED).flatMap(([model, short]) =>
    Object.keys(SHORT).map((strategy) =>
      cell({
        name: nameOf(model, strategy),
        label: `${short} ${SHORT[strategy]}`,
        data,
        build: BUILDS[model],
        recipe,
        facts: { model, strategy, version: 1 },
        fit: () => ({ strategy: strategyOf(STRATEGIES[strategy]) }),
      }),
    ),
  ),
]

const setting = (of: Setting, cells: readonly Cell[]): Setting => ({
  name: of.name,
  fingerprint: of.fingerprint,
  measures: of.measures,
  cells,
})

/** A strategy earns its keep where it gains over single-task learning and the same model under fixed weights does not. */
function earned(block: Block): string {
  const found = Object.keys(COMPARED).flatMap((model) =>
    block.lines
      .filter(({ cell }) => UNDER.includes(cell.name) && cell.facts.model === model)
      .flatMap(({ cell }) =>
        block.setting.measures
          .filter(
            ({ name }) => verdictOf(block, cell.name, name) === 'gains' && verdictOf(block, model, name) !== 'gains',
          )
          .map(({ label }) => `${cell.label} on ${label}`),
      ),
  )
  return found.length === 0
    ? 'No strategy gains where its model under fixed weights does not.'
    : `Gains that the same model under fixed weights does not have: ${listed(found)}.`
}

const finding = ({ blocks }: Summary): string =>
  blocks.map((block) => `${block.setting.name}: ${deeds(block)} ${earned(block)}`).join(' ')

export const strategies: Study = {
  name: 'strategies',
  title: 'Training strategies: what they change, and for which model',
  asks: `Do strategies that weigh or reconcile tasks lift ${labelOf('shared-bottom')} or ${labelOf('ple')}?`,
  minutes: 15,
  seeds: 5,
  settings: [
    setting(KUAIRAND, cellsFor(WATCHING, RECIPES.kuairand)),
    setting(CENSUS_SETTING, cellsFor(CENSUS, RECIPES.census)),
  ],
  finding,
  figures: async ({ blocks }) => {
    const { gainFigures } = await import('../figures/gains.ts')
    const { seesawFigure } = await import('../figures/seesaw.ts')
    return blocks.flatMap((block) => [
      ...gainFigures(block),
      ...[seesawFigure(block)].flatMap((figure) => figure ?? []),
    ])
  },
  notes: [
    'Every strategy has its defaults: none was tuned to these data, and fixed weights are 1 for each task.',
    'UWL: uncertainty weighting (Kendall et al. 2018). DWA: dynamic weight averaging (Liu et al. 2019). GradNorm: Chen et al. 2018. PCGrad: Yu et al. 2020. CAGrad: Liu et al. 2021. None of these papers reports on these data, so no figure of theirs stands beside ours.',
  ],
}

/** A study in a few numbers: of each cell the metrics and the gains over its twin, as means over seeds with intervals. */
import { multiTaskGain } from '../../src/metrics.ts'
import { estimate } from '../../cli/compare/interval.ts'
import type { Estimate } from '../../cli/compare/interval.ts'
import type { Cell, Measure, Run, Setting } from './setting.ts'

export interface Result {
  readonly value: Estimate
  /** Paired within the seed (Eq. 11 of Tang et al. 2020); undefined of the twin, and where no seed has both. */
  readonly gain?: Estimate
  /** The gains that `gain` is the mean of, by seed. */
  readonly gains?: Readonly<Record<number, number>>
}

export interface Line {
  readonly cell: Cell
  readonly runs: number
  readonly parameters: number
  readonly seconds: number
  /** By measure; those that the cell does not have are not there. */
  readonly results: Readonly<Record<string, Result>>
  /** The lists that all runs have, each number the mean over them. */
  readonly lists: NonNullable<Run['lists']>
}

/** What came of a setting. Cells of which no run has ended have no line. */
export interface Block {
  readonly setting: Setting
  readonly lines: readonly Line[]
}

export interface Summary {
  readonly seeds: readonly number[]
  readonly blocks: readonly Block[]
}

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length

/** The gain of each seed that both have run. */
function gainsOf(own: readonly Run[], twins: readonly Run[], { name, metric }: Measure): Record<number, number> {
  const gains = own.flatMap(({ seed, metrics }) => {
    const twin = twins.find((run) => run.seed === seed)
    return twin && name in twin.metrics ? [[seed, multiTaskGain(metrics[name], twin.metrics[name], metric)]] : []
  })
  return Object.fromEntries(gains) as Record<number, number>
}

function resultOf(measure: Measure, cell: Cell, own: readonly Run[], twins: readonly Run[]): Result | undefined {
  const measured = own.filter(({ metrics }) => measure.name in metrics)
  if (measured.length === 0) return undefined
  const gains = cell.name === measure.twin ? {} : gainsOf(measured, twins, measure)
  const paired = Object.values(gains)
  return {
    value: estimate(measured.map(({ metrics }) => metrics[measure.name])),
    ...(paired.length > 0 && { gain: estimate(paired), gains }),
  }
}

function meanLists(runs: readonly Run[]): Line['lists'] {
  const names = Object.keys(runs[0].lists ?? {}).filter((name) => runs.every(({ lists }) => lists && name in lists))
  return Object.fromEntries(
    names.map((name) => {
      const lists = runs.map(({ lists }) => lists![name])
      return [name, lists[0].map((_, place) => mean(lists.map((list) => list[place])))]
    }),
  )
}

function blockOf(setting: Setting, runs: readonly Run[]): Block {
  const of = (cell: string): readonly Run[] => runs.filter((run) => run.setting === setting.name && run.cell === cell)
  return {
    setting,
    lines: setting.cells
      .filter(({ name }) => of(name).length > 0)
      .map((cell) => {
        const own = of(cell.name)
        return {
          cell,
          runs: own.length,
          parameters: own[0].parameters,
          seconds: mean(own.map(({ seconds }) => seconds)),
          results: Object.fromEntries(
            setting.measures.flatMap((measure) => {
              const result = resultOf(measure, cell, own, of(measure.twin))
              return result ? [[measure.name, result]] : []
            }),
          ),
          lists: meanLists(own),
        }
      }),
  }
}

/** Of the runs whose `setting` and `cell` are names in the study. */
export const summarize = (study: { readonly settings: readonly Setting[] }, runs: readonly Run[]): Summary => ({
  seeds: [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b),
  blocks: study.settings.map((setting) => blockOf(setting, runs)),
})

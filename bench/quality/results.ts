/** All numbers of a study as JSON: what it ran on, each cell's summary and every run. No row of data is among them. */
import { machine } from '../measure/machine.ts'
import type { Machine } from '../measure/machine.ts'
import { verdict } from '../../cli/compare/interval.ts'
import { printed } from './published.ts'
import type { Run } from './setting.ts'
import type { Study } from './study.ts'
import type { Summary } from './summary.ts'

/** What ran, in words without repeats. */
export interface Ran extends Pick<Machine, 'date' | 'cpu' | 'cores' | 'platform'> {
  readonly node: readonly string[]
  readonly backends: readonly string[]
  readonly optimizers: readonly string[]
  readonly relaxedSimd: readonly string[]
}

export interface Outcome {
  readonly study: Study
  readonly summary: Summary
  readonly runs: readonly Run[]
  readonly ran: Ran
}

/** How many were trained: one that stands in several settings was trained once. */
export const countTrained = (runs: readonly Run[]): number => new Set(runs.map(({ key }) => key)).size

/** Runs may have been made at other times, on other versions of Node: all that took part are named. */
export function ranOn(runs: readonly Run[]): Ran {
  const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort()
  const { date, cpu, cores, platform } = machine()
  return {
    date,
    cpu,
    cores,
    platform,
    node: distinct(runs.map(({ node }) => node)),
    backends: distinct(runs.map(({ backend }) => backend)),
    optimizers: distinct(runs.map(({ optimizer }) => optimizer)),
    relaxedSimd: distinct(runs.map(({ relaxedSimd }) => relaxedSimd)),
  }
}

export const results = ({ study, summary, runs, ran }: Outcome): string =>
  JSON.stringify(
    {
      study: study.name,
      title: study.title,
      finding: study.finding(summary),
      seeds: summary.seeds,
      ran,
      settings: summary.blocks.map(({ setting, lines }) => ({
        name: setting.name,
        ...(setting.x !== undefined && { x: setting.x }),
        cells: lines.map(({ cell, results: measured, ...rest }) => ({
          name: cell.name,
          ...rest,
          measures: setting.measures.flatMap((measure) => {
            const result = measured[measure.name]
            if (!result) return []
            return [
              {
                name: measure.name,
                ...result,
                ...(result.gain && { verdict: verdict(result.gain), over: measure.twin }),
                published: Object.fromEntries(
                  (setting.published ?? []).flatMap((one) => {
                    const theirs = printed(one, cell.name, measure)
                    return theirs ? [[one.source, theirs]] : []
                  }),
                ),
              },
            ]
          }),
        })),
      })),
      runs,
    },
    null,
    1,
  )

/** A line for each run as it ends, with what it measured and about how long the rest takes. It prints and decides nothing. */
import { metric } from '../../cli/compare/format.ts'
import type { Plan } from './runner.ts'
import type { Run } from './setting.ts'
import type { Study } from './study.ts'
import { wrapped } from './table.ts'

/** `45 s`, `4 min` */
export const span = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length

/** How long the missing runs will take, by runs of the same cell or, where there are none, by all. */
export function remaining(missing: Plan['missing'], runs: readonly Run[], jobs: number): number {
  const everyone = runs.map(({ seconds }) => seconds)
  const total = missing.reduce((sum, { setting, cell }) => {
    const own = runs.filter((run) => run.setting === setting && run.cell === cell).map(({ seconds }) => seconds)
    return sum + mean(own.length > 0 ? own : everyone)
  }, 0)
  return total / Math.min(jobs, Math.max(1, missing.length))
}

/** Takes runs as they end and prints a line of each. */
export function reporter(study: Study, { done, missing }: Plan, jobs: number, print: (line: string) => void) {
  const known = [...done]
  const left = [...missing]
  const digits = String(missing.length).length
  return (run: Run): void => {
    known.push(run)
    left.splice(
      left.findIndex(({ key }) => key === run.key),
      1,
    )
    const setting = study.settings.find(({ name }) => name === run.setting)
    const label = setting?.cells.find(({ name }) => name === run.cell)?.label ?? run.cell
    const shown = (setting?.measures ?? [])
      .filter(({ name }) => name in run.metrics)
      .map((measure) => `${measure.label} ${metric(run.metrics[measure.name])}`)
    const place = `${String(missing.length - left.length).padStart(digits)}/${missing.length}`
    const rest = left.length === 0 ? '' : `, ${span(remaining(left, known, jobs))} left`
    const where = study.settings.length > 1 ? `${run.setting}, ` : ''
    const line = `${where}${label} seed ${run.seed}: ${shown.join(' ')}, ${span(run.seconds)}${rest}`
    const indent = ' '.repeat(place.length + 2)
    print(`${place}  ${wrapped(line, indent)}`)
  }
}

/** Metrics by task as a table: a line for each, a column for each part of the rows. */
import type { Scores } from '../../src/index.ts'
import { tableOf } from './table.ts'

const shown = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(Math.abs(value) < 100 ? 4 : 1)

export function scoresTable(parts: Readonly<Record<string, Scores>>): string {
  const names = Object.keys(parts)
  const [first] = Object.values(parts)
  const rows = Object.entries(first).flatMap(([task, metrics]) =>
    Object.keys(metrics).map((metric, index) => [
      index === 0 ? task : '',
      metric,
      ...names.map((name) => shown(parts[name][task]?.[metric])),
    ]),
  )
  return tableOf(['task', 'metric', ...names], rows)
}

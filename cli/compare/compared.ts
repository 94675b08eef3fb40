/** A comparison from its first line to its last: what is trained, how that goes, tables, and a report. An interrupted one ends with what there is. */
import { writeFileSync } from 'node:fs'
import { wrap } from '../terminal/columns.ts'
import type { Print } from '../terminal/print.ts'
import type { Feed } from './feed.ts'
import { listed } from './finding.ts'
import { metricLabel, whole } from './format.ts'
import { spelledOut } from './labels.ts'
import { metricOf } from './metric.ts'
import type { Origin } from './origin.ts'
import { bars, lines } from './progress.ts'
import { study } from './study.ts'
import type { Settings, Study } from './study.ts'
import { terminalTable } from './table.ts'
import { whyTable } from './whyTable.ts'

/** Who is told, and how it began. */
export interface Telling {
  readonly print: Print
  readonly origin: Origin
  /** The file that the report becomes. */
  readonly report: string
  readonly signal: AbortSignal
}

const introduce = (
  { name, train, validation, test, features, tasks, meanings = {} }: Feed,
  { seeds, epochs, batchSize }: Settings,
): string =>
  [
    `${name}: ${features.length} features`,
    wrap(`tasks: ${listed(Object.keys(tasks).map((task) => spelledOut(task, meanings[task])))}`),
    `${[train, validation, test].map(({ rows }) => whole(rows)).join(' + ')} rows to train, validate and test on`,
    `${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]}–${seeds[seeds.length - 1]}`}, ` +
      `at most ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, batches of ${whole(batchSize)}`,
  ].join('\n')

export async function compared(feed: Feed, settings: Settings, telling: Telling): Promise<Study> {
  const { print, origin, report: file, signal } = telling
  const colour = print.terminal && !process.env.NO_COLOR
  print.line(`${introduce(feed, settings)}\n`)
  if (!print.terminal) {
    const metrics = [...new Set(Object.values(feed.tasks).map((type) => metricLabel(metricOf(type))))]
    print.line(`Each epoch: loss of training rows, then ${metrics.join(' or ')} of validation rows.\n`)
  }
  const done = await study(feed, settings, (print.terminal ? bars : lines)(feed.tasks, settings, print.line), signal)
  print.line(`\n${terminalTable(done, { colour })}`)
  const why = whyTable(done)
  if (why) print.line(`\n${why}`)
  if (done.runs.length > 0) {
    // Only now, since figures bring a library along that takes a while to load.
    const { report } = await import('../report/report.ts')
    writeFileSync(file, report(done, origin))
    print.line(`\nReport: ${file}`)
  }
  return done
}

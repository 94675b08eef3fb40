/**
 * The main job: trains a single-task twin, shared-bottom, MMoE, CGC and PLE on a video feed and reports what each task
 * gained. It refuses to guess at options, and ends with what there is when it is interrupted.
 */
import { writeFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { enableVectors } from '../../src/vectors.ts'
import { wrap } from '../../cli/terminal/columns.ts'
import { FEEDS } from './feeds.ts'
import { listed } from '../../cli/compare/finding.ts'
import { EXIT_INTERRUPTED, interruptible } from '../../cli/terminal/interrupt.ts'
import { spelledOut } from '../../cli/compare/labels.ts'
import { studyJson } from '../../cli/compare/numbers.ts'
import { parseOptions } from './options.ts'
import type { Options } from './options.ts'
import { originOf } from '../../cli/compare/origin.ts'
import type { Origin } from '../../cli/compare/origin.ts'
import { bars, lines } from '../../cli/compare/progress.ts'
import { study } from '../../cli/compare/study.ts'
import type { Feed } from '../../cli/compare/feed.ts'
import type { Settings } from '../../cli/compare/study.ts'
import { terminalTable } from '../../cli/compare/table.ts'
import { metricOf } from '../../cli/compare/metric.ts'
import { whyTable } from '../../cli/compare/whyTable.ts'
import { metricLabel, whole } from '../../cli/compare/format.ts'

// Vectors as wide as this host has them, before anything compiles.
enableVectors()

const introduce = ({ name, train, validation, test, features, tasks }: Feed, settings: Settings): string => {
  const { seeds, epochs, batchSize } = settings
  return [
    `${name}: ${features.length} features`,
    wrap(`tasks: ${listed(Object.keys(tasks).map(spelledOut))}`),
    `${[train, validation, test].map(({ rows }) => whole(rows)).join(' + ')} rows to train, validate and test on`,
    `${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]}–${seeds[seeds.length - 1]}`}, ` +
      `at most ${epochs} epochs, batches of ${whole(batchSize)}`,
  ].join('\n')
}

async function main(options: Options, origin: Origin): Promise<void> {
  const source = FEEDS[options.data]
  const feed = await source.load()
  const settings: Settings = {
    models: options.models,
    strategy: options.strategy,
    seeds: Array.from({ length: options.seeds }, (_, index) => options.seed + index),
    epochs: options.epochs ?? source.epochs,
    batchSize: options.batch ?? source.batchSize,
    compiled: options.eager !== true,
  }
  const signal = interruptible()
  const terminal = process.stdout.isTTY && !process.env.CI && process.env.TERM !== 'dumb'
  const print = (line: string): void => console.log(line)
  // Whoever reads no further (`| head`) still gets a report.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') throw new Error(`stdout: ${code}`)
  })

  print(`${introduce(feed, settings)}\n`)
  if (!terminal) {
    const metrics = [...new Set(Object.values(feed.tasks).map((type) => metricLabel(metricOf(type))))]
    print(`Each epoch: loss of training rows, then ${metrics.join(' or ')} of validation rows.\n`)
  }
  const done = await study(feed, settings, (terminal ? bars : lines)(feed.tasks, settings, print), signal)
  print(`\n${terminalTable(done, { colour: terminal && !process.env.NO_COLOR })}`)
  const why = whyTable(done)
  if (why) print(`\n${why}`)
  if (options.json !== undefined) writeFileSync(options.json, studyJson(done, origin, 2))
  if (done.runs.length > 0) {
    // Only now, since figures bring a document along that takes a while to load.
    const { report } = await import('../../cli/report/report.ts')
    writeFileSync(options.report, report(done, origin))
    print(`\nReport: ${options.report}`)
  }
  if (done.aborted) process.exitCode = EXIT_INTERRUPTED
}

try {
  const argv = process.argv.slice(2)
  await main(parseOptions(argv), originOf(argv))
} catch (error) {
  // A wrong option has told its line already; what the library or a loader refuses is one; anything else is a bug.
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (error instanceof TypeError || !(error instanceof Error)) throw error
  else {
    console.error(`error: ${error.message}`)
    process.exitCode = 1
  }
}

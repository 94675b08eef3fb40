/**
 * The main job: `plegrad compare` on a video feed, which trains a single-task twin, shared-bottom, MMoE, CGC and PLE and
 * reports what each task gained. It refuses to guess at options, and ends with what there is when it is interrupted.
 */
import { writeFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { compared } from '../../cli/compare/compared.ts'
import { studyJson } from '../../cli/compare/numbers.ts'
import { originOf } from '../../cli/compare/origin.ts'
import { EXIT_INTERRUPTED, interruptible } from '../../cli/terminal/interrupt.ts'
import { printing } from '../../cli/terminal/print.ts'
import { enableVectors } from '../../src/vectors.ts'
import { FEEDS } from './feeds.ts'
import { parseOptions } from './options.ts'
import { STRATEGIES } from './strategies.ts'

// Vectors as wide as this host has them, before anything compiles.
enableVectors()
// Whoever reads no further (`| head`) still gets a report.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') throw new Error(`stdout: ${code}`)
})

async function main(argv: readonly string[]): Promise<void> {
  const { data, models, strategy, seed, seeds, epochs, batch, eager, report, json } = parseOptions(argv)
  const { load, ...usual } = FEEDS[data]
  const settings = {
    models,
    strategy: STRATEGIES[strategy],
    seeds: Array.from({ length: seeds }, (_, index) => seed + index),
    epochs: epochs ?? usual.epochs,
    batchSize: batch ?? usual.batchSize,
    compiled: eager !== true,
  }
  const origin = originOf(['npm', 'start', ...(argv.length === 0 ? [] : ['--', ...argv])])
  const telling = { print: printing(false), origin, report, signal: interruptible() }
  const done = await compared(await load(), settings, telling)
  if (json !== undefined) writeFileSync(json, studyJson(done, origin, 2))
  if (done.aborted) process.exitCode = EXIT_INTERRUPTED
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  // A wrong option has told its line already; what the library or a loader refuses is one; anything else is a bug.
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (error instanceof TypeError || !(error instanceof Error)) throw error
  else {
    console.error(`error: ${error.message}`)
    process.exitCode = 1
  }
}

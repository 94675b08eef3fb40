/** `npm run study`: lists the studies, or runs what is missing of one and writes its tables, its report and its numbers. */
import '../measure/relaxed.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommanderError } from 'commander'
import { EXIT_INTERRUPTED, interruptible } from '../../cli/terminal/interrupt.ts'
import { hire } from './hire.ts'
import { parseOptions } from './options.ts'
import type { Options } from './options.ts'
import { reporter } from './progress.ts'
import { countTrained, ranOn, results } from './results.ts'
import { plan, runMissing } from './runner.ts'
import { openStore } from './store.ts'
import { STUDIES } from './studies/index.ts'
import type { Study } from './study.ts'
import { summarize } from './summary.ts'
import { terminalTables, wrapped } from './table.ts'

const CACHE = fileURLToPath(new URL('../../.cache/study', import.meta.url))
const MODULE = fileURLToPath(new URL('studies/index.ts', import.meta.url))

function list(studies: readonly Study[]): void {
  console.log('npm run study -- NAME runs one of these, or what is missing of it:\n')
  for (const { name, asks, seeds, minutes } of studies)
    console.log(
      `  ${name.padEnd(12)}${wrapped(`${asks} ${seeds} seeds, about ${minutes} min on two cores.`, ' '.repeat(14))}`,
    )
  console.log('\nnpm run study -- --help tells of options.')
}

async function run(study: Study, { seeds = study.seeds, seed, jobs, fresh, out }: Options): Promise<void> {
  const signal = interruptible()
  const store = openStore(join(CACHE, 'runs.jsonl'))
  const all = Array.from({ length: seeds }, (_, index) => seed + index)
  const planned = plan(study, all, store, fresh)
  console.log(
    `${study.title}\n${planned.missing.length} runs to do, ${countTrained(planned.done)} done before; seeds ${all[0]}–${all[all.length - 1]}, ${jobs} at a time\n`,
  )
  await runMissing(planned.missing, {
    jobs,
    hire: () => hire(MODULE),
    store,
    signal,
    onRun: reporter(study, planned, jobs, console.log),
  })
  const runs = plan(study, all, store).done
  const summary = summarize(study, runs)
  const colour = process.stdout.isTTY && !process.env.NO_COLOR
  console.log(`\n${terminalTables(summary, { colour })}`)
  if (signal.aborted) {
    console.log(`\n${wrapped('Stopped by Ctrl-C: what had ended is kept, and the same command goes on from there.')}`)
    process.exitCode = EXIT_INTERRUPTED
  }
  if (runs.length === 0) return
  const outcome = { study, summary, runs, ran: ranOn(runs) }
  const folder = out ?? join(CACHE, study.name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'results.json'), `${results(outcome)}\n`)
  // Only now, since figures bring a document along that takes a while to load.
  const { report } = await import('./report.ts')
  writeFileSync(join(folder, 'report.html'), await report(outcome))
  console.log(`\n${wrapped(study.finding(summary))}\n\nReport: ${join(folder, 'report.html')}`)
}

try {
  const options = parseOptions(process.argv.slice(2), STUDIES)
  if (options.study) await run(options.study, options)
  else list(STUDIES)
} catch (error) {
  // A wrong option has told its line already; what the library or a loader refuses is one; anything else is a bug.
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (error instanceof TypeError || !(error instanceof Error)) throw error
  else {
    console.error(`error: ${error.message}`)
    process.exitCode = 1
  }
}

/** Runs every check in one go, cheapest first, and does not stop at the first that fails. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { NO_CHROMIUM, chromium } from './chromium.ts'
import { NO_NODE24, node24 } from './node24.ts'
import { closingLine, failureLines, outcomeOf } from './reports.ts'

interface Section {
  readonly name: string
  readonly script: string
  /** Where it leaves its counts. */
  readonly report?: string
  readonly skipped?: string | undefined
}

const SECTIONS: readonly Section[] = [
  { name: 'format', script: 'format:check' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'types' },
  { name: 'wasm', script: 'build:wasm -- --check' },
  { name: 'python', script: 'build:python -- --check' },
  { name: 'tests', script: 'test:unit', report: '.cache/vitest.json' },
  { name: 'wide', script: 'test:wide', ...(node24() ? { report: '.cache/wide.json' } : { skipped: NO_NODE24 }) },
  { name: 'gpujs', script: 'test:gpujs', report: '.cache/gpujs.json' },
  { name: 'fuzz', script: 'fuzz -- --seconds 15' },
  { name: 'build', script: 'build' },
  { name: 'package', script: 'test:package' },
  { name: 'runtimes', script: 'test:runtimes' },
  { name: 'size', script: 'size' },
  { name: 'docs', script: 'docs' },
  { name: 'browser', script: 'test:browser', skipped: chromium() === undefined ? NO_CHROMIUM : undefined },
  {
    name: 'lab',
    script: 'test:lab',
    ...(chromium() === undefined ? { skipped: NO_CHROMIUM } : { report: '.cache/lab.json' }),
  },
]

for (const { report } of SECTIONS) if (report !== undefined) rmSync(report, { force: true })
const results = SECTIONS.map(({ name, script, skipped, report }) => {
  console.log(`\n── ${name} ${'─'.repeat(76 - name.length)}\n`)
  const start = performance.now()
  const env = { ...process.env, ...(report !== undefined && { VITEST_JSON: report }) }
  const { status } = spawnSync(`npm run --silent ${script}`, { env, shell: true, stdio: 'inherit' })
  return { name, skipped, passed: status === 0, seconds: (performance.now() - start) / 1000 }
})

console.log(`\n── summary ${'─'.repeat(69)}\n`)
for (const { name, skipped, passed, seconds } of results) {
  const mark = !passed ? '✗' : skipped === undefined ? '✓' : '–'
  console.log(
    `${mark} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s${skipped === undefined ? '' : `  ${skipped}`}`,
  )
}
// The end of the output is what is kept of a run: it says what failed, and what did the first time.
const outcomes = SECTIONS.flatMap(({ report }) => (report === undefined ? [] : [outcomeOf(report)]))
const told = [
  ...failureLines(
    outcomes.flatMap(({ unsteady }) => unsteady),
    'passed the second time only:',
  ),
  ...failureLines(outcomes.flatMap(({ failures }) => failures)),
]
if (told.length > 0) console.log(`\n${told.join('\n')}`)
console.log(`\n${closingLine(outcomes)}`)
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1

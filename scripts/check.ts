/** Runs every check in one go, cheapest first, and does not stop at the first that fails. */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { NO_CHROMIUM, chromium } from './chromium.ts'

const SECTIONS = [
  { name: 'format', script: 'format:check' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'types' },
  { name: 'wasm', script: 'build:wasm -- --check' },
  { name: 'tests', script: 'test:unit' },
  { name: 'build', script: 'build' },
  { name: 'package', script: 'test:package' },
  { name: 'size', script: 'size' },
  { name: 'browser', script: 'test:browser', skipped: chromium() === undefined ? NO_CHROMIUM : undefined },
]
const REPORT = '.cache/vitest.json'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/** The counts of the tests as one line. A file that failed to load ran no test, and counts as one that failed. */
function closingLine(): string {
  let report: Report
  try {
    report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report
  } catch {
    return '0 passed, 1 failed'
  }
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const skipped = report.numPendingTests + report.numTodoTests
  const counts = `${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`
  return skipped > 0 ? `${counts}, ${skipped} skipped` : counts
}

rmSync(REPORT, { force: true })
const results = SECTIONS.map(({ name, script, skipped }) => {
  console.log(`\n── ${name} ${'─'.repeat(76 - name.length)}\n`)
  const start = performance.now()
  const env = { ...process.env, VITEST_JSON: REPORT }
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
console.log(`\n${closingLine()}`)
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1

/** What the JSON reports of test runs say: counts, and the failed tests by name. It runs nothing. */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** A report as vitest writes one, as far as it is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

export interface Failure {
  /** Its file and its names from the outermost on. */
  readonly test: string
  /** The first line of what was thrown. */
  readonly message: string
}

export interface Outcome {
  readonly passed: number
  readonly skipped: number
  readonly failures: readonly Failure[]
}

const LONGEST = 300

function firstLine(message = ''): string {
  const [line] = stripVTControlCharacters(message).trim().split('\n', 1)
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

/** The outcome of one report. A file that failed though none of its tests did counts as one that failed; so does no report. */
export function outcomeOf(path: string): Outcome {
  let report: Report
  try {
    report = JSON.parse(readFileSync(path, 'utf8')) as Report
  } catch (error) {
    return { passed: 0, skipped: 0, failures: [{ test: path, message: `no report: ${firstLine(String(error))}` }] }
  }
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name)
    const failed = assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ ancestorTitles, title, failureMessages }) => ({
        test: [file, ...ancestorTitles, title].join(' › '),
        message: firstLine(failureMessages[0]),
      }))
    return status === 'failed' && failed.length === 0 ? [{ test: file, message: firstLine(message) }] : failed
  })
  return { passed: report.numPassedTests, skipped: report.numPendingTests + report.numTodoTests, failures }
}

/** Lines that name failed tests, each with what it said, and how many more there are than `most`. */
export const failureLines = (failures: readonly Failure[], most = 20): readonly string[] => [
  ...failures.slice(0, most).flatMap(({ test, message }) => [`✗ ${test}`, `  ${message}`]),
  ...(failures.length > most ? [`… and ${failures.length - most} more`] : []),
]

/** The counts of all reports as one line. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, each) => total + of(each), 0)
  const line = `${sum(({ passed }) => passed)} passed, ${sum(({ failures }) => failures.length)} failed`
  const skipped = sum((outcome) => outcome.skipped)
  return skipped > 0 ? `${line}, ${skipped} skipped` : line
}

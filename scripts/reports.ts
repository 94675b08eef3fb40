/** What the JSON reports of test runs say: counts, and by name the tests that failed, or did the first time. It runs nothing. */
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
  /** Tests that failed the first time and passed the second. */
  readonly unsteady: readonly Failure[]
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
    const failures = [{ test: path, message: `no report: ${firstLine(String(error))}` }]
    return { passed: 0, skipped: 0, failures, unsteady: [] }
  }
  const complaints = (kept: string): readonly Failure[] =>
    report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status, failureMessages }) => status === kept && failureMessages.length > 0)
        .map(({ ancestorTitles, title, failureMessages }) => ({
          test: [relative(process.cwd(), name), ...ancestorTitles, title].join(' › '),
          message: firstLine(failureMessages[0]),
        })),
    )
  const broken = report.testResults
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    )
    .map(({ name, message }) => ({ test: relative(process.cwd(), name), message: firstLine(message) }))
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [...complaints('failed'), ...broken],
    unsteady: complaints('passed'),
  }
}

/** Lines that name tests, each with what it said, and how many more there are than `most`. */
export const failureLines = (failures: readonly Failure[], mark = '✗', most = 20): readonly string[] => [
  ...failures.slice(0, most).flatMap(({ test, message }) => [`${mark} ${test}`, `  ${message}`]),
  ...(failures.length > most ? [`… and ${failures.length - most} more`] : []),
]

/** The counts of all reports as one line. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, each) => total + of(each), 0)
  const line = `${sum(({ passed }) => passed)} passed, ${sum(({ failures }) => failures.length)} failed`
  const skipped = sum((outcome) => outcome.skipped)
  return skipped > 0 ? `${line}, ${skipped} skipped` : line
}

/** A target: random cases of one kind, and a check of each that throws where it finds a fault. */
import * as fc from 'fast-check'

/** What a target is about, whatever its cases are. */
export interface Target {
  readonly name: string
  /** What must hold, in a few words. */
  readonly holds: string
  /** Tries cases from a seed, and shrinks the first that fails. `onCase` is shown each before it is tried. */
  readonly round: (seed: number, onCase?: (example: string) => void) => Promise<Round>
  /** What it has to say once all is done, a line each. */
  readonly notes: () => readonly string[]
  /** Gives back what it holds. */
  readonly close: () => Promise<void>
}

export interface Round {
  readonly cases: number
  /** The shrunk case and what is wrong with it. */
  readonly fault: { readonly example: string; readonly reason: string } | undefined
}

export interface TargetOptions<T> {
  readonly name: string
  readonly holds: string
  /** Cases of a round: as many as take about a second. */
  readonly cases: number
  readonly drawn: fc.Arbitrary<T>
  readonly check: (example: T) => void | Promise<void>
  readonly show?: (example: T) => string
  readonly notes?: () => readonly string[]
  readonly close?: () => unknown
}

/** Shrinking ends then, with the smallest case so far. */
const LONGEST_ROUND = 60_000

/** What was thrown, and where in the sources. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [head, ...frames] = (error.stack ?? `${error.name}: ${error.message}`).split(/\n(?= +at )/)
  return [head, ...frames.filter((frame) => frame.includes('/src/')).slice(0, 4)].join('\n')
}

export function target<T>(options: TargetOptions<T>): Target {
  const { name, holds, cases, drawn, check, show = fc.stringify, notes = () => [], close } = options
  return {
    name,
    holds,
    async round(seed, onCase) {
      const property = fc.asyncProperty(drawn, async (example) => {
        onCase?.(show(example))
        await check(example)
      })
      const limits = { interruptAfterTimeLimit: LONGEST_ROUND, markInterruptAsFailure: false }
      const report = await fc.check(property, { seed, numRuns: cases, ...limits })
      const [example] = report.counterexample ?? []
      return {
        cases: report.numRuns,
        fault: example === undefined ? undefined : { example: show(example), reason: reasonOf(report.errorInstance) },
      }
    },
    notes,
    close: async () => {
      await close?.()
    },
  }
}

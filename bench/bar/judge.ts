/** What is asked of a line of the bar and whether it holds. A peer that is missing is never counted as beaten. */
import { isTimed } from '../measure/case.ts'
import type { Outcome, Result, Timed } from '../measure/case.ts'

export type Verdict = 'holds' | 'falls short' | 'open'

export type Goal =
  /** So many times as fast as the best peer. */
  | { readonly kind: 'faster'; readonly times: number }
  /** A run in at most so many milliseconds. */
  | { readonly kind: 'within'; readonly milliseconds: number }
  /** At least this share of the speed of one of the contestants, which then stands where the best peer would. */
  | { readonly kind: 'share'; readonly of: string; readonly share: number }

export interface Line {
  readonly what: string
  /** Milliseconds of a run of the best of ours that is asked about. */
  readonly ours?: number
  readonly ran?: string
  readonly against?: { readonly name: string; readonly milliseconds: number }
  /** How many times as fast as that. */
  readonly ratio?: number
  readonly goal: Goal
  readonly verdict: Verdict
  /** Peers that are not here, and why; and peers whose numbers were wrong. */
  readonly absent: readonly { readonly name: string; readonly why: string }[]
}

const fastest = (results: readonly Result[], wanted: (result: Timed) => boolean): Timed | undefined =>
  results
    .filter(isTimed)
    .filter(wanted)
    .sort((a, b) => a.warm.median - b.warm.median)
    .at(0)

const whyOf = (result: Result): string =>
  'missing' in result ? result.missing : 'wrong' in result ? `wrong numbers: ${result.wrong}` : ''

export interface Asked {
  readonly what: string
  readonly goal: Goal
  /** Names of ours that may answer; all of them by default. */
  readonly ours?: readonly string[]
  /** Names of the peers that it is asked beside; all of them by default. */
  readonly beside?: readonly string[]
}

/** The line of one case. What holds against those who are here, while others are missing, is open. */
export function judge({ results }: Outcome, { what, goal, ours, beside }: Asked): Line {
  const peers = results.filter(({ side, name }) => side === 'peer' && (beside?.includes(name) ?? true))
  const best = fastest(results, ({ side, name }) => side === 'ours' && (ours?.includes(name) ?? true))
  const against = goal.kind === 'share' ? fastest(results, ({ name }) => name === goal.of) : fastest(peers, () => true)
  const absent = peers.filter((result) => !isTimed(result)).map((result) => ({ name: result.name, why: whyOf(result) }))
  const missing = goal.kind === 'faster' && absent.some(({ why }) => !why.startsWith('wrong'))
  const ratio = best && against && against.warm.median / best.warm.median
  const verdict = ((): Verdict => {
    if (!best) return 'falls short'
    if (goal.kind === 'within') return best.warm.median <= goal.milliseconds ? 'holds' : 'falls short'
    if (ratio === undefined) return 'open'
    if (ratio < (goal.kind === 'faster' ? goal.times : goal.share)) return 'falls short'
    return missing ? 'open' : 'holds'
  })()
  return {
    what,
    goal,
    verdict,
    absent: goal.kind === 'share' ? [] : absent,
    ...(best && { ours: best.warm.median, ran: best.ran }),
    ...(against && { against: { name: against.name, milliseconds: against.warm.median } }),
    ...(ratio !== undefined && { ratio }),
  }
}

/** 1 if a line falls short, and 0 where all that could be judged holds. */
export const exitCode = (lines: readonly Pick<Line, 'verdict'>[]): 0 | 1 =>
  lines.some(({ verdict }) => verdict === 'falls short') ? 1 : 0

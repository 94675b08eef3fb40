/** Lines of the bar in 80 columns. */
import type { Allocation } from './allocation.ts'
import type { Goal, Line } from './judge.ts'

const WIDTHS = [19, 9, 23, 6, 7, 11]

const row = (...cells: readonly string[]): string =>
  cells
    .map((cell, at) => (at === 3 || at === 1 ? cell.padStart(WIDTHS[at]) : cell.padEnd(WIDTHS[at])))
    .join(' ')
    .trimEnd()

/** Three digits that say something. */
const digits = (value: number): string => {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export const duration = (milliseconds: number): string =>
  milliseconds < 0.1 ? `${digits(milliseconds * 1000)} µs` : `${digits(milliseconds)} ms`

const goalText = (goal: Goal): string => {
  if (goal.kind === 'faster') return `≥ ${goal.times}×`
  if (goal.kind === 'share') return `≥ ${Math.round(goal.share * 100)} %`
  const { milliseconds } = goal
  return milliseconds < 0.1 ? `≤ ${milliseconds * 1000} µs` : `≤${milliseconds} ms`
}

export const heading = (): string => row('case', 'ours', 'best peer', 'ratio', 'goal', 'verdict')

export function show(
  { what, ours, against, ratio, goal, verdict }: Line,
  speedOf?: (milliseconds: number) => string,
): string {
  const value = speedOf ?? duration
  const share = goal.kind === 'share'
  return row(
    what,
    ours === undefined ? '–' : value(ours),
    against ? `${against.name} ${value(against.milliseconds)}` : 'missing',
    ratio === undefined ? '–' : share ? `${(ratio * 100).toFixed(0)} %` : `${digits(ratio)}×`,
    goalText(goal),
    verdict,
  )
}

/** Bytes, where there should be none. */
export const showBytes = ({ what, bytes, verdict }: Allocation): string =>
  row(what, `${bytes.toFixed(0)} B`, '', '', '0 B', verdict)

/** Milliseconds of a run as 10⁹ operations per second. */
export const speed =
  (flops: number) =>
  (milliseconds: number): string =>
    `${digits(flops / milliseconds / 1e6)} GF/s`

/** Who is missing, once, with the reason. */
export const absentees = (lines: readonly Line[]): readonly string[] => [
  ...new Set(lines.flatMap(({ absent }) => absent.map(({ name, why }) => `${name}: ${why}`))),
]

/** The ladder in words: numbers as people read them, who won, and where one passes another. */
import { duration } from '../bar/show.ts'
import { scatter } from '../measure/statistics.ts'
import { crossover } from './crossover.ts'
import type { Crossover, Point } from './crossover.ts'
import { isGpuJs, isTimed, modeOf } from './rung.ts'
import type { Result, Rung, Timing } from './rung.ts'
import { bestMode, timesOf, wonBy } from './won.ts'

/** 0.031×, 4.3×, 120×: two digits that say something. */
export const times = (value: number): string => `${value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2))}×`

/** 2048, 33.6 thousand, 268 million. */
export function amount(value: number): string {
  const digits = (count: number): string => String(Number(count.toPrecision(count < 1000 ? 3 : 4)))
  if (value >= 1e6) return `${digits(value / 1e6)} million`
  return value >= 1e4 ? `${digits(value / 1e3)} thousand` : digits(value)
}

/** Such as `wasm 3.1×`, by how much the next one is slower; `wasm ≈` where others cannot be told from it. */
export function wonText(rung: Rung, timing: Timing): string {
  const won = wonBy(timesOf(rung, timing))
  if (!won) return 'nobody'
  const { names, ahead } = won
  if (names.length > 1) return `${names[0]} ≈`
  // A mode of GPU.js has its lead in the column of its own.
  return isGpuJs(names[0]) || ahead === Infinity ? names[0] : `${names[0]} ${times(ahead)}`
}

/** Such as `webasm 12×`, its time over the fastest of the others; `none` where no mode was timed. */
export function bestModeText(rung: Rung, timing: Timing): string {
  const best = bestMode(timesOf(rung, timing))
  return best ? `${modeOf(best.name)} ${times(best.multiple)}` : 'none'
}

const timeText = (result: Result, timing: Timing): string =>
  isTimed(result)
    ? `${duration(result[timing].median).padStart(9)} ${(result[timing].count === 1 ? '1 sample' : `± ${(scatter(result[timing]) * 100).toFixed(0)} %`).padStart(8)}`
    : ''

/** A line for each contestant, the fastest first, in 80 columns. */
export function lines({ results }: Rung): readonly string[] {
  const timed = results.filter(isTimed).sort((a, b) => a.roundTrip.median - b.roundTrip.median)
  return [
    ...timed.map(
      (result) =>
        `  ${result.name.padEnd(17)} ${timeText(result, 'resident')}  ${timeText(result, 'roundTrip')}  cold ${duration(result.cold)}`,
    ),
    ...results.flatMap((result) => {
      if (isTimed(result)) return []
      return [`  ${result.name.padEnd(17)} ${'wrong' in result ? `WRONG: ${result.wrong}` : result.away}`.slice(0, 80)]
    }),
  ]
}

const WIDTHS = [26, 13, 15, 12]

const row = (...cells: readonly string[]): string =>
  cells
    .map((cell, at) => `${cell} `.padEnd(WIDTHS[at] ?? 0))
    .join('')
    .trimEnd()

/** Who won, a line for each size: in 80 columns. */
export const wonLines = (rungs: readonly Rung[]): readonly string[] => [
  row('', 'resident', '', 'round trip'),
  row('', 'won', 'GPU.js', 'won', 'GPU.js'),
  ...rungs.map((rung) =>
    row(
      `${rung.group} ${rung.size}`,
      wonText(rung, 'resident'),
      bestModeText(rung, 'resident'),
      wonText(rung, 'roundTrip'),
      bestModeText(rung, 'roundTrip'),
    ),
  ),
]

/** The round trips of one contestant along the rungs of a group. */
export const pointsOf = (name: string, rungs: readonly Rung[]): readonly Point[] =>
  rungs.flatMap(({ work, results }) =>
    results
      .filter(isTimed)
      .filter((result) => result.name === name)
      .map(({ roundTrip: { median, q1, q3 } }) => ({ work, time: median, low: q1, high: q3 })),
  )

export interface Passing extends Crossover {
  readonly challenger: string
  readonly holder: string
}

/** Whoever may pass whom: wasm the plain loops, and each mode of GPU.js either of them. */
export function passings(rungs: readonly Rung[]): readonly Passing[] {
  const names = [...new Set(rungs.flatMap(({ results }) => results.filter(isTimed).map(({ name }) => name)))]
  return names
    .flatMap((challenger) =>
      (isGpuJs(challenger) ? ['cpu', 'wasm'] : challenger === 'wasm' ? ['cpu'] : []).map((holder) => ({
        challenger,
        holder,
      })),
    )
    .flatMap(({ challenger, holder }) => {
      const found = crossover(pointsOf(challenger, rungs), pointsOf(holder, rungs))
      return found ? [{ challenger, holder, ...found }] : []
    })
}

/** Such as `gpujs webgl2 passes cpu at 310 thousand operations`. */
function passedText({ challenger, holder, crossings, range }: Passing, unit: string): string {
  if (crossings.length === 0) return `${challenger} beats ${holder} from ${range.map(amount).join(' to ')} ${unit}`
  const said = crossings.map(({ work, gains }) => `${gains ? 'passes' : 'falls behind'} ${holder} at ${amount(work)}`)
  return `${challenger} ${said.join(', ')} ${unit}`
}

/** Who passes whom where, a line each, and then, for each who is passed, all those that never pass. */
export function passingLines(rungs: readonly Rung[], unit: string): readonly string[] {
  const all = passings(rungs)
  const isNone = ({ crossings, leads }: Passing): boolean => crossings.length === 0 && !leads
  const most = Math.max(...all.map(({ range }) => range[1]))
  const nones = ['cpu', 'wasm'].flatMap((holder) => {
    const never = all.filter((passing) => passing.holder === holder && isNone(passing))
    // One that was left out of large sizes, or lost in noise there, says how far it can be told.
    const names = never.map(({ challenger, range }) =>
      range[1] < most ? `${challenger} (to ${amount(range[1])})` : challenger,
    )
    return names.length === 0 ? [] : [`past ${holder}, none within range: ${names.join(', ')}`]
  })
  return [...all.filter((passing) => !isNone(passing)).map((passing) => passedText(passing, unit)), ...nones]
}

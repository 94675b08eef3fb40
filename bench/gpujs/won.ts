/** Who was fastest. It refuses to name one winner where the middle halves of two contestants' samples overlap. */
import type { Spread } from '../measure/statistics.ts'
import { isGpuJs, isTimed } from './rung.ts'
import type { Rung, Timing } from './rung.ts'

export interface Time {
  readonly name: string
  readonly spread: Spread
}

export interface Won {
  /** The fastest by its median, and whoever cannot be told from it. */
  readonly names: readonly string[]
  /** How many times as long the next one takes; Infinity where there is none. */
  readonly ahead: number
}

const byMedian = (times: readonly Time[]): readonly Time[] =>
  [...times].sort((a, b) => a.spread.median - b.spread.median)

/** Undefined where nobody was timed. */
export function wonBy(times: readonly Time[]): Won | undefined {
  const [first, ...others] = byMedian(times)
  if (first === undefined) return undefined
  const alike = others.filter(({ spread }) => spread.q1 <= first.spread.q3)
  const next = others.find((other) => !alike.includes(other))
  return {
    names: [first, ...alike].map(({ name }) => name),
    ahead: next === undefined ? Infinity : next.spread.median / first.spread.median,
  }
}

export const timesOf = ({ results }: Rung, timing: Timing): readonly Time[] =>
  results.filter(isTimed).map((result) => ({ name: result.name, spread: result[timing] }))

export interface BestMode {
  readonly name: string
  /** Its time as a multiple of the fastest's of those that are not GPU.js: below 1 it won. */
  readonly multiple: number
}

/** The fastest mode of GPU.js beside the fastest of the others; undefined where either kind was not timed. */
export function bestMode(times: readonly Time[]): BestMode | undefined {
  const sorted = byMedian(times)
  const [mode, other] = [true, false].map((kind) => sorted.find(({ name }) => isGpuJs(name) === kind))
  return mode && other && { name: mode.name, multiple: mode.spread.median / other.spread.median }
}

/** What the ladder of GPU.js measures: one computation of one size, and everyone's two times for it. These are types alone. */
import type { Spread } from '../measure/statistics.ts'

/**
 * `resident`: the numbers are on the device and the result stays there, many calls one after the other. `roundTrip`: they
 * start in the caller's arrays and the result ends in one, before the next call begins.
 */
export const TIMINGS = ['resident', 'roundTrip'] as const
export type Timing = (typeof TIMINGS)[number]

export interface Timed extends Readonly<Record<Timing, Spread>> {
  readonly name: string
  /** Milliseconds of setting up and of the first call, for which kernels are compiled. */
  readonly cold: number
  readonly deviation: number
}

export type Result =
  Timed | { readonly name: string; readonly away: string } | { readonly name: string; readonly wrong: string }

export const isTimed = (result: Result): result is Timed => 'resident' in result

export interface Rung {
  /** Such as `matmul`. */
  readonly group: string
  /** Such as `512³`. */
  readonly size: string
  /** In one call, in units of the group. */
  readonly work: number
  readonly results: readonly Result[]
}

/** A backend, and what is beneath it. */
export interface Entry {
  readonly name: string
  readonly driver: string
}

export interface Host {
  /** Such as `Node v20.20.2`. */
  readonly name: string
  readonly entries: readonly Entry[]
  /** Modes that cannot run here, and why. */
  readonly skipped: readonly Entry[]
  readonly rungs: readonly Rung[]
}

export const isGpuJs = (name: string): boolean => name.startsWith('gpujs ')

/** Without what all modes share. */
export const modeOf = (name: string): string => name.replace('gpujs ', '')

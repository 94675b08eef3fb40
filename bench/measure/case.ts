/** What is measured: one computation, and everyone who claims to do it. These are types alone. */
import type { Spread } from './statistics.ts'

/** Ours, someone else's, or a yardstick such as a naive loop, which nobody needs to beat. */
export type Side = 'ours' | 'peer' | 'yardstick'

export interface Contestant {
  /** What actually runs: backend, threads, version. */
  readonly ran: string
  /** Does the computation once; a promise that it returns is waited for. */
  readonly run: () => unknown
  /** The numbers that the computation gives, to be held against the exact ones. */
  readonly prove: () => ArrayLike<number> | Promise<ArrayLike<number>>
  /** Milliseconds of single runs for about that long, where a contestant runs in another process and times itself. */
  readonly sample?: (seconds: number) => Promise<readonly number[]>
  readonly close?: () => void
}

/** A contestant that is not here, and why. */
export interface Missing {
  readonly missing: string
}

export const isMissing = (value: object): value is Missing => 'missing' in value

export interface Entrant {
  readonly name: string
  readonly side: Side
  readonly enter: () => Contestant | Missing | Promise<Contestant | Missing>
  /** Where its numbers are others than the case's. */
  readonly exact?: () => ArrayLike<number>
}

export interface Case {
  /** Such as `matmul A·B`. */
  readonly group: string
  /** Such as `512³`. */
  readonly size: string
  /** Along which a ladder is drawn, such as 512. */
  readonly scale: number
  /** Of one run, where that says something. */
  readonly flops?: number
  /** Moved between memory and processor by one run at the least. */
  readonly bytes?: number
  readonly exact: () => ArrayLike<number>
  readonly tolerance: number
  readonly entrants: readonly Entrant[]
}

export interface Timed {
  readonly name: string
  readonly side: Side
  readonly ran: string
  /** Milliseconds of setting up and of the first run. */
  readonly cold: number
  /** Milliseconds of a run after that. */
  readonly warm: Spread
  readonly deviation: number
}

export type Result =
  | Timed
  | { readonly name: string; readonly side: Side; readonly missing: string }
  | { readonly name: string; readonly side: Side; readonly ran: string; readonly wrong: string }

export const isTimed = (result: Result): result is Timed => 'warm' in result

export interface Outcome extends Pick<Case, 'group' | 'size' | 'scale' | 'flops' | 'bytes'> {
  readonly results: readonly Result[]
}

/**
 * What was measured on a device, as plain JSON that an embedder may keep, and what follows for given work. It refuses to
 * speak of another device than the one that it was measured on.
 */
import { crossing, timeOn } from './line.ts'
import type { Line } from './line.ts'
import { TRANSFER, TRIALS, timedAs } from './trials.ts'
import type { Mode } from '../library.ts'

/** Lines of one verb on both sides. */
export interface Measured {
  /** Operations of a call from which GPU.js is faster; null where it never is, up to the largest call that is tried. */
  readonly threshold: number | null
  readonly gpujs: Line
  /** The backend that would run it otherwise. */
  readonly otherwise: Line
}

export interface Thresholds {
  readonly mode: Mode
  readonly device: string
  /** The name of the backend that would run things otherwise. */
  readonly otherwise: string
  readonly verbs: Readonly<Record<string, Measured>>
}

export const measured = (verb: string, gpujs: Line, otherwise: Line): Measured => {
  const { ladder, operations } = TRIALS[verb]
  return { threshold: crossing(otherwise, gpujs, operations(ladder[ladder.length - 1])) ?? null, gpujs, otherwise }
}

/** Calls that someone is going to make, one after the other with their arrays on the device. */
export type Work =
  | {
      readonly verb: string
      /** Operations on floats of a call, or the numbers that it moves where it computes nothing. */
      readonly flops: number
      /** How many calls. Default 1. */
      readonly calls?: number
    }
  | {
      readonly verb: string
      /** The sizes of a call in the verb's own order, such as m, k, n of matmul. */
      readonly sizes: readonly number[]
      readonly calls?: number
    }

/** Calls by the verb that is timed for them. */
export interface Row {
  readonly verb: string
  readonly operations: number
  readonly calls: number
}

/** The rows of some work, among them one transfer at least: someone wants to see what came out. */
export function rowsOf(work: readonly Work[]): readonly Row[] {
  const rows = work
    .filter(({ verb }) => verb !== 'host')
    .map((row): Row => {
      const { verb: named, calls = 1 } = row
      const verb = timedAs(named)
      if (verb === undefined)
        throw new RangeError(
          `auto: expected work of verbs that backends have but got '${named}': because it is not one`,
        )
      if ('sizes' in row && verb !== named)
        throw new RangeError(`auto: expected flops of ${named} but got sizes: because it is timed as ${verb}`)
      const { ladder, operations: count } = TRIALS[verb]
      if ('sizes' in row && row.sizes.length !== ladder[0].length)
        throw new RangeError(`auto: expected ${ladder[0].length} sizes of ${named} but got ${row.sizes.length}`)
      const operations = 'flops' in row ? row.flops : count(row.sizes)
      if (!(operations >= 0 && operations < Infinity && calls >= 0))
        throw new RangeError(
          `auto: expected ${named} of some operations, in some calls, but got ${operations} in ${calls}`,
        )
      return { verb, operations, calls }
    })
  const transfers = rows.length === 0 || rows.some(({ verb }) => verb === TRANSFER)
  return transfers ? rows : [...rows, { verb: TRANSFER, operations: 1, calls: 1 }]
}

/** Milliseconds that rows take by their verbs' lines. */
export const estimate = (rows: readonly Row[], lineFor: (verb: string) => Line): number =>
  rows.reduce((total, { verb, operations, calls }) => total + calls * timeOn(lineFor(verb), operations), 0)

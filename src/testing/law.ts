/** A law: a check that an op must pass in every drawn case, and the report of how that went. It never throws. */
import * as fc from 'fast-check'
import { callable, checkValue, text } from '../checks/index.ts'
import type { Backend } from '../kernels/index.ts'
import type { AnyOp } from './anyOp.ts'
import { opInputs } from './opInputs.ts'
import type { OpCase } from './opInputs.ts'

/** How a law is tried: how often, from which seed, and on which backends. */
export interface LawOptions {
  /** How many cases each law draws. */
  readonly cases: number
  readonly seed: number
  /** The backends that are held to the float64 reference. */
  readonly backends: readonly Backend[]
  /** Multiplies the rounding that backends are allowed. */
  readonly slack: number
}

/** How a law was tried, and that it held. */
export interface LawReport {
  readonly law: string
  /** Cases that were checked. */
  readonly cases: number
  /** Cases whose numbers were drawn again, because they lay at a kink. */
  readonly redrawn: number
  /** The largest relative error of all cases, for laws that measure one. */
  readonly worst: number | undefined
  /** What went wrong, with the shrunk counterexample; undefined if nothing did. */
  readonly failure: string | undefined
}

/** A promise of ops: how a case of it is drawn, and what must hold there. */
export type Law = (op: AnyOp, options: LawOptions) => Promise<LawReport>

/** What a check notes down while it runs. */
export interface Tally {
  redrawn: number
  worst: number | undefined
}

export const note = (tally: Tally, error: number): void => {
  tally.worst = Math.max(tally.worst ?? 0, error)
}

/** A magnitude of large inputs at which no single exponential overflows float64, so that naive formulas still work. */
export const PROBE = 300

/** The largest |x|, infinite ones apart, but no less than 1. */
export function largest(values: ArrayLike<number>): number {
  let found = 1
  for (let index = 0; index < values.length; index++) {
    const magnitude = Math.abs(values[index])
    if (magnitude > found && magnitude < Infinity) found = magnitude
  }
  return found
}

/** The largest |a − b|; Infinity where one of the two is not a number or infinite and the other not so. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let found = 0
  for (let index = 0; index < a.length; index++) {
    if (Object.is(a[index], b[index])) continue
    const apart = Math.abs(a[index] - b[index])
    found = Math.max(found, Number.isNaN(apart) ? Infinity : apart)
  }
  return found
}

/** Runs `check`, which throws where the law is broken, on as many cases as asked for. */
export function law(
  name: string,
  check: (drawn: OpCase, tally: Tally, options: LawOptions) => Promise<void> | void,
): Law {
  checkValue('law', 'name', name, text)
  checkValue('law', 'check', check, callable)
  return async (op, options) => {
    const { cases, seed } = options
    const tally: Tally = { redrawn: 0, worst: undefined }
    const property = fc.asyncProperty(opInputs(op), async (drawn) => {
      await check(drawn, tally, options)
    })
    const { failed, numRuns, counterexample, errorInstance } = await fc.check(property, { numRuns: cases, seed })
    const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
    const failure =
      `${op.op}: expected "${name}" to hold but it broke in case ${numRuns} (seed ${seed}), ` +
      `shrunk to ${counterexample?.map(String).join() ?? 'nothing'}: because ${reason}`
    return { law: name, cases: numRuns, ...tally, failure: failed ? failure : undefined }
  }
}

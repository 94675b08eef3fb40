/** Every op there is, found by its signature: what is exported by the op table is law-tested, and nobody lists it. */
import * as ops from '../../src/autograd/ops/index.ts'
import type { AnyOp } from '../../src/testing.ts'

const isOp = (exported: unknown): exported is AnyOp => typeof exported === 'function' && 'signature' in exported

export const everyOp: readonly AnyOp[] = Object.values(ops)
  .map((exported: unknown) => exported)
  .filter(isOp)

/** The seed of a run of the laws: `LAWS_SEED`, or another one each time. */
export const seedOfRun = (): number => Number(process.env.LAWS_SEED ?? Math.floor(Math.random() * 2 ** 31))

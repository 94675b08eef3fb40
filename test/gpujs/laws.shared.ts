/** Every op's kernels against the float64 reference, from its signature alone. `LAWS_SEED=7` draws the same again. */
import { describe, inject, it } from 'vitest'
import { backendsAgree, examineOp, staysFinite, writesItsOutput } from '../../src/testing.ts'
import type { Mode } from '../../src/gpujs.ts'
import { everyOp } from '../laws/everyOp.ts'
import type { Given } from './given.ts'

declare module 'vitest' {
  interface ProvidedContext {
    lawsSeed: number
  }
}

const LAWS = [backendsAgree, writesItsOutput, staysFinite]
/** A kernel is built for every shape that is drawn, so that cases cost more here than elsewhere. */
const CASES = 4
/**
 * A shader's xʸ is 2^(y·log₂ x), whose error grows with the size of the exponent: WGSL ("Concrete floating point
 * accuracy") lets 2ᵗ be off by 3 + 2·|t| units in the last place, which at 300³ is ten times what the law allows;
 * `LAWS_SEED=893578662` is off by 2.7 times. All else holds to the law as it stands.
 */
const slackOf = (op: string, mode: Mode): number => (op === 'pow' && mode !== 'cpu' ? 10 : 1)

export const laws = (given: Given): void => {
  describe.each(everyOp.map((op) => [op.op, op] as const))('%s', (_, op) => {
    it('agrees with the reference, writes all of its output, and stays finite', async () => {
      const seed = inject('lawsSeed')
      const { laws: reports } = await examineOp(op, {
        laws: LAWS,
        cases: CASES,
        seed,
        slack: slackOf(op.op, given().mode),
        backends: [given()],
      })
      for (const { failure, cases } of reports) {
        if (failure !== undefined) throw new Error(failure)
        if (cases < CASES) throw new Error(`${op.op}: expected ${CASES} cases but got ${cases}`)
      }
    })
  })
}

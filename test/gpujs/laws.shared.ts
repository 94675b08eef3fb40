/** Every op's kernels against the float64 reference, from its signature alone. `LAWS_SEED=7` draws the same again. */
import { describe, inject, it } from 'vitest'
import { backendsAgree, examineOp, staysFinite, writesItsOutput } from '../../src/testing.ts'
import type { Mode } from '../../src/gpujs.ts'
import { everyOp } from '../laws/everyOp.ts'
import type { Given } from './mode.ts'

declare module 'vitest' {
  interface ProvidedContext {
    lawsSeed: number
  }
}

const LAWS = [backendsAgree, writesItsOutput, staysFinite]
/** A kernel is built for every shape that is drawn, so that cases cost more here than elsewhere. */
const CASES = 4
/** Powers and exponentials of WebGL may round a few times where others do once. */
const slackOf = (mode: Mode): number => (mode.includes('gl') ? 4 : 1)

export const laws = (given: Given): void => {
  describe.each(everyOp.map((op) => [op.op, op] as const))('%s', (_, op) => {
    it('agrees with the reference, writes all of its output, and stays finite', async () => {
      const seed = inject('lawsSeed')
      const { laws: reports } = await examineOp(op, {
        laws: LAWS,
        cases: CASES,
        seed,
        slack: slackOf(given().mode),
        backends: [given()],
      })
      for (const { failure, cases } of reports) {
        if (failure !== undefined) throw new Error(failure)
        if (cases < CASES) throw new Error(`${op.op}: expected ${CASES} cases but got ${cases}`)
      }
    })
  })
}

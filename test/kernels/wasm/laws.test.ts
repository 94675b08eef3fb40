/** Every op against the laws of backends on every variant, and between ops a turn of the event loop, which frees memory. */
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { backendsAgree, examineOp, staysFinite, writesItsOutput } from '../../../src/testing.ts'
import { everyOp, seedOfRun } from '../../laws/everyOp.ts'
import { everyVariant } from './variants.ts'

const seed = seedOfRun()
process.stdout.write(`laws of ops on wasm: LAWS_SEED=${seed}\n`)
const backends = everyVariant(2 ** 28)

describe.each(everyOp.map((op) => [op.op, op] as const))('%s', (_, op) => {
  it('obeys the laws of backends', async () => {
    await setImmediate()
    const laws = [backendsAgree, writesItsOutput, staysFinite]
    const report = await examineOp(op, { cases: 30, seed, backends, laws })
    expect(report.laws.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
  })
})

/** Every op against every law, from its signature alone. `LAWS_SEED=7 npx vitest run test/laws` runs the same again. */
import { describe, expect, it } from 'vitest'
import { checkOp, examineOp } from '../../src/testing.ts'
import { everyOp, seedOfRun } from './everyOp.ts'

const seed = seedOfRun()
process.stdout.write(`laws of ops: LAWS_SEED=${seed}\n`)

describe('the op table', () => {
  it('has every op once', () => {
    expect(everyOp.length).toBeGreaterThanOrEqual(64)
    expect(new Set(everyOp.map(({ op }) => op)).size).toBe(everyOp.length)
  })
})

describe.each(everyOp.map((op) => [op.op, op] as const))('%s', (_, op) => {
  it('obeys every law', async () => {
    const { laws } = await checkOp(op, { cases: 100, seed })
    for (const { cases } of laws) expect(cases).toBeGreaterThanOrEqual(100)
    const [first, second] = laws
    expect(first.worst).toBeLessThanOrEqual(1e-8)
    expect(second.worst).toBeLessThanOrEqual(1e-7)
  })
})

describe('examineOp', () => {
  it('draws the same cases from the same seed', async () => {
    const [once, again] = await Promise.all([everyOp[0], everyOp[0]].map((op) => examineOp(op, { cases: 10, seed: 5 })))
    expect(again).toEqual(once)
  })
})

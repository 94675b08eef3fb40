/** The laws can fail: each catches the faults planted for it. */
import { afterAll, describe, expect, it } from 'vitest'
import { checkOp } from '../../src/testing.ts'
import { seedOfRun } from './everyOp.ts'
import { brokenBy, mutants } from './mutants/index.ts'

const seed = seedOfRun()
const caught = new Set<string>()

describe('the laws catch', () => {
  it.each(mutants.map((mutant) => [mutant.fault, mutant] as const))('%s', async (fault, mutant) => {
    const broken = await brokenBy(mutant, { cases: 100, seed })
    expect(broken).toContain(mutant.law)
    caught.add(fault)
  })

  afterAll(() => {
    process.stdout.write(`${caught.size} of ${mutants.length} planted mutants caught (LAWS_SEED=${seed})\n`)
  })
})

describe('the mutants', () => {
  it('are at least twelve, with one for every law', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(12)
    expect(new Set(mutants.map(({ law }) => law)).size).toBe(7)
  })
})

describe('checkOp', () => {
  it('throws the shrunk counterexample, with op, law, seed and element', async () => {
    await expect(checkOp(mutants[0].op, { seed: 1 })).rejects.toThrow(
      /^square: expected "gradient of order 1" to hold but it broke in case \d+ \(seed 1\), shrunk to square\(\(\) \[.*\]\): because .* element 0 of input 0 is /,
    )
  })
})

/** Who is timed, who is not, and in which order. */
import { describe, expect, it } from 'vitest'
import { isTimed } from '../../bench/measure/case.ts'
import type { Case, Contestant, Entrant, Missing, Side } from '../../bench/measure/case.ts'
import { warning } from '../../bench/measure/machine.ts'
import { measure } from '../../bench/measure/measure.ts'

const BUDGET = { rounds: 2, seconds: 0.02 }

const entrant = (name: string, side: Side, enter: () => Contestant | Missing): Entrant => ({ name, side, enter })
const contestant = (given: Partial<Contestant> = {}): Contestant => ({
  ran: 'here',
  run: () => 0,
  prove: () => [1, 2],
  ...given,
})
const caseOf = (...entrants: readonly Entrant[]): Case => ({
  group: 'group',
  size: 'size',
  scale: 1,
  exact: () => [1, 2],
  tolerance: 1e-6,
  entrants,
})

describe('measure', () => {
  it('times whoever computes the right numbers, and says what ran', async () => {
    const { results } = await measure(caseOf(entrant('a', 'ours', () => contestant())), BUDGET)
    expect(results).toMatchObject([{ name: 'a', side: 'ours', ran: 'here', deviation: 0 }])
    const [timed] = results.filter(isTimed)
    expect(timed.warm.count).toBeGreaterThanOrEqual(BUDGET.rounds)
    expect(timed.warm.least).toBeGreaterThan(0)
    expect(timed.cold).toBeGreaterThan(0)
  })

  it('runs nobody again whose numbers are wrong', async () => {
    let runs = 0
    const liar = contestant({ run: () => runs++, prove: () => [1, 3] })
    const { results } = await measure(caseOf(entrant('liar', 'peer', () => liar)), BUDGET)
    expect(results).toEqual([{ name: 'liar', side: 'peer', ran: 'here', wrong: 'expected 2 at 1 but got 3' }])
    expect(runs).toBe(1)
  })

  it('names a peer that is missing, and one that fails, with the reason', async () => {
    const absent = entrant('absent', 'peer', () => ({ missing: 'not installed' }))
    const broken = entrant('broken', 'peer', () => {
      throw new Error('no such instruction\nat some line')
    })
    const { results } = await measure(caseOf(absent, broken), BUDGET)
    expect(results).toEqual([
      { name: 'absent', side: 'peer', missing: 'not installed' },
      { name: 'broken', side: 'peer', missing: 'no such instruction' },
    ])
  })

  it('does not hide a failure of ours', async () => {
    const broken = entrant('a', 'ours', () => {
      throw new Error('ours is broken')
    })
    await expect(measure(caseOf(broken), BUDGET)).rejects.toThrow('ours is broken')
  })

  it('lets contestants take turns', async () => {
    const turns: string[] = []
    const sampling = (name: string): Entrant =>
      entrant(name, 'peer', () =>
        contestant({
          sample: async () => {
            turns.push(name)
            return [1]
          },
        }),
      )
    await measure(caseOf(sampling('a'), sampling('b')), { rounds: 3, seconds: 0.01 })
    expect(turns.join('')).toBe('ababab')
  })

  it('waits for a run that is a promise before it begins the next', async () => {
    let running = 0
    let most = 0
    const run = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await new Promise((done) => setImmediate(done))
      running--
    }
    await measure(caseOf(entrant('a', 'peer', () => contestant({ run }))), BUDGET)
    expect([most, running]).toEqual([1, 0])
  })

  it('holds an entrant with exact numbers of its own to those', async () => {
    const own = { ...entrant('a', 'ours', () => contestant({ prove: () => [7] })), exact: () => [7] }
    const { results } = await measure(caseOf(own), BUDGET)
    expect(results.every(isTimed)).toBe(true)
  })

  it('closes everyone, also who was wrong', async () => {
    const closed: string[] = []
    const closing = (name: string, numbers: number[]): Entrant =>
      entrant(name, 'peer', () => contestant({ prove: () => numbers, close: () => closed.push(name) }))
    await measure(caseOf(closing('right', [1, 2]), closing('wrong', [0, 0])), BUDGET)
    expect(closed.sort()).toEqual(['right', 'wrong'])
  })
})

it('a machine that others work on is warned of', () => {
  expect(warning({ load: 0.2, cores: 2 })).toBeUndefined()
  expect(warning({ load: 3, cores: 2 })).toContain('load 3 on 2 cores')
})

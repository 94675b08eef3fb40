/** Verdicts of the bar, and lines that fit a terminal. */
import { describe, expect, it, vi } from 'vitest'
import { exitCode, judge } from '../../bench/bar/judge.ts'
import type { Asked, Goal, Line } from '../../bench/bar/judge.ts'
import { heatsOf } from '../../bench/bar/lines.ts'
import { parseOptions, underNode } from '../../bench/bar/options.ts'
import { absentees, heading, show, showBytes, speed } from '../../bench/bar/show.ts'
import type { Outcome, Result, Side } from '../../bench/measure/case.ts'
import { spreadOf } from '../../bench/measure/statistics.ts'

const timed = (name: string, side: Side, milliseconds: number): Result => ({
  name,
  side,
  ran: `${name} ran`,
  cold: 10,
  warm: spreadOf([milliseconds]),
  deviation: 0,
})
const missing = (name: string): Result => ({ name, side: 'peer', missing: 'not installed' })
const outcome = (...results: readonly Result[]): Outcome => ({ group: 'g', size: 's', scale: 1, results })
const faster = (times: number): Asked => ({ what: 'a line', goal: { kind: 'faster', times } })
const verdict = (goal: Goal, ...results: readonly Result[]): string =>
  judge(outcome(...results), { what: 'a line', goal }).verdict

describe('judge', () => {
  it('holds ours against the best peer, not against a yardstick', () => {
    const line = judge(
      outcome(
        timed('us', 'ours', 2),
        timed('slow', 'peer', 9),
        timed('fast', 'peer', 3),
        timed('naive', 'yardstick', 1),
      ),
      faster(1.5),
    )
    expect(line).toMatchObject({ against: { name: 'fast', milliseconds: 3 }, ratio: 1.5, ours: 2, verdict: 'holds' })
  })

  it('says what of ours ran, the fastest of those that may answer', () => {
    const results = [timed('eager', 'ours', 5), timed('compiled', 'ours', 1), timed('peer', 'peer', 6)]
    expect(judge(outcome(...results), faster(2)).ran).toBe('compiled ran')
    expect(judge(outcome(...results), { ...faster(2), ours: ['eager'] })).toMatchObject({
      ran: 'eager ran',
      verdict: 'falls short',
    })
  })

  it('falls short by the smallest margin', () => {
    expect(verdict({ kind: 'faster', times: 2 }, timed('us', 'ours', 1), timed('peer', 'peer', 1.999))).toBe(
      'falls short',
    )
    expect(verdict({ kind: 'within', milliseconds: 1 }, timed('us', 'ours', 1.001))).toBe('falls short')
    expect(verdict({ kind: 'within', milliseconds: 1 }, timed('us', 'ours', 1))).toBe('holds')
  })

  it('counts no missing peer as beaten', () => {
    const alone = judge(outcome(timed('us', 'ours', 1), missing('them')), faster(1))
    expect(alone).toMatchObject({ verdict: 'open', absent: [{ name: 'them', why: 'not installed' }] })
    expect(alone.ratio).toBeUndefined()
    const slowerThere = [timed('us', 'ours', 1), timed('other', 'peer', 5), missing('them')]
    expect(verdict({ kind: 'faster', times: 2 }, ...slowerThere)).toBe('open')
    expect(verdict({ kind: 'faster', times: 9 }, ...slowerThere)).toBe('falls short')
  })

  it('asks beside some peers alone where these are named', () => {
    const results = [timed('us', 'ours', 1), timed('torch', 'peer', 6), timed('jax', 'peer', 3), missing('onnx')]
    expect(judge(outcome(...results), { ...faster(5), beside: ['torch'] })).toMatchObject({
      against: { name: 'torch' },
      verdict: 'holds',
      absent: [],
    })
    expect(judge(outcome(...results), { ...faster(1), beside: ['torch', 'onnx'] }).verdict).toBe('open')
  })

  it('neither counts a peer of wrong numbers nor waits for it', () => {
    const liar: Result = { name: 'liar', side: 'peer', ran: 'there', wrong: 'expected 1 at 0 but got 2' }
    const line = judge(outcome(timed('us', 'ours', 1), timed('peer', 'peer', 2), liar), faster(1.5))
    expect(line).toMatchObject({ verdict: 'holds', against: { name: 'peer' } })
    expect(absentees([line])).toEqual(['liar: wrong numbers: expected 1 at 0 but got 2'])
  })

  it('falls short where nothing of ours ran', () => {
    const wrong: Result = { name: 'us', side: 'ours', ran: 'here', wrong: 'expected 1 at 0 but got 2' }
    expect(verdict({ kind: 'faster', times: 0.1 }, wrong, timed('peer', 'peer', 2))).toBe('falls short')
  })

  it('asks for a share of the speed of one of the contestants', () => {
    const share: Goal = { kind: 'share', of: 'ceiling', share: 0.85 }
    expect(verdict(share, timed('us', 'ours', 10), timed('ceiling', 'yardstick', 8.5))).toBe('holds')
    expect(verdict(share, timed('us', 'ours', 10), timed('ceiling', 'yardstick', 8.4))).toBe('falls short')
  })
})

it('exits with 1 only where a line falls short', () => {
  expect(exitCode([{ verdict: 'holds' }, { verdict: 'open' }])).toBe(0)
  expect(exitCode([{ verdict: 'holds' }, { verdict: 'falls short' }])).toBe(1)
})

describe('a line', () => {
  const long: Line = {
    what: 'A·Bᵀ 1000×500×300',
    ours: 1.2345,
    against: { name: 'torch eager ×1', milliseconds: 0.0701 },
    ratio: 123.4,
    goal: { kind: 'within', milliseconds: 0.02 },
    verdict: 'falls short',
    absent: [],
  }

  it('fits 80 columns', () => {
    expect(heading().length).toBeLessThanOrEqual(80)
    expect(show(long).length).toBeLessThanOrEqual(80)
    expect(show(long, speed(1e7)).length).toBeLessThanOrEqual(80)
    expect(showBytes({ what: 'allocation per step', bytes: 12345, verdict: 'falls short' }).length).toBeLessThanOrEqual(
      80,
    )
  })

  it('shows what was measured in the units that it has', () => {
    const line = show({ ...long, ratio: 1.5, goal: { kind: 'faster', times: 1.3 }, verdict: 'holds' })
    expect(line.split(/ {2,}/)).toEqual([
      'A·Bᵀ 1000×500×300',
      '1.23 ms torch eager ×1 70.1 µs',
      '1.50× ≥ 1.3×',
      'holds',
    ])
  })

  it('says that a peer is missing', () => {
    const { against: _, ratio: __, ...alone } = long
    expect(show({ ...alone, verdict: 'open' })).toContain('missing')
  })
})

it.each(['narrow', 'wide'] as const)('names of all %s lines fit their column, and no two are the same', (width) => {
  const names = heatsOf(width).flatMap(({ asked }) => asked.map(({ what, goal }) => `${what} ${JSON.stringify(goal)}`))
  expect(new Set(names).size).toBe(names.length)
  for (const { asked } of heatsOf(width)) for (const { what } of asked) expect(what.length).toBeLessThanOrEqual(19)
})

it('more is asked of products where vectors are wide', () => {
  const timesOf = (width: 'narrow' | 'wide'): number[] =>
    heatsOf(width).flatMap(({ asked, speeds }) =>
      asked.flatMap(({ goal }) => (speeds && goal.kind === 'faster' ? goal.times : [])),
    )
  expect(new Set(timesOf('narrow'))).toEqual(new Set([1.3]))
  expect(new Set(timesOf('wide'))).toEqual(new Set([1.8]))
})

describe('the command line of the bar', () => {
  it('runs everything, as wide as it can, where nothing is said', () => {
    expect(parseOptions([])).toEqual({ narrow: false, only: '' })
  })

  it('goes on to another Node with what else was said', () => {
    const options = parseOptions(['--node', '24', '--narrow', '--only', 'PLE step'])
    expect(underNode('24', options, 'bar.ts').join(' ')).toBe(
      'npx -y node@24 --import tsx bar.ts --narrow --only PLE step',
    )
  })

  it('refuses what is no version', () => {
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect(() => parseOptions(['--node', 'latest'])).toThrow('Expected a version, such as 24.')
    silent.mockRestore()
  })
})

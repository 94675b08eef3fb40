/** The page of a run. */
import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import type { Outcome, Result } from '../../bench/measure/case.ts'
import { spreadOf } from '../../bench/measure/statistics.ts'
import { page } from '../../bench/report/page.ts'
import type { Run } from '../../bench/report/page.ts'
import { pointsOf } from '../../bench/report/roofline.ts'
import { faultsOf } from '../examples/tableFaults.ts'

const timed = (name: string, milliseconds: number, side: 'ours' | 'peer' = 'ours'): Result => ({
  name,
  side,
  ran: `${name} & more`,
  cold: 3,
  warm: spreadOf([milliseconds]),
  deviation: 1e-7,
})
const outcome = (scale: number, ...results: readonly Result[]): Outcome => ({
  group: 'matmul A·B',
  size: `${scale}³`,
  scale,
  flops: 2 * scale ** 3,
  bytes: 12 * scale ** 2,
  results,
})
const run: Run = {
  machine: {
    date: '2026-01-02T03:04:05.000Z',
    cpu: 'A <fast> processor',
    cores: 2,
    memoryGiB: 8,
    platform: 'linux x64',
    node: 'v20.19.0',
    v8: '11',
    relaxedSimd: 'offered',
    load: 0.1,
    peers: { 'some-peer': '1.2.3' },
  },
  width: 'wide',
  ceilings: { plain: 40, relaxed: 60, memory: 20 },
  outcomes: [
    outcome(64, timed('wasm', 0.02), timed('peer', 0.04, 'peer')),
    outcome(128, timed('wasm', 0.1), { name: 'absent', side: 'peer', missing: 'not installed' }),
  ],
}

describe('the page', () => {
  const { document } = new JSDOM(page(run)).window

  it('says what it ran on, and escapes it', () => {
    expect(document.body.textContent).toContain('A <fast> processor, 2 cores')
    expect(document.body.textContent).toContain('some-peer 1.2.3')
    expect(document.body.textContent).toContain('256 bits')
  })

  it('has the roofline and a ladder for each group of several sizes', () => {
    expect(document.querySelectorAll('svg')).toHaveLength(2)
    expect(document.body.textContent).toContain('multiply-adds, relaxed: 60 GFLOP/s')
  })

  it('has every number in a table, and who is missing with the reason', () => {
    const rows = [...document.querySelectorAll('tbody tr')].map(({ textContent }) => textContent)
    expect(rows).toHaveLength(4)
    expect(rows[0]).toContain('26.21')
    expect(rows.find((row) => row.includes('absent'))).toContain('not installed')
  })

  it('has tables and figures for keyboards and screen readers too', () => {
    expect(document.querySelectorAll('table')).toHaveLength(2)
    expect(faultsOf(page(run))).toEqual([])
  })

  it('asks the network for nothing', () => {
    expect(page(run)).not.toMatch(/<script|src=|href="http/)
  })

  it('does without relaxed SIMD', () => {
    const plain = { ...run, ceilings: { ...run.ceilings, relaxed: NaN } }
    expect(page(plain)).not.toContain('relaxed: NaN')
  })
})

it('a dot of the roofline stands at operations per byte and at GFLOP/s', () => {
  const [{ intensity, speed }] = pointsOf(run.outcomes)
  expect(intensity).toBeCloseTo(64 / 6)
  expect(speed).toBeCloseTo((2 * 64 ** 3) / 0.02 / 1e6)
})

/** The ladder in a browser: its rungs, its lines and the page that is kept. */
import { describe, expect, it } from 'vitest'
import { RUNGS } from '../../bench/browser/rungs.ts'
import { line, markdown } from '../../bench/browser/table.ts'
import type { Measured, Run } from '../../bench/browser/table.ts'
import { isMissing } from '../../bench/measure/case.ts'
import { agreement } from '../../bench/measure/agreement.ts'
import { spreadOf } from '../../bench/measure/statistics.ts'
import { cpu } from '../../src/index.ts'

const timed = (ran: string, milliseconds: number): Measured['narrow'] => ({
  ran,
  deviation: 1e-7,
  ...spreadOf([milliseconds]),
})
const product: Measured = {
  group: 'A·Bᵀ',
  size: '1000×500×300',
  flops: 3e8,
  narrow: timed('wasm-relaxed', 6),
  wide: timed('wasm-relaxed-wide', 4),
}
const sums: Measured = {
  group: 'sum over rows',
  size: '1024 rows of 256',
  narrow: timed('wasm-relaxed', 0.06),
  wide: timed('wasm-relaxed-wide', 0.05),
}
const run: Run = {
  machine: {
    date: '2026-01-02T03:04:05.000Z',
    cpu: 'A processor',
    cores: 2,
    memoryGiB: 8,
    platform: 'linux x64',
    node: 'v24.0.0',
    v8: '13',
    relaxedSimd: 'offered',
    load: 0.1,
    peers: {},
  },
  hosts: (['narrow', 'wide'] as const).map((width) => ({
    name: 'Chromium 150',
    width,
    flags: [],
    ceilings: { plain: 50, relaxed: { narrow: 60, wide: 119.4 }[width], memory: 20 },
  })),
  rungs: [product, sums],
}

describe('the ladder in a browser', () => {
  it('has lines of 80 columns', () => {
    expect(line(product)).toContain('1.50×')
    for (const measured of run.rungs) expect(line(measured).length).toBeLessThanOrEqual(80)
  })

  it('is kept as a page with a row for each rung, that says where it was measured and what ran', () => {
    const page = markdown(run)
    expect(page).toContain('Chromium 150 on A processor (2 cores)')
    expect(page).toContain('60 GFLOP/s narrow and 119 GFLOP/s wide')
    expect(page).toContain('`wasm-relaxed-wide` where it is wide')
    expect(page).toContain('| sum over rows 1024 rows of 256 | 60.0 µs | 50.0 µs | 1.20× |')
  })

  it('proves what it measures', () => {
    const { exact, tolerance, enter } = RUNGS[0]()
    const entered = enter(cpu)
    if (isMissing(entered)) throw new Error(entered.missing)
    entered.run()
    expect(agreement(entered.prove() as ArrayLike<number>, exact(), tolerance).wrong).toBeUndefined()
  })
})

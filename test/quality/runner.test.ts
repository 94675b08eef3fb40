/** A study runs what it lacks and no more: planned from what is kept, done by workers, stopped without loss. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hire } from '../../bench/quality/hire.ts'
import { remaining, reporter, span } from '../../bench/quality/progress.ts'
import { plan, runMissing } from '../../bench/quality/runner.ts'
import type { Worker } from '../../bench/quality/runner.ts'
import { openStore } from '../../bench/quality/store.ts'
import type { Study } from '../../bench/quality/study.ts'
import { MADE_UP, measured, run, valueOf } from './madeUp.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plegrad-runner-'))))
afterEach(() => rmSync(folder, { recursive: true }))
const open = () => openStore(join(folder, 'runs.jsonl'))

/** Answers at once, in this process. */
const instant = (): Worker => ({
  train: async ({ cell, seed }) => ({ ...measured(valueOf(cell, seed)), relaxedSimd: 'offered' }),
  stop: () => {},
})

const namesOf = (runs: readonly { readonly cell: string; readonly seed: number }[]): readonly string[] =>
  runs.map(({ cell, seed }) => `${cell} ${seed}`)

const changed = (facts: Study['settings'][number]['cells'][number]['facts']): Study => {
  const [setting] = MADE_UP.settings
  const [single, other] = setting.cells
  return { ...MADE_UP, settings: [{ ...setting, cells: [single, { ...other, facts }] }] }
}

describe('plan', () => {
  it('has every seed of every cell, seeds outermost', () => {
    expect(namesOf(plan(MADE_UP, [1, 2], open()).missing)).toEqual(['single 1', 'other 1', 'single 2', 'other 2'])
  })

  it('lacks only what has not been run', async () => {
    await runMissing(plan(MADE_UP, [1], open()).missing, { jobs: 2, hire: instant, store: open() })
    const { done, missing } = plan(MADE_UP, [1, 2], open())
    expect(namesOf(done)).toEqual(['single 1', 'other 1'])
    expect(namesOf(missing)).toEqual(['single 2', 'other 2'])
    expect(done[1].metrics).toEqual({ 'click auc': valueOf('other', 1) })
  })

  it('runs a cell anew that has changed, and everything when it is to be fresh', async () => {
    await runMissing(plan(MADE_UP, [1], open()).missing, { jobs: 1, hire: instant, store: open() })
    expect(namesOf(plan(changed({ model: 'other', epochs: 2 }), [1], open()).missing)).toEqual(['other 1'])
    expect(plan(MADE_UP, [1], open(), true).missing).toHaveLength(2)
  })

  it('finds the runs of another study, under its own names', async () => {
    await runMissing(plan(MADE_UP, [1], open()).missing, { jobs: 1, hire: instant, store: open() })
    const twin: Study = { ...MADE_UP, name: 'twin', settings: [{ ...MADE_UP.settings[0], name: 'elsewhere' }] }
    const { done, missing } = plan(twin, [1], open())
    expect(missing).toEqual([])
    expect(done.map(({ setting }) => setting)).toEqual(['elsewhere', 'elsewhere'])
  })

  it('lacks a run once that stands in two settings', () => {
    const [setting] = MADE_UP.settings
    const both: Study = { ...MADE_UP, settings: [setting, { ...setting, name: 'again' }] }
    expect(namesOf(plan(both, [1], open()).missing)).toEqual(['single 1', 'other 1'])
  })
})

describe('runMissing', () => {
  it('keeps what had ended when it was stopped', async () => {
    const controller = new AbortController()
    const runs = await runMissing(plan(MADE_UP, [1, 2], open()).missing, {
      jobs: 1,
      hire: instant,
      store: open(),
      signal: controller.signal,
      onRun: () => controller.abort(),
    })
    expect(namesOf(runs)).toEqual(['single 1'])
    expect(namesOf(plan(MADE_UP, [1, 2], open()).missing)).toEqual(['other 1', 'single 2', 'other 2'])
  })

  it('hires no more workers than there are runs, and stops each', async () => {
    let [hired, stopped] = [0, 0]
    const counted = (): Worker => {
      hired++
      return {
        ...instant(),
        stop: () => {
          stopped++
        },
      }
    }
    await runMissing(plan(MADE_UP, [1], open()).missing, { jobs: 8, hire: counted, store: open() })
    expect([hired, stopped]).toEqual([2, 2])
  })

  it('runs in processes of its own, and tells which run failed', async () => {
    const module = fileURLToPath(new URL('madeUp.ts', import.meta.url))
    const settings = { jobs: 2, hire: () => hire(module), store: open() }
    const runs = await runMissing(plan(MADE_UP, [1], open()).missing, settings)
    expect([...namesOf(runs)].sort()).toEqual(['other 1', 'single 1'])
    expect(runs.find(({ cell }) => cell === 'other')?.metrics).toEqual({ 'click auc': valueOf('other', 1) })
    await expect(runMissing(plan(MADE_UP, [13], open()).missing, settings)).rejects.toThrow(
      /^nothing, (single|other), seed 13: expected any seed but 13$/,
    )
  })

  it('says so when a worker goes away', async () => {
    const lost = join(folder, 'none.ts')
    await expect(
      runMissing(plan(MADE_UP, [1], open()).missing.slice(0, 1), { jobs: 1, hire: () => hire(lost), store: open() }),
    ).rejects.toThrow('nothing, single, seed 1: the worker ended with code 1')
  })
})

describe('progress', () => {
  it('estimates what is left by runs of the same cell, shared among jobs', () => {
    const { missing } = plan(MADE_UP, [1, 2], open())
    const known = [
      { ...run('nothing', 'single', 3, {}), seconds: 2 },
      { ...run('nothing', 'other', 3, {}), seconds: 10 },
    ]
    expect(remaining(missing, known, 2)).toBe((2 + 10 + 2 + 10) / 2)
    expect(remaining(missing, known.slice(0, 1), 1)).toBe(8)
    expect([span(0.2), span(89), span(91)]).toEqual(['1 s', '89 s', '2 min'])
  })

  it('prints a line for each run', () => {
    const planned = plan(MADE_UP, [1], open())
    const lines: string[] = []
    const report = reporter(MADE_UP, planned, 1, (line) => lines.push(line))
    for (const { key, cell } of planned.missing) report(run('nothing', cell, 1, { 'click auc': 0.71 }, key))
    expect(lines).toEqual(['1/2  single seed 1: click 0.7100, 2 s, 2 s left', '2/2  other seed 1: click 0.7100, 2 s'])
  })
})

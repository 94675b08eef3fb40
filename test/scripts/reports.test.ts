/** What the closing lines of a whole check say: of reports that vitest wrote of tests which pass, fail, break and skip. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closingLine, failureLines, outcomeOf } from '../../scripts/reports.ts'
import type { Outcome } from '../../scripts/reports.ts'

// Inside the repository, whose configuration of vitest it is that writes reports.
const folder = resolve('.cache/reports')
const report = join(folder, 'report.json')
const FILES = {
  'test/sums.test.ts': `
    import { describe, expect, it } from 'vitest'
    it('one and one are two', () => expect(1 + 1).toBe(2))
    describe('a wrong sum', () => {
      describe('of two', () => it('is seen', () => expect(1 + 1, 'one and one').toBe(3)))
      it.skip('is skipped', () => {})
      it.todo('is still to be written')
    })
    let times = 0
    it('passes the second time', () => expect(++times).toBe(2))
    it('throws much', () => { throw new Error('x'.repeat(1000)) })`,
  'test/broken.test.ts': `throw new Error('nothing was collected\\nof this')`,
}

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'test'), { recursive: true })
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  const args = [resolve('node_modules/vitest/vitest.mjs'), 'run', '--root', folder]
  spawnSync(process.execPath, args, { env: { ...process.env, VITEST_JSON: report }, stdio: 'ignore' })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('a report', () => {
  it('counts what passed and was skipped, and names what failed, or did the first time, with the first line of why', () => {
    const { passed, skipped, failures, unsteady } = outcomeOf(report)
    expect({ passed, skipped }).toEqual({ passed: 2, skipped: 2 })
    expect(unsteady).toEqual([
      {
        test: '.cache/reports/test/sums.test.ts › passes the second time',
        message: 'AssertionError: expected 1 to be 2 // Object.is equality',
      },
    ])
    expect([...failures].sort((a, b) => (a.test < b.test ? -1 : 1))).toEqual([
      { test: '.cache/reports/test/broken.test.ts', message: 'nothing was collected' },
      {
        test: '.cache/reports/test/sums.test.ts › a wrong sum › of two › is seen',
        message: 'AssertionError: one and one: expected 2 to be 3 // Object.is equality',
      },
      { test: '.cache/reports/test/sums.test.ts › throws much', message: `Error: ${'x'.repeat(293)}…` },
    ])
  })

  it('that is not there is a failure of its own', () => {
    const { passed, failures } = outcomeOf(join(folder, 'none.json'))
    expect(passed).toBe(0)
    expect(failures).toEqual([
      {
        test: join(folder, 'none.json'),
        message: expect.stringMatching(/^no report: Error: ENOENT/) as string,
      },
    ])
  })
})

const failing = (count: number): Outcome => ({
  passed: 3,
  skipped: 0,
  failures: Array.from({ length: count }, (_, at) => ({ test: `t${at}`, message: `because ${at}` })),
  unsteady: [],
})

it('failed tests are told two lines each, and those beyond a limit are counted', () => {
  expect(failureLines([])).toEqual([])
  expect(failureLines(failing(2).failures)).toEqual(['✗ t0', '  because 0', '✗ t1', '  because 1'])
  expect(failureLines(failing(23).failures)).toHaveLength(41)
  expect(failureLines(failing(23).failures).slice(-2)).toEqual(['  because 19', '… and 3 more'])
})

it('the last line adds all reports, and speaks of skipped tests where there are some', () => {
  expect(closingLine([failing(0), failing(2)])).toBe('6 passed, 2 failed')
  expect(closingLine([failing(0), { ...failing(0), skipped: 4 }])).toBe('6 passed, 0 failed, 4 skipped')
})

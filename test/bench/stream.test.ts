/** What the bench of streams prints at a size that a test has time for: a cost that does not grow with the table. */
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

interface Found {
  readonly rows: number
  readonly seconds: number
  readonly waiting: number
  readonly peak: number
  readonly readBy: string
  readonly loss: number
}

it('trains on ten times the rows for ten times the time, in memory that is not theirs, and learns', () => {
  const argv = ['--import', 'tsx', 'bench/stream.ts', '--rows', '1e5,1e6', '--buffer', '16384', '--json']
  const [small, large] = JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as readonly Found[]
  expect([small.rows, large.rows]).toEqual([1e5, 1e6])
  expect([small.readBy, large.readBy]).toEqual(['a thread of its own', 'a thread of its own'])
  // Twice for a machine that does something else meanwhile: a cost that grows would be ten times.
  expect(large.seconds / large.rows).toBeLessThan((2 * small.seconds) / small.rows)
  expect(large.peak - small.peak).toBeLessThan(250 * 2 ** 20)
  expect(large.waiting).toBeLessThan(0.5)
  expect(large.loss).toBeLessThan(small.loss)
}, 180_000)

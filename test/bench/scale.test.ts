/** What a step would take on many ranks: what the arithmetic says at its ends, and that the page has its numbers. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stepSeconds } from '../../bench/scale/simulate.ts'

/** As docs/scale.md has them. */
const PARTS = { rows: 1024, compute: 1024 / 11193, dense: 1_325_576, tables: 652_360 }
const speed = (kind: 'whole' | 'dealt', ranks: number): number => (ranks * PARTS.rows) / stepSeconds(kind, ranks, PARTS)

describe('a step that is simulated', () => {
  it('is what was measured where there is one rank', () => {
    expect(stepSeconds('whole', 1, PARTS)).toBe(PARTS.compute)
    expect(stepSeconds('dealt', 1, PARTS)).toBe(PARTS.compute)
  })

  it('grows with the ranks by rows of whole tables, and hardly by those of dealt ones', () => {
    expect(stepSeconds('whole', 1000, PARTS)).toBeGreaterThan(5 * stepSeconds('whole', 8, PARTS))
    expect(stepSeconds('dealt', 1000, PARTS)).toBeLessThan(1.2 * stepSeconds('dealt', 8, PARTS))
  })

  it('is never less than that of one rank, nor of fewer', () => {
    for (const kind of ['whole', 'dealt'] as const) {
      const seconds = [1, 2, 3, 4, 8, 100, 1000].map((ranks) => stepSeconds(kind, ranks, PARTS))
      expect([...seconds].sort((a, b) => a - b)).toEqual(seconds)
    }
  })

  it('is what docs/scale.md says', () => {
    const lines = readFileSync('docs/scale.md', 'utf8').split('\n')
    for (const ranks of [8, 64, 256, 1000]) {
      const line = lines.find((each) => each.startsWith(`| ${ranks.toLocaleString('en')} `) && each.includes('%'))
      const [, , whole, dealt] = (line ?? '').split('|').map((cell) => Number(cell.replaceAll(',', '')))
      expect(whole / speed('whole', ranks)).toBeCloseTo(1, 2)
      expect(dealt / speed('dealt', ranks)).toBeCloseTo(1, 2)
    }
  })
})

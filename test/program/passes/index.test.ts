/** The passes as a whole: what they are called, and that the page on programs has them in their order. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PASSES } from '../../../src/program/passes/index.ts'

it('docs/programs.md lists every pass in order', () => {
  const rows = readFileSync('docs/programs.md', 'utf8').match(/^\| [a-z ]+ \|/gm) ?? []
  const listed = rows.map((row) => row.replaceAll('|', '').trim()).filter((name) => name !== 'pass')
  expect(listed).toEqual(PASSES.map(({ name }) => name))
})

it('each says what it does in a line', () => {
  for (const { does } of PASSES) expect(does).toMatch(/^[a-z].{10,110}[^.]$/)
})

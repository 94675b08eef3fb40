/** What is checked in is what the source builds to, and the page about it lists what there is. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { build } from '../../../scripts/build-wasm.ts'
import { cpuKernels, wasm } from '../../../src/kernels/index.ts'

it('the binary in the tree is what its source builds to', async () => {
  const { file, text } = await build()
  expect(readFileSync(file, 'utf8') === text, 'npm run build:wasm').toBe(true)
})

it('the table of docs/wasm.md has every verb, and says truly which has a kernel of its own', () => {
  const verbs = Object.entries(wasm({ bytes: 2 ** 24 }).kernels)
  const isReference = ([verb, kernel]: (typeof verbs)[number]): boolean =>
    cpuKernels[verb as keyof typeof cpuKernels] === kernel
  const own = verbs.filter((each) => !isReference(each)).map(([verb]) => verb)
  const rows = [...readFileSync('docs/wasm.md', 'utf8').matchAll(/^\| +(\w+) +\| +(.*?) +\| +(.*?) +\|$/gm)].slice(1)
  const namesIn = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(rows.flatMap(([, , cell]) => namesIn(cell)).sort()).toEqual(own.sort())
  const others = verbs.filter(isReference).map(([verb]) => verb)
  expect(rows.flatMap(([, , , cell]) => namesIn(cell)).sort()).toEqual(others.sort())
})

/** What is checked in is what the source builds to, and the page about it lists what there is. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { GENERATED, build } from '../../../scripts/build-wasm.ts'
import { cpuKernels, wasm } from '../../../src/kernels/index.ts'
import { ownKernels } from '../../../src/kernels/wasm/index.ts'

it('the binaries in the tree are what their source builds to', async () => {
  const { text } = await build()
  expect(readFileSync(GENERATED, 'utf8') === text, 'npm run build:wasm').toBe(true)
})

it('the table of docs/wasm.md has every verb, and says truly which has a kernel of its own', () => {
  const backend = wasm({ bytes: 2 ** 24 })
  const own = Object.keys(ownKernels(backend.exports, new Int32Array(backend.memory.buffer, 64, 48)))
  const verbs = [...new Set([...Object.keys(cpuKernels), ...own])]
  const rows = [...readFileSync('docs/wasm.md', 'utf8').matchAll(/^\| +(\w+) +\| +(.*?) +\| +(.*?) +\|$/gm)].slice(1)
  const namesIn = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(rows.flatMap(([, , cell]) => namesIn(cell)).sort()).toEqual([...own].sort())
  const others = verbs.filter((verb) => !own.includes(verb))
  expect(rows.flatMap(([, , , cell]) => namesIn(cell)).sort()).toEqual(others.sort())
})

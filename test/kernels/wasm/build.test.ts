/** What is checked in is what the source builds to, and the page about it lists what there is. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { BINARIES, build } from '../../../scripts/build-wasm.ts'
import { ownKernel, wasm } from '../../../src/kernels/index.ts'
import type { AnyKernel, Backend } from '../../../src/kernels/index.ts'
import * as table from '../../../src/kernels/table/index.ts'

it.each(Object.keys(BINARIES) as (keyof typeof BINARIES)[])(
  'the binary of %s is what its source builds to',
  async (entry) => {
    const { file, text } = await build(entry)
    expect(readFileSync(file, 'utf8') === text, 'npm run build:wasm').toBe(true)
  },
)

it('the table of docs/wasm.md has every verb, and says truly which has a kernel of its own', () => {
  const backend = wasm({ bytes: 2 ** 24 }) as unknown as Backend
  const isOwn = (kernel: AnyKernel): boolean => ownKernel(backend, kernel) !== undefined
  const verbsOf = (kernels: readonly AnyKernel[]): string[] => kernels.map(({ verb }) => verb)
  const declared = Object.values<AnyKernel>(table)
  const own = verbsOf(declared.filter(isOwn))
  const rows = [...readFileSync('docs/wasm.md', 'utf8').matchAll(/^\| +(\w+) +\| +(.*?) +\| +(.*?) +\|$/gm)].slice(1)
  const namesIn = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(rows.flatMap(([, , cell]) => namesIn(cell)).sort()).toEqual(own.sort())
  const others = verbsOf(declared.filter((kernel) => !isOwn(kernel)))
  expect(rows.flatMap(([, , , cell]) => namesIn(cell)).sort()).toEqual(others.sort())
})

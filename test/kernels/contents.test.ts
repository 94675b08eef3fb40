/** The lists of verbs, read from the interfaces' own text, against what the reference offers. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'

const filesOf = (folder: string): string[] => readdirSync(new URL(`../../src/kernels/${folder}`, import.meta.url))

const verbsOf = (file: string): string[] => {
  const source = readFileSync(new URL(`../../src/kernels/${file}`, import.meta.url), 'utf8')
  return [...source.matchAll(/^ {2}(\w+)\(/gm)].map(([, verb]) => verb)
}

it('the reference offers every verb of the interface, and nothing that is not one', () => {
  const verbs = [...verbsOf('kernels.ts'), ...verbsOf('updates.ts')]
  expect(verbs.length).toBeGreaterThan(60)
  expect(Object.keys(cpuKernels).sort()).toEqual(verbs.sort())
})

it('no fused verb is one that every backend must have', () => {
  const fused = verbsOf('fused.ts')
  expect(fused.length).toBeGreaterThan(0)
  expect(fused.filter((verb) => verb in cpuKernels)).toEqual([])
})

it.each(['wasm', 'gpujs'])('%s has a file for each of the reference', (backend) => {
  // What is rare and long has a file of its own there.
  const files = filesOf('cpu').filter((file) => file !== 'erf.ts')
  expect(files.length).toBeGreaterThan(10)
  expect(filesOf(backend)).toEqual(expect.arrayContaining(files))
})

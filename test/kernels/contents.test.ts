/** The table of kernels: what is declared, and what the reference and the other backends have of it. */
import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cpuKernels, formOf } from '../../src/kernels/index.ts'
import type { AnyKernel } from '../../src/kernels/index.ts'
import * as table from '../../src/kernels/table/index.ts'

const filesOf = (folder: string): string[] => readdirSync(new URL(`../../src/kernels/${folder}`, import.meta.url))
const declared = Object.entries<AnyKernel>(table)
/** What is rare and long has a file of its own on the CPU, and so has what only saved programs call there. */
const references = filesOf('cpu').filter((file) => !['erf.ts', 'joined.ts', 'serving.ts'].includes(file))

it('each kernel is called by the name it is exported under', () => {
  expect(declared.length).toBeGreaterThan(70)
  for (const [name, { verb }] of declared) expect(verb).toBe(name)
})

it('each loop of the reference is the kernel of a declaration, but for those within one', async () => {
  const files = references.filter((file) => file !== 'index.ts')
  const modules = await Promise.all(
    files.map((file) => import(new URL(`../../src/kernels/cpu/${file}`, import.meta.url).href) as Promise<object>),
  )
  const verbs = new Map(declared.map(([, kernel]) => [kernel.reference, kernel.verb]))
  for (const [name, loop] of modules.flatMap((module) => Object.entries(module) as [string, object][]))
    expect(verbs.get(loop)).toBe(name)
  expect(Object.keys(cpuKernels).sort()).toEqual(
    declared
      .filter(([, { reference }]) => reference)
      .map(([name]) => name)
      .sort(),
  )
})

it('a kernel writes or changes something, and each of its buffers has axes', () => {
  for (const [, kernel] of declared) {
    const { buffers } = formOf(kernel)
    expect(
      buffers.some(({ role }) => role !== 'read'),
      kernel.verb,
    ).toBe(true)
    for (const { axes } of buffers) expect(axes.length, kernel.verb).toBeGreaterThan(0)
  }
})

it('what a kernel costs is said by the names of its arguments', () => {
  for (const [, kernel] of declared) {
    const { buffers, numbers } = formOf(kernel)
    const known = [...numbers, ...buffers.map(({ name }) => name)]
    for (const word of [kernel.flops, kernel.looks].flatMap((formula) => formula?.split(/ (?:\+ )?/) ?? []))
      expect(known.includes(word) || /^-?\d+$/.test(word), `${word} of ${kernel.verb}`).toBe(true)
  }
})

it('gpujs has a file for each of the reference', () => {
  expect(references.length).toBeGreaterThan(10)
  // Whoever scores with rounded weights has its memory at hand.
  expect(filesOf('gpujs')).toEqual(expect.arrayContaining(references.filter((file) => file !== 'rounded.ts')))
})

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cpuKernels } from '../../src/kernels/index.ts'

it('the reference offers every verb of the interface, and nothing that is not one', () => {
  const source = readFileSync(new URL('../../src/kernels/kernels.ts', import.meta.url), 'utf8')
  const verbs = [...source.matchAll(/^ {2}(\w+)\(/gm)].map(([, verb]) => verb)
  expect(verbs.length).toBeGreaterThan(60)
  expect(Object.keys(cpuKernels).sort()).toEqual(verbs.sort())
})

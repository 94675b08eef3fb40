/** All suites for one mode of GPU.js, or the reason why this machine cannot run it, which is never silent. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { gpujs } from '../../src/gpujs.ts'
import type { CompilesAsync, GpujsBackend, Mode } from '../../src/gpujs.ts'
import { classOf, deviceOf, lackOf } from '../../src/kernels/gpujs/index.ts'
import { drawing } from './drawing.shared.ts'
import { empty } from './empty.shared.ts'
import type { Given } from './given.ts'
import { laws } from './laws.shared.ts'
import { models } from './models.shared.ts'
import { products } from './products.shared.ts'
import { programs } from './programs.shared.ts'
import { special } from './special.shared.ts'
import { updates } from './updates.shared.ts'

const SUITES: Readonly<Record<string, (given: Given) => void>> = {
  products,
  updates,
  laws,
  'special numbers': special,
  'empty tensors': empty,
  models,
  programs,
  drawing,
}

/** Registers everything for `mode` under a name that says what it ran on. */
export async function everything(mode: Mode): Promise<void> {
  const lack = await lackOf(mode, await classOf())
  if (lack !== undefined) {
    describe(`${mode}, skipped: ${lack}`, () => {
      it.skip('runs')
    })
    return
  }
  const { name = 'an unknown driver' } = await deviceOf(mode, globalThis)
  describe(`${mode} on ${name}`, () => {
    // Each suite has a backend of its own, so that it counts only what it made itself.
    describe.each(Object.entries(SUITES))('%s', (_, suite) => {
      let backend: (GpujsBackend & CompilesAsync) | undefined
      beforeAll(async () => {
        backend = await gpujs({ mode })
      })
      afterAll(() => backend?.release())
      suite(() => backend!)
    })
  })
}

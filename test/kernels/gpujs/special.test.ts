/** NaN, infinities and zeros come out of GPU.js as out of the reference. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import type { GpujsBackend } from '../../../src/gpujs.ts'
import { NO_DRIVER, answerOf, driver } from './dawn.ts'
import { SPECIAL, differences } from './special.ts'

describe.each(['cpu', 'webasm'] as const)('in mode %s', (mode) => {
  let backend: GpujsBackend
  beforeAll(async () => {
    backend = await gpujs({ mode })
  })
  afterAll(() => backend.destroy())

  it.each(SPECIAL)('of %s', async (name) => {
    expect(await differences(name, backend)).toEqual([])
  })
})

describe.skipIf(!driver)(`in mode webgpu${driver ? '' : `: skipped, ${NO_DRIVER}`}`, () => {
  let found: Readonly<Record<string, readonly string[]>>
  beforeAll(async () => {
    found = await answerOf('special.process.ts', driver!)
  }, 120_000)

  it.each(SPECIAL)('of %s', (name) => {
    expect(found[name]).toEqual([])
  })
})

/** Every trap of GPU.js and its drivers that src/kernels/gpujs/ goes around is still there. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ELEMENTS, ARRAYS } from '../../../src/kernels/gpujs/limits.ts'
import { NO_DRIVER, answerOf, driver } from './dawn.ts'
import { TRAPS, libraryIn, shown } from './traps.ts'
import type { TrapMode } from './traps.ts'

/** The software driver, whose arithmetic is known. */
const SOFTWARE = 'swiftshader'

const trapsIn = (mode: TrapMode) =>
  TRAPS.map((trap, index) => ({ ...trap, index })).flatMap((trap) => {
    const expected = trap.shows[mode]
    return expected === undefined ? [] : [{ ...trap, expected }]
  })

describe.each(['cpu', 'webasm'] as const)('in mode %s', (mode) => {
  const gpu = libraryIn(mode)
  beforeAll(() => {
    vi.spyOn(console, 'warn').mockReturnValue()
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await gpu.destroy()
  })

  it.each(trapsIn(mode))('$trap: $so', async ({ expected, ...trap }) => {
    expect((await shown(trap, gpu)).slice(0, expected.length)).toBe(expected)
  })
})

describe.skipIf(!driver)(`in mode webgpu${driver ? '' : `: skipped, ${NO_DRIVER}`}`, () => {
  let said: { readonly architecture: string; readonly texts: readonly string[] }
  beforeAll(async () => {
    said = await answerOf('traps.process.ts', driver!)
  }, 120_000)

  it.for(trapsIn('webgpu'))('$trap: $so', ({ expected, index, software }, { skip }) => {
    if (software) skip(said.architecture !== SOFTWARE, `a trap of ${SOFTWARE}, not of ${said.architecture}`)
    expect(said.texts[index].slice(0, expected.length)).toBe(expected)
  })
})

it('the console is told of a kernel that falls back, and no one else', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const gpu = libraryIn('webasm')
  await shown(
    TRAPS.find(({ trap }) => trap.includes('the console'))!,
    gpu,
  )
  expect(warn.mock.calls).toEqual([[expect.stringContaining('Falling back to CPU')]])
  vi.restoreAllMocks()
  await gpu.destroy()
})

it('limits are what the traps show', () => {
  expect([ELEMENTS, ARRAYS]).toEqual([2 ** 24, 7])
})

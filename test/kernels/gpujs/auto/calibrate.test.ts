/** Verbs timed: what comes out is what a backend takes, and only of backends that compute the right numbers. */
import { describe, expect, it } from 'vitest'
import { gpujs } from '../../../../src/gpujs.ts'
import { check, lineOf } from '../../../../src/kernels/gpujs/auto/calibrate.ts'
import { TRANSFER, TRIALS, timedAs } from '../../../../src/kernels/gpujs/auto/trials.ts'
import { cpuKernels, defaultWasm } from '../../../../src/kernels/index.ts'
import { pretended } from './pretended.ts'

const hands = { now: 0 }
const clock = (): number => hands.now

describe('a line', () => {
  it('is what the backend takes, whatever an answer costs', async () => {
    const backend = pretended('quick', hands, { fixed: 0.02, perMillion: 0.5, answer: 0.7 })
    const { fixed, perMillion } = await lineOf(backend, 'matmul', clock)
    expect(fixed).toBeCloseTo(0.02, 6)
    expect(perMillion).toBeCloseTo(0.5, 6)
  })

  it('of a transfer is what it takes to have numbers there and back', async () => {
    const backend = pretended('far', hands, { fixed: 0.02, perMillion: 0.5, answer: 0.7 })
    const { fixed, perMillion } = await lineOf(backend, TRANSFER, clock)
    expect(fixed).toBeCloseTo(0.72, 6)
    expect(perMillion).toBeCloseTo(0.5, 6)
  })

  it('is found by a clock that stands still: no time at all', async () => {
    expect(
      (await lineOf(pretended('still', { now: 0 }, { fixed: 1, perMillion: 1 }), 'mixDot', clock)).fixed,
    ).toBeLessThan(1e-6)
  })

  it('of a slow backend is drawn from its small calls', async () => {
    const start = hands.now
    const slow = pretended('slow', hands, { fixed: 0, perMillion: 1e3 })
    expect((await lineOf(slow, 'matmul', clock)).perMillion).toBeCloseTo(1e3, 3)
    // The largest trial would have taken 33 seconds each time.
    expect(hands.now - start).toBeLessThan(5e3)
  })

  it('is refused of a backend whose numbers are wrong, before any time is taken', async () => {
    let asked = 0
    const wrong = pretended('wrong', hands, { fixed: 1, perMillion: 1, off: 0.01 })
    const line = lineOf(wrong, 'softmax', () => asked++)
    await expect(line).rejects.toThrow(
      /^softmax \(8 16\) on wrong: expected 0\.\d+ at 0 but got .* its numbers are wrong$/,
    )
    expect(asked).toBe(0)
  })

  it('is refused of a backend that gives no numbers at all', async () => {
    const empty = pretended('empty', hands, { fixed: 1, perMillion: 1, off: NaN })
    await expect(check(empty, 'add')).rejects.toThrow('but got NaN')
  })
})

it('every verb of the interface is timed, itself or as one that is like it', () => {
  const timed = Object.keys(cpuKernels).map((verb) => timedAs(verb))
  expect(timed).not.toContain(undefined)
  expect(timed.filter((verb) => verb !== undefined && !(verb in TRIALS))).toEqual([])
  expect(timedAs('constructor')).toBeUndefined()
})

describe.each(['wasm', 'gpujs-webasm'])('on %s', (name) => {
  it.each(Object.keys(TRIALS))('the trials of %s have the numbers of the reference', async (verb) => {
    const backend = name === 'wasm' ? defaultWasm() : await gpujs({ mode: 'webasm' })
    expect.assert(backend)
    await check(backend, verb)
  })
})

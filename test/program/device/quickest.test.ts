/** Which backend a step is kept on, of backends that are as fast, as right and as patient as a test says. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { neg } from '../../../src/autograd/index.ts'
import { gpujs } from '../../../src/gpujs.ts'
import { cpu } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { quickest } from '../../../src/program/device/index.ts'
import type { Candidate, Quickest, TrialOptions } from '../../../src/program/device/index.ts'
import { checkAgreement } from '../../../src/program/device/trial.ts'
import { tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'

interface Pretence {
  /** Of a call, or of each by its number. */
  readonly milliseconds?: number | ((call: number) => number)
  /** What a call adds to the numbers that are right. */
  readonly off?: (call: number) => number
  readonly device?: string
}

const hands = { now: 0 }
const clock = (): number => hands.now

/** A candidate that takes its time for `neg`, and how often it was called and released. */
function pretended(name: string, { milliseconds = 1, off = () => 0, device }: Pretence = {}) {
  const seen = { calls: 0, released: 0 }
  const release = (): Promise<void> => {
    seen.released++
    return Promise.resolve()
  }
  const backend: Backend = {
    ...(cpu as Backend),
    name,
    kernels: {
      ...(cpu as Backend).kernels,
      neg(x, out, n) {
        hands.now += typeof milliseconds === 'number' ? milliseconds : milliseconds(seen.calls)
        for (let j = 0; j < n; j++) (out as Float32Array)[j] = -(x as Float32Array)[j] + off(seen.calls)
        seen.calls++
      },
    },
  }
  const candidate: Candidate = {
    name,
    open: async () => {
      await Promise.resolve()
      return { backend, ...(device !== undefined && { device }), release }
    },
  }
  return { candidate, backend, seen }
}

const failing = (name: string, message: string): Candidate => ({
  name,
  open: () => Promise.reject(new Error(message)),
})

const X = tensor([1, 100])
const tryAll = (candidates: readonly Candidate[], options: TrialOptions = {}): Promise<Quickest<Tensor, Tensor>> =>
  quickest((x: Tensor) => neg(x), X, candidates, options, clock)

const first = pretended('first', { milliseconds: 3 })

describe('what is kept', () => {
  it('is the quickest: the others are released, and it with what is kept', async () => {
    const some = [3, 2, 1, 4].map((milliseconds) => pretended(`of ${milliseconds} ms`, { milliseconds }))
    const kept = await tryAll(some.map(({ candidate }) => candidate))
    expect(kept.backend).toBe(some[2].backend)
    expect(kept.times).toEqual([3, 2, 1, 4].map((milliseconds) => ({ backend: `of ${milliseconds} ms`, milliseconds })))
    expect(some.map(({ seen }) => seen.released)).toEqual([1, 1, 0, 1])
    expect([...(await kept(tensor([5, 6]))).values]).toEqual([-5, -6])
    await kept.fetch()
    await kept.release()
    expect(some.map(({ seen }) => seen.released)).toEqual([1, 1, 1, 1])
  })

  it('is the first of two that are alike', async () => {
    const same = pretended('same', { milliseconds: 3 })
    expect((await tryAll([first.candidate, same.candidate])).backend).toBe(first.backend)
  })

  it('is found by the median of warm runs: neither the slow first one counts nor what comes between', async () => {
    const cold = pretended('cold', { milliseconds: (call) => (call < 2 ? 500 : call % 7 === 0 ? 90 : 1) })
    const { times } = await tryAll([first.candidate, cold.candidate], { runs: 9 })
    expect(times[1].milliseconds).toBe(1)
  })

  it('is told where runs are shorter than a clock can tell', async () => {
    // A clock with a grain of a millisecond, and runs of a 40th and a 20th of one.
    const coarse = (): number => Math.floor(hands.now)
    const some = [20, 40].map((share) => pretended(`1/${share}`, { milliseconds: 1 / share }).candidate)
    const { times } = await quickest((x: Tensor) => neg(x), X, some, {}, coarse)
    times.forEach(({ milliseconds }, at) => expect(milliseconds).toBeCloseTo([1 / 20, 1 / 40][at], 2))
  })

  it('is found though the clock stands still, or a run takes longer than anyone would wait for five', async () => {
    const still = pretended('still', { milliseconds: 0 })
    const slow = pretended('slow', { milliseconds: 3000 })
    const { times } = await tryAll([still.candidate, slow.candidate])
    expect(times.map(({ milliseconds }) => milliseconds)).toEqual([0, 3000])
    expect(slow.seen.calls).toBe(4)
  })
})

describe('a candidate is out of the question, and that is told,', () => {
  const because = async (candidate: Candidate, options?: TrialOptions): Promise<string | undefined> => {
    const { backend, times } = await tryAll([first.candidate, candidate], options)
    expect(backend).toBe(first.backend)
    expect(times[1]).not.toHaveProperty('milliseconds')
    return times[1].because
  }

  it('where it cannot be opened', async () => {
    expect(await because(failing('absent', 'the host has no canvas\nat all'))).toBe('the host has no canvas')
  })

  it.each([
    ['a number is wrong', () => 0.02],
    ['a number is none', () => NaN],
    ['a number is infinite', () => Infinity],
    ['its second answer is wrong', (call: number) => (call === 1 ? 1 : 0)],
  ])('where %s, however quick it is', async (_, off) => {
    const wrong = pretended('wrong', { milliseconds: 0.1, off })
    expect(await because(wrong.candidate)).toMatch(
      /^its numbers are wrong: .+ where the first gave -1, at 0 of output 0$/,
    )
    expect([wrong.seen.calls < 3, wrong.seen.released]).toEqual([true, 1])
  })

  it('but not for what rounding does, nor for what one allows', async () => {
    const near = pretended('near', { milliseconds: 1, off: () => 0.005 })
    expect((await tryAll([first.candidate, near.candidate])).backend).toBe(near.backend)
    expect(await because(near.candidate, { tolerance: 1e-6 })).toContain('wrong')
    const wrong = pretended('wrong', { milliseconds: 1, off: () => 0.02 })
    const { backend } = await tryAll([first.candidate, wrong.candidate], { tolerance: 1e-3 })
    expect(backend).toBe(wrong.backend)
  })

  it('and where the first itself fails, its error is the answer', async () => {
    await expect(tryAll([failing('first', 'no'), first.candidate])).rejects.toThrow('no')
    const looks = (x: Tensor): number => x.values[0]
    await expect(quickest(looks, X, [first.candidate], {}, clock)).rejects.toThrow('it asked for numbers')
  })
})

describe('a device that hangs is passed over', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const never = new Promise<never>(() => undefined)
  const said = async (candidate: Candidate, options: TrialOptions = {}): Promise<string | undefined> => {
    const trying = tryAll([first.candidate, candidate], options)
    await vi.advanceTimersByTimeAsync(200_000)
    return (await trying).times[1].because
  }

  it('where it is not opened, and released when it comes at last', async () => {
    const late = pretended('late')
    let come: () => void = () => undefined
    const open = async (): ReturnType<Candidate['open']> => {
      await new Promise<void>((resolve) => (come = resolve))
      return late.candidate.open()
    }
    expect(await said({ name: 'late', open })).toBe('it is not there after 60000 ms')
    expect(await said({ name: 'late', open }, { patience: 70 })).toBe('it is not there after 70 ms')
    come()
    await vi.advanceTimersByTimeAsync(0)
    expect(late.seen.released).toBe(1)
  })

  it('where it does not answer, whether or not it can be released', async () => {
    const device = await gpujs({ mode: 'cpu' })
    const hanging = { run: () => never, release: () => never, how: undefined }
    const backend = { ...device, record: () => ({ ...hanging, fuse: () => hanging }) } as unknown as Backend
    for (const release of [() => never, () => Promise.resolve()])
      expect(await said({ name: 'deaf', open: () => Promise.resolve({ backend, release }) })).toContain('60000 ms')
  })
})

it('is told in words of at most 80 columns', async () => {
  const { candidate } = pretended('gpujs-webgl2', { milliseconds: 1.23456, device: 'ANGLE (a renderer) '.repeat(9) })
  const { why } = await tryAll([first.candidate, candidate, failing('gpujs-webgpu', 'there is none, '.repeat(9))])
  expect(why.split('\n').slice(0, 3)).toEqual([
    'gpujs-webgl2 is the quickest.',
    '1. first: 3 ms',
    '2. gpujs-webgl2 on ANGLE (a renderer) ANGLE (a renderer) ANGLE (a renderer)',
  ])
  expect(why).toContain(': 1.23 ms\n3. gpujs-webgpu: none, because there is none, there')
  expect(Math.max(...why.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

it('wants ids to be right, not near', () => {
  expect(() => checkAgreement([Int32Array.of(9, 1)], [Int32Array.of(9, 2)], 1)).toThrow('1 where the first gave 2')
  checkAgreement([Int32Array.of(9, 1)], [Int32Array.of(9, 1)], 0)
})

it('takes NaN for NaN, an infinity for itself, and 0 for what is too small for some shaders', () => {
  const [numbers, others] = [
    [NaN, Infinity, 2e-39],
    [NaN, Infinity, 0],
  ].map((each) => [Float32Array.from(each)])
  checkAgreement(others, numbers, 1e-4)
  expect(() => checkAgreement([Float32Array.of(NaN, -Infinity, 0)], numbers, 1)).toThrow('wrong')
})

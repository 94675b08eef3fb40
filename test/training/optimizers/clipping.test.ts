/** Clipping by the common norm of all gradients, and by value; sparse ones stay sparse and count each row once. */
import { describe, expect, it } from 'vitest'
import { RowSparse, distinctRows, toDense } from '../../../src/autograd/index.ts'
import { gpujs } from '../../../src/gpujs.ts'
import { cpu, cpu64, wasm, wasmThreads } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { compile } from '../../../src/program/index.ts'
import { ids, stream, tensor } from '../../../src/tensor/index.ts'
import type { Cotangent, Tensor } from '../../../src/tensor/index.ts'
import { clipByGlobalNorm, clipByValue, globalNorm } from '../../../src/training/index.ts'
import { device } from '../../laws/device.ts'

const dense = (...values: number[]): Tensor => tensor(values, undefined, cpu64)

/** Row 1 twice: together (3, −4), and (0, 12) in row 3, of 5. */
const sparse = (): RowSparse =>
  new RowSparse(
    tensor(
      [
        [1, 1],
        [0, 12],
        [2, -5],
      ],
      undefined,
      cpu64,
    ),
    ids([1, 3, 1], undefined, cpu64),
    5,
  )

const summed = (gradients: readonly Cotangent[]): Cotangent[] =>
  gradients.map((gradient) => (gradient instanceof RowSparse ? distinctRows(gradient) : gradient))

const whole = (gradient: Cotangent): number[] => [...toDense(gradient).values]

describe('the global norm', () => {
  it('is that of all gradients as one vector', () => {
    expect(globalNorm([dense(3), dense(0, 4)])).toBe(5)
    expect(globalNorm([])).toBe(0)
  })

  it('adds up rows that come twice before it squares them', () => {
    expect(globalNorm([sparse()])).toBe(13)
    expect(globalNorm([sparse(), dense(13)])).toBeCloseTo(13 * Math.SQRT2, 14)
    expect(globalNorm([toDense(sparse())])).toBe(13)
  })
})

describe('clipping by the global norm', () => {
  it('scales all gradients alike to the norm allowed', () => {
    const clipped = clipByGlobalNorm([sparse(), dense(0, 84)], 17)
    expect(globalNorm(clipped)).toBeCloseTo(17, 12)
    const expected = [0, 0, 3, -4, 0, 0, 0, 12, 0, 0].map((value) => value / 5)
    whole(clipped[0]).forEach((value, at) => expect(value).toBeCloseTo(expected[at], 12))
    whole(clipped[1]).forEach((value, at) => expect(value).toBeCloseTo([0, 16.8][at], 12))
  })

  it('leaves them as they are up to that norm', () => {
    expect(clipByGlobalNorm([sparse()], 13).map(whole)).toEqual([[0, 0, 3, -4, 0, 0, 0, 12, 0, 0]])
    expect(clipByGlobalNorm([dense(3, 4)], 5).map(whole)).toEqual([[3, 4]])
    expect(clipByGlobalNorm([dense(0, 0)], 1).map(whole)).toEqual([[0, 0]])
  })

  it('keeps sparse gradients sparse, every row named once, and changes none it was given', () => {
    const given = sparse()
    const [clipped] = clipByGlobalNorm([given], 1)
    if (!(clipped instanceof RowSparse)) expect.fail('the gradient is dense')
    expect([...clipped.ids.values]).toEqual([1, 3, -1])
    expect([...clipped.rows.values].slice(4)).toEqual([0, 0])
    expect(clipped.count).toBe(5)
    expect(clipped.distinct).toBe(true)
    expect([...given.rows.values]).toEqual([1, 1, 0, 12, 2, -5])
  })
})

/** What is scaled, in float32 numbers that float64 holds exactly, and how float64 clips it. */
const wide = stream(5)
const drawn = Float32Array.from({ length: 6000 }, (_, at) => wide.normal(at))
const names = Array.from({ length: 2000 }, (_, at) => Math.floor(wide.uniform(at) * 700))
const many = (backend: Backend): Cotangent[] => [
  new RowSparse(tensor(drawn.slice(), [2000, 3], backend), ids(names, undefined, backend), 700),
  tensor(drawn.slice(), [6, 1000], backend),
  tensor([-0.5], [], backend),
]

describe('clipping by the global norm in float32', () => {
  it('agrees with float64, on many values and rows that come twice', () => {
    expect(globalNorm(many(cpu)) / globalNorm(many(cpu64))).toBeCloseTo(1, 6)
    for (const max of [1e-3, 1, 50]) {
      const clipped = clipByGlobalNorm(many(cpu), max)
      expect(clipped.map((gradient) => toDense(gradient).backend)).toEqual([cpu, cpu, cpu])
      expect(globalNorm(clipped) / max).toBeCloseTo(1, 6)
      const expected = clipByGlobalNorm(many(cpu64), max).map(whole)
      clipped.map(whole).forEach((values, index) =>
        values.forEach((value, at) => {
          const close = Math.abs(value - expected[index][at]) <= 1e-6 * Math.max(max, Math.abs(expected[index][at]))
          if (!close) expect.fail(`gradient ${index} is ${value} at ${at}, expected ${expected[index][at]}`)
        }),
      )
    }
  })

  it('leaves what is within the norm as it is, bit by bit', () => {
    expect(clipByGlobalNorm(many(cpu), 1e6).map(whole)).toEqual(summed(many(cpu)).map(whole))
  })

  it('does not divide by a norm of 0', () => {
    expect(clipByGlobalNorm([tensor([0, 0])], 1).map(whole)).toEqual([[0, 0]])
    expect(clipByGlobalNorm([tensor([], [0]), tensor([3, 4])], 1).map(whole)).toEqual([
      [],
      [3 / 5, 4 / 5].map(Math.fround),
    ])
  })

  it('does the same where numbers are on a device, without reading them', async () => {
    const clipped = clipByGlobalNorm(many(device), 1)
    const expected = clipByGlobalNorm(many(cpu), 1).map(whole)
    for (const [index, gradient] of clipped.entries())
      expect([...(await toDense(gradient).read())]).toEqual(expected[index])
    expect(() => globalNorm(many(device))).toThrow('on device')
  })

  it('makes nothing of nothing', () => {
    expect(clipByGlobalNorm([], 1)).toEqual([])
  })
})

const close = (actual: readonly number[], expected: readonly number[]): void =>
  actual.forEach((value, at) =>
    expect(Math.abs(value - expected[at])).toBeLessThanOrEqual(1e-6 * Math.abs(expected[at])),
  )

const RUNS: Readonly<Record<string, () => Promise<Backend | undefined>>> = {
  'op by op': async () => undefined,
  cpu: async () => cpu,
  'WASM of plain SIMD': async () => wasm({ variant: 'simd', bytes: 2 ** 22 }),
  'the best WASM there is': async () => wasm({ bytes: 2 ** 22 }),
  threads: async () => wasmThreads({ threads: 2, worthwhile: 0, bytes: 2 ** 24 }),
}

describe.each(Object.keys(RUNS))('the norm of float32, %s,', (name) => {
  const clipped = async (max: number, ...gradients: (readonly number[])[]): Promise<number[][]> => {
    const backend = await RUNS[name]()
    const step = (given: readonly Tensor[]) => clipByGlobalNorm(given, max).map((each) => toDense(each))
    const run = backend ? compile(step, { backend }) : step
    return run(gradients.map((values) => tensor([...values]))).map(({ values }) => [...values])
  }

  it('neither overflows nor vanishes', async () => {
    const [large] = await clipped(1, [3e20, -4e20])
    close(large, [0.6, -0.8])
    const [largest, beside] = await clipped(2, [3e38, 3e38], [1, 3e38])
    close(largest, [2 / Math.sqrt(3), 2 / Math.sqrt(3)])
    close(beside.slice(1), [2 / Math.sqrt(3)])
    const [small] = await clipped(1e-25, [3e-25, 4e-25])
    close(small, [0.6e-25, 0.8e-25])
    expect(await clipped(1, [3e-25, 4e-25])).toEqual([[3e-25, 4e-25].map(Math.fround)])
  })

  it.each([NaN, Infinity, -Infinity])('is none where a gradient is %s, which all then are', async (bad) => {
    expect(await clipped(1, [bad], [1e6, 0])).toEqual([[NaN], [NaN, NaN]])
    expect(await clipped(1e9, [1e6, 0], [1, bad])).toEqual([
      [NaN, NaN],
      [NaN, NaN],
    ])
  })

  it('leaves what is within max as it is, and what is beyond it becomes max, however near', async () => {
    for (const share of [0.01, 0.5, 0.51, 0.75, 0.99])
      expect(await clipped(5, [3 * share, 4 * share])).toEqual([[3 * share, 4 * share].map(Math.fround)])
    for (const share of [1.01, 1.5, 2, 7]) close((await clipped(5, [3 * share, 4 * share]))[0], [3, 4])
  })
})

describe('the norm of float32 on a device', () => {
  it('is that of the CPU', async () => {
    const backend = await gpujs({ mode: 'webasm' })
    const on = async (max: number, values: readonly number[]): Promise<number[]> => {
      const step = (g: Tensor) => clipByGlobalNorm([g], max).map((each) => toDense(each))
      return [...(await backend.compile(step)(tensor([...values])))[0].values]
    }
    close(await on(1, [3e20, -4e20]), [0.6, -0.8])
    close(await on(1e-25, [3e-25, 4e-25]), [0.6e-25, 0.8e-25])
    close(await on(5, [2.4, 3.2]), [2.4, 3.2])
    expect(await on(1, [NaN, 1e6])).toEqual([NaN, NaN])
    await backend.release()
  })
})

describe('the global norm in float32', () => {
  it('is right where squares are beyond it, and none where a gradient is none', () => {
    close([globalNorm([tensor([3e-25, 4e-25])])], [5e-25])
    close([globalNorm([tensor([3e20]), tensor([4e20])])], [5e20])
    expect(globalNorm([tensor([NaN, 1])])).toBeNaN()
    expect(globalNorm([tensor([0, 0])])).toBe(0)
  })
})

describe('a bound', () => {
  it.each([0, -1, NaN])('of %s is refused', (max) => {
    const refusal = (who: string) => new RangeError(`${who}: expected max to be a number in (0, ∞] but got ${max}`)
    expect(() => clipByGlobalNorm([dense(1)], max)).toThrow(refusal('clipByGlobalNorm'))
    expect(() => clipByValue([dense(1)], max)).toThrow(refusal('clipByValue'))
  })
})

describe('clipping by value', () => {
  it('holds every value within bounds, rows that come twice added up first', () => {
    const [table, bias] = clipByValue([sparse(), dense(-7, 0.5, 2)], 3)
    expect(whole(table)).toEqual([0, 0, 3, -3, 0, 0, 0, 3, 0, 0])
    expect(whole(bias)).toEqual([-3, 0.5, 2])
    expect(table).toBeInstanceOf(RowSparse)
  })
})

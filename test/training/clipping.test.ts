/** Clipping by the common norm of all gradients, and by value; sparse ones stay sparse and count each row once. */
import { describe, expect, it } from 'vitest'
import { distinctRows, toDense } from '../../src/autograd/index.ts'
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { RowSparse, ids, stream, tensor } from '../../src/tensor/index.ts'
import type { Cotangent, Tensor } from '../../src/tensor/index.ts'
import { clipByGlobalNorm, clipByValue, globalNorm } from '../../src/training/index.ts'
import { device } from '../laws/device.ts'

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

  it('neither divides by a norm of 0 nor makes numbers out of those that are none', () => {
    expect(clipByGlobalNorm([tensor([0, 0])], 1).map(whole)).toEqual([[0, 0]])
    expect(clipByGlobalNorm([tensor([NaN, 3])], 1).map(whole)).toEqual([[NaN, 3]])
  })

  it('gives zeros where the squares are beyond float32, so that no step is taken', () => {
    expect(clipByGlobalNorm([tensor([1e25, -3])], 1).map((gradient) => whole(gradient).map(Math.abs))).toEqual([[0, 0]])
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

describe('clipping by value', () => {
  it('holds every value within bounds, rows that come twice added up first', () => {
    const [table, bias] = clipByValue([sparse(), dense(-7, 0.5, 2)], 3)
    expect(whole(table)).toEqual([0, 0, 3, -3, 0, 0, 0, 3, 0, 0])
    expect(whole(bias)).toEqual([-3, 0.5, 2])
    expect(table).toBeInstanceOf(RowSparse)
  })
})

/** Clipping by the common norm of all gradients, and by value; sparse ones stay sparse and count each row once. */
import { describe, expect, it } from 'vitest'
import { toDense } from '../../src/autograd/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import { RowSparse, ids, tensor } from '../../src/tensor/index.ts'
import type { Cotangent, Tensor } from '../../src/tensor/index.ts'
import { clipByGlobalNorm, clipByValue, globalNorm } from '../../src/training/index.ts'

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
    expect([...clipped.ids.values]).toEqual([1, 3])
    expect(clipped.count).toBe(5)
    expect(clipped.distinct).toBe(true)
    expect([...given.rows.values]).toEqual([1, 1, 0, 12, 2, -5])
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

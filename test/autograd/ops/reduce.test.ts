/** Reductions over any axes, each against its definition. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argmax, logSumExp, max, mean, min, moments, sum } from '../../../src/autograd/index.ts'
import type { ReduceOptions } from '../../../src/autograd/index.ts'
import { cpu64, tensor } from '../../../src/index.ts'
import type { Shape, Tensor } from '../../../src/index.ts'
import { tensors } from '../../../src/testing.ts'
import { axisOf, holds, positions, smallShapes, valueAt } from '../naive.ts'
import type { Claim } from '../naive.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

type Reduce = (x: Tensor, options?: ReduceOptions) => Tensor

const seed = seedOfRun()
const total = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0)

/** Distinct axes of a shape as a user may give them: a number, a list from front or back, or none for all. */
const axesOf = (rank: number): fc.Arbitrary<number | number[] | undefined> => {
  if (rank === 0) return fc.constantFrom(undefined, [])
  const list = fc
    .subarray(Array.from({ length: rank }, (_, axis) => axis))
    .chain((axes) => fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length }))
    .chain((axes) => fc.tuple(...axes.map((axis) => fc.constantFrom(axis, axis - rank))))
  return fc.oneof(fc.constant(undefined), axisOf(rank), list)
}

/** The claim that a reduction is `fold` of the values that differ in the reduced axes alone. */
function reduction(x: Tensor, options: ReduceOptions, reduce: Reduce, fold: (values: number[]) => number): Claim {
  const { axis: axes = x.shape.map((_, axis) => axis), keepDims = false } = options
  const gone = new Set([axes].flat().map((axis) => (axis < 0 ? axis + x.shape.length : axis)))
  const kept: Shape = x.shape.map((extent, axis) => (gone.has(axis) ? 1 : extent))
  const value = (position: readonly number[]): number => {
    const full = keepDims ? [...position] : kept.map(() => 0)
    let at = 0
    if (!keepDims) for (const axis of kept.keys()) if (!gone.has(axis)) full[axis] = position[at++]
    const members = positions(x.shape).filter((member) =>
      member.every((index, axis) => gone.has(axis) || index === full[axis]),
    )
    return fold(members.map((member) => valueAt(x, member)))
  }
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !gone.has(axis))
  return { f: (moved) => reduce(moved, options), inputs: [x], shape, value }
}

const claims = (reduce: Reduce, fold: (values: number[]) => number): fc.Arbitrary<Claim> =>
  smallShapes(0, 4).chain((shape) =>
    fc
      .record({ x: tensors(shape), axes: axesOf(shape.length), keepDims: fc.boolean() })
      .map(({ x, axes, keepDims }) =>
        reduction(x, axes === undefined ? { keepDims } : { axis: axes, keepDims }, reduce, fold),
      ),
  )

const variance = (values: number[]): number => {
  const centre = total(values) / values.length
  return total(values.map((x) => (x - centre) ** 2)) / values.length
}

describe('over any axes, kept or not,', () => {
  it.each<[string, Reduce, (values: number[]) => number]>([
    ['sum', sum, total],
    ['mean', mean, (values) => total(values) / values.length],
    ['max', max, (values) => Math.max(...values)],
    ['min', min, (values) => Math.min(...values)],
    ['logSumExp', logSumExp, (values) => Math.log(total(values.map(Math.exp)))],
    ['the mean of moments', (x, options) => moments(x, options).mean, (values) => total(values) / values.length],
    ['the variance of moments', (x, options) => moments(x, options).variance, variance],
  ])('%s is what its name says', (_, reduce, fold) => {
    holds(claims(reduce, fold), seed)
  })

  it('refuses an axis that is not there, or comes twice', () => {
    const x = tensor([[1, 2]])
    expect(() => sum(x, { axis: 2 })).toThrow('sum: expected distinct axes from -2 to 1 of (1×2) but got 2')
    expect(() => max(x, { axis: [0, -2] })).toThrow('max: expected distinct axes from -2 to 1 of (1×2) but got 0, -2')
  })
})

describe('over nothing', () => {
  const nothing = tensor([], [0, 2], cpu64)

  it('a sum is 0, a mean is not a number, and extremes are infinite', () => {
    const over = (reduce: Reduce): number[] => [...reduce(nothing, { axis: 0 }).values]
    expect(over(sum)).toEqual([0, 0])
    expect(over(mean)).toEqual([NaN, NaN])
    expect(over(max)).toEqual([-Infinity, -Infinity])
    expect(over(min)).toEqual([Infinity, Infinity])
    expect(over(logSumExp)).toEqual([-Infinity, -Infinity])
  })
})

describe('argmax', () => {
  it('gives the first index of the largest value, as ids below the extent', () => {
    const found = argmax(
      tensor([
        [1, 3, 3],
        [2, 0, 1],
      ]),
    )
    expect([...found.values]).toEqual([1, 0])
    expect(found.shape).toEqual([2])
    expect(found.bound).toBe(3)
  })

  it('works along any axis', () => {
    expect([
      ...argmax(
        tensor([
          [1, 3, 3],
          [2, 0, 1],
        ]),
        { axis: 0 },
      ).values,
    ]).toEqual([1, 0, 0])
    expect(() => argmax(tensor([1]), { axis: 1 })).toThrow('argmax: expected distinct axes')
  })
})

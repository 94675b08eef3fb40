/** Moving values about, each verb position by position. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, concat, mul, permute, reshape, stack, transpose } from '../../../src/autograd/index.ts'
import { tensor, zeros } from '../../../src/index.ts'
import type { Shape } from '../../../src/index.ts'
import { tensors } from '../../../src/testing.ts'
import { axisOf, holds, smallShapes, valueAt } from '../naive.ts'
import type { Claim } from '../naive.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const seed = seedOfRun()
const replaced = (shape: Shape, axis: number, extent: number): Shape =>
  shape.map((old, at) => (at === axis ? extent : old))
const resolved = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
const ranked = smallShapes(1, 4)

describe('permute', () => {
  it('brings any axes into any order', () => {
    const claim = smallShapes(0, 4).chain((shape) =>
      fc
        .record({
          x: tensors(shape),
          order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
        })
        .map(({ x, order }): Claim => {
          const value = (position: readonly number[]): number =>
            valueAt(
              x,
              shape.map((_, axis) => position[order.indexOf(axis)]),
            )
          return { f: (moved) => permute(moved, order), inputs: [x], shape: order.map((axis) => shape[axis]), value }
        }),
    )
    holds(claim, seed)
  })

  it('counts negative axes from the last, and refuses what is no order', () => {
    expect(permute(zeros([2, 3, 4]), [-1, 0, 1]).shape).toEqual([4, 2, 3])
    expect(() => permute(zeros([2, 3]), [0, 0])).toThrow('permute: expected an order of the 2 axes but got 0, 0')
    expect(() => permute(zeros([2, 3]), [1])).toThrow('permute: expected an order of the 2 axes but got 1')
  })
})

describe('transpose', () => {
  it('exchanges the last two axes, whatever leads', () => {
    expect([
      ...transpose(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ).values,
    ]).toEqual([1, 4, 2, 5, 3, 6])
    expect(transpose(zeros([5, 2, 3])).shape).toEqual([5, 3, 2])
  })

  it('leaves a vector and a scalar as they are', () => {
    expect(transpose(zeros([3])).shape).toEqual([3])
    expect(transpose(zeros([])).shape).toEqual([])
  })
})

describe('concat', () => {
  it('lays tensors side by side along any axis', () => {
    const claim = ranked.chain((shape) =>
      fc
        .record({
          axis: axisOf(shape.length),
          widths: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
        })
        .chain(({ axis, widths }) => {
          const at = resolved(axis, shape.length)
          const total = widths.reduce((sum, width) => sum + width, 0)
          return fc.tuple(...widths.map((width) => tensors(replaced(shape, at, width)))).map((inputs): Claim => {
            const value = (position: readonly number[]): number => {
              let index = position[at]
              const member = inputs.findIndex((_, each) => (index -= widths[each]) < 0)
              return valueAt(inputs[member], replaced(position, at, index + widths[member]))
            }
            return { f: (...moved) => concat(moved, { axis }), inputs, shape: replaced(shape, at, total), value }
          })
        }),
    )
    holds(claim, seed)
  })

  it('refuses none, and shapes that differ elsewhere', () => {
    expect(() => concat([], { axis: 0 })).toThrow('concat: expected at least one tensor but got none')
    expect(() => concat([zeros([2, 3]), zeros([2, 4])], { axis: 0 })).toThrow(
      'concat: expected shapes equal but for axis 0 but got (2×3) and (2×4)',
    )
    expect(() => concat([zeros([2]), zeros([2, 4])], { axis: 0 })).toThrow('concat: expected shapes equal')
  })
})

describe('stack', () => {
  it('lays tensors of one shape along a new axis, counted in the result', () => {
    const claim = smallShapes(0, 3).chain((shape) =>
      fc
        .record({
          axis: axisOf(shape.length + 1),
          inputs: fc
            .integer({ min: 1, max: 4 })
            .chain((count) => fc.tuple(...Array.from({ length: count }, () => tensors(shape)))),
        })
        .map(({ axis, inputs }): Claim => {
          const at = resolved(axis, shape.length + 1)
          const value = (position: readonly number[]): number =>
            valueAt(inputs[position[at]], [...position.slice(0, at), ...position.slice(at + 1)])
          const stacked = [...shape.slice(0, at), inputs.length, ...shape.slice(at)]
          return { f: (...moved) => stack(moved, { axis }), inputs, shape: stacked, value }
        }),
    )
    holds(claim, seed)
  })

  it('refuses none, several shapes, and an axis that the result has not', () => {
    expect(() => stack([])).toThrow('stack: expected at least one tensor but got none')
    expect(() => stack([zeros([2]), zeros([3])])).toThrow('stack: expected tensors of one shape but got (2) and (3)')
    expect(() => stack([zeros([2])], { axis: 2 })).toThrow('stack: expected distinct axes from -2 to 1')
  })
})

describe('reshape', () => {
  it('shares its memory and passes gradients back under the old shape', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(reshape(x, [3, 2]).buffer).toBe(x.buffer)
    const claim = smallShapes(1, 4).chain((shape) =>
      tensors(shape).map((x): Claim => ({
        f: (moved) => {
          const turned = reshape(moved, [...shape].reverse())
          return reshape(mul(turned, add(turned, 1)), [x.size])
        },
        inputs: [x],
        shape: [x.size],
        value: ([index]) => x.values[index] * (x.values[index] + 1),
      })),
    )
    holds(claim, seed)
  })

  it('refuses another size', () => {
    expect(() => reshape(zeros([2, 3]), [5])).toThrow('reshape: expected a shape of 6 values but got one of 5')
    expect(() => reshape(zeros([2, 3]), [-6])).toThrow(
      'reshape: expected shape to be a list, each to be an integer of at least 0 but got -6 at position 0',
    )
  })
})

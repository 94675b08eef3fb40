/** Parts of an axis taken, set among zeros and joined again, position by position. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, mul, pad, slice, split } from '../../../src/autograd/index.ts'
import { zeros } from '../../../src/index.ts'
import type { Shape, Tensor } from '../../../src/index.ts'
import { tensors } from '../../../src/testing.ts'
import { axisOf, holds, smallShapes, valueAt } from '../naive.ts'
import type { Claim } from '../naive.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const seed = seedOfRun()
const replaced = (shape: Shape, axis: number, extent: number): Shape =>
  shape.map((old, at) => (at === axis ? extent : old))
const resolved = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
const ranked = smallShapes(1, 4)

describe('slice, pad and split', () => {
  const parts = ranked.chain((shape) =>
    axisOf(shape.length).chain((axis) => {
      const extent = shape[resolved(axis, shape.length)]
      const ends = fc.tuple(fc.nat(extent), fc.nat(extent))
      return fc.record({ x: tensors(shape), axis: fc.constant(axis), ends, negative: fc.boolean() })
    }),
  )

  it('slice takes a part of any axis, with positions from either end', () => {
    const claim = parts.map(({ x, axis, ends, negative }): Claim => {
      const at = resolved(axis, x.shape.length)
      const [start, end] = [Math.min(...ends), Math.max(...ends)]
      // −0 would be the front: a position counted from the back is at least one away from it.
      const given = negative && end > start ? { start: start - x.shape[at] } : { start }
      const stop = end === x.shape[at] && negative ? {} : { end }
      return {
        f: (moved) => slice(moved, { axis, ...given, ...stop }),
        inputs: [x],
        shape: replaced(x.shape, at, end - start),
        value: (position) => valueAt(x, replaced(position, at, position[at] + (x.shape[at] === 1 ? 0 : start))),
      }
    })
    holds(claim, seed)
  })

  it('pad sets an axis among zeros', () => {
    const claim = parts.map(({ x, axis, ends: [before, after] }): Claim => {
      const at = resolved(axis, x.shape.length)
      const extent = before + x.shape[at] + after
      const value = (position: readonly number[]): number => {
        const index = position[at] - before
        return index >= 0 && index < x.shape[at] ? valueAt(x, replaced(position, at, index)) : 0
      }
      return {
        f: (moved) => pad(moved, { axis, start: before, extent }),
        inputs: [x],
        shape: replaced(x.shape, at, extent),
        value,
      }
    })
    holds(claim, seed)
  })

  it('split gives parts that concat joins again, each with its own gradient', () => {
    const claim = parts.map(({ x, axis, ends }): Claim => {
      const at = resolved(axis, x.shape.length)
      const [start, end] = [Math.min(...ends), Math.max(...ends)]
      const widths = [start, end - start, x.shape[at] - end]
      const f = (moved: Tensor): Tensor => {
        const [first, second, third] = split(moved, { axis, widths })
        return concat([mul(first, first), second, mul(third, 3)], { axis })
      }
      const value = (position: readonly number[]): number => {
        const number = valueAt(x, position)
        return position[at] < start ? number * number : position[at] < end ? number : 3 * number
      }
      return { f, inputs: [x], shape: x.shape, value }
    })
    holds(claim, seed)
  })

  it('refuse what is not within the axis', () => {
    const x = zeros([2, 3])
    expect(() => slice(x, { axis: 1, start: 2, end: 1 })).toThrow(
      'slice: expected a part of the 3 of axis 1 but got 2 to 1',
    )
    expect(() => slice(x, { axis: 1, end: 4 })).toThrow('slice: expected a part of the 3 of axis 1 but got 0 to 4')
    expect(() => pad(x, { axis: 1, start: 2, extent: 4 })).toThrow('pad: expected room for 2 to 5 but got 4')
    expect(() => split(x, { axis: 1, widths: [1, 1] })).toThrow(
      'split: expected widths that add up to 3 but got 1 + 1 = 2',
    )
  })
})

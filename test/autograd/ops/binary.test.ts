/** Broadcasting as NumPy has it, position by position. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  broadcastShape,
  broadcastTo,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  sub,
  where,
} from '../../../src/autograd/index.ts'
import { tensor } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { tensors } from '../../../src/testing.ts'
import { holds, smallShapes, stretchable, valueAt } from '../naive.ts'
import type { Claim } from '../naive.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const seed = seedOfRun()
const AWAY = { min: 0.5, max: 2 }

/** Operands whose shapes broadcast to one, the first of which is of the full shape or not, as it comes. */
const operands = (count: number): fc.Arbitrary<Tensor[]> =>
  smallShapes(0, 4).chain((shape) =>
    fc
      .tuple(...Array.from({ length: count }, () => stretchable(shape)))
      .chain((drawn) => fc.tuple(...drawn.map((each) => tensors(each, AWAY)))),
  )

const claims = (
  count: number,
  f: (...inputs: Tensor[]) => Tensor,
  value: (...values: number[]) => number,
): fc.Arbitrary<Claim> =>
  operands(count).map((inputs) => ({
    f,
    inputs,
    shape: broadcastShape(
      'test',
      inputs.map(({ shape }) => shape),
    ),
    value: (position) => value(...inputs.map((input) => valueAt(input, position))),
  }))

type Binary = (a: Tensor, b: Tensor) => Tensor

describe('operands broadcast in', () => {
  it.each<[string, Binary, (a: number, b: number) => number]>([
    ['add', add, (a, b) => a + b],
    ['sub', sub, (a, b) => a - b],
    ['mul', mul, (a, b) => a * b],
    ['div', div, (a, b) => a / b],
    ['maximum', maximum, Math.max],
    ['minimum', minimum, Math.min],
    ['equal', equal, (a, b) => Number(a === b)],
    ['greater', greater, (a, b) => Number(a > b)],
    ['greaterEqual', greaterEqual, (a, b) => Number(a >= b)],
    ['less', less, (a, b) => Number(a < b)],
    ['lessEqual', lessEqual, (a, b) => Number(a <= b)],
  ])('%s', (_, f, value) => {
    holds(claims(2, f, value), seed)
  })

  it('where', () => {
    const chosen = (condition: Tensor, a: Tensor, b: Tensor): Tensor => where(greater(condition, 1), a, b)
    holds(
      claims(3, chosen, (condition, a, b) => (condition > 1 ? a : b)),
      seed,
    )
  })
})

describe('a number', () => {
  it('stands for a tensor full of it, on either side', () => {
    expect([...sub(1, tensor([1, 2])).values]).toEqual([0, -1])
    expect([...div(tensor([1, 2]), 2).values]).toEqual([0.5, 1])
  })

  it('cannot stand alone, for no tensor tells the backend', () => {
    expect(() => add(1, 2)).toThrow('add: expected at least one tensor but got 1, 2')
  })
})

describe('broadcastTo', () => {
  it('repeats axes of extent 1 and adds leading ones', () => {
    const claim = smallShapes(0, 4).chain((shape) =>
      stretchable(shape)
        .chain((from) => tensors(from))
        .map((x): Claim => ({
          f: (moved) => broadcastTo(moved, shape),
          inputs: [x],
          shape,
          value: (at) => valueAt(x, at),
        })),
    )
    holds(claim, seed)
  })

  it('refuses what does not stretch', () => {
    expect(() => broadcastTo(tensor([1, 2]), [3])).toThrow('broadcastTo: expected (2) to stretch to (3)')
    expect(() => broadcastTo(tensor([[1], [2]]), [2])).toThrow('broadcastTo: expected (2×1) to stretch to (2)')
  })
})

describe('shapes that do not broadcast', () => {
  it('are refused with the axis, counted from the last', () => {
    const [a, b] = [tensor([[1, 2, 3]]), tensor([[1], [2]])]
    expect(() => add(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(
      'add: expected shapes that broadcast but got (2), (3): because axis -1 is 2 and 3',
    )
    expect(add(a, b).shape).toEqual([2, 3])
    expect(() => where(a, b, tensor([1, 2]))).toThrow('where: expected shapes that broadcast')
  })
})

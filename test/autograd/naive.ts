/** Tensors as a textbook has them: a number for every position. The oracle of ops that are made of other ops. */
import { expect } from 'vitest'
import * as fc from 'fast-check'
import { showShape, sizeOf } from '../../src/tensor/index.ts'
import type { Shape, Tensor } from '../../src/tensor/index.ts'
import { checkGradients } from '../../src/check.ts'
import { sizes } from '../../src/testing.ts'

export type Position = readonly number[]

/** Every position of a shape, in row-major order. */
export const positions = (shape: Shape): Position[] =>
  shape.reduce<Position[]>(
    (found, extent) => found.flatMap((at) => Array.from({ length: extent }, (_, index) => [...at, index])),
    [[]],
  )

/** The value at a position; an axis of extent 1 has its one value everywhere, and missing leading axes do too. */
export const valueAt = (x: Tensor, position: Position): number => {
  const own = position.slice(position.length - x.shape.length)
  return x.values[x.shape.reduce((offset, extent, axis) => offset * extent + (extent === 1 ? 0 : own[axis]), 0)]
}

/** What a function must do, said position by position. */
export interface Claim {
  readonly f: (...inputs: Tensor[]) => Tensor
  readonly inputs: readonly Tensor[]
  readonly shape: Shape
  readonly value: (position: Position) => number
}

const RUNS = 100

const show = ({ inputs, shape }: Claim): string =>
  `${inputs.map((input) => showShape(input.shape)).join(', ')} → ${showShape(shape)}`

/** Checks shape, every value, and the gradients of order 1 and 2 of a hundred drawn claims. */
export function holds(claims: fc.Arbitrary<Claim>, seed: number): void {
  const claim = (drawn: Claim): void => {
    const { f, inputs, shape, value } = drawn
    const y = f(...inputs)
    expect(y.shape).toEqual(shape)
    const expected = positions(shape).map(value)
    const scale = expected.reduce((largest, x) => (Number.isFinite(x) ? Math.max(largest, Math.abs(x)) : largest), 1)
    expected.forEach((x, index) => {
      const same = Object.is(y.values[index], x) || Math.abs(y.values[index] - x) <= 1e-12 * scale
      if (!same) throw new Error(`expected ${x} at ${index} of ${show(drawn)} but got ${y.values[index]}`)
    })
    // Means and extremes over nothing are not numbers, and have no differences.
    if (inputs.length > 0 && expected.every(Number.isFinite)) checkGradients(f, inputs, { seed, name: show(drawn) })
  }
  fc.assert(fc.property(claims, claim), { numRuns: RUNS, seed })
}

/** A shape that broadcasts to the given one: leading axes left out, others of extent 1. */
export const stretchable = (shape: Shape): fc.Arbitrary<Shape> =>
  fc
    .record({
      rank: fc.integer({ min: 0, max: shape.length }),
      ones: fc.tuple(...shape.map(() => fc.boolean())),
    })
    .map(({ rank, ones }) => shape.map((extent, axis) => (ones[axis] ? 1 : extent)).slice(shape.length - rank))

/** An axis of a tensor of that rank, by its number from the front or from the back. */
export const axisOf = (rank: number): fc.Arbitrary<number> => fc.integer({ min: -rank, max: rank - 1 })

/** Small shapes, of which even four axes are few numbers. */
export const smallShapes = (minRank: number, maxRank: number): fc.Arbitrary<Shape> =>
  fc
    .array(sizes(), { minLength: minRank, maxLength: maxRank })
    .map((shape) => shape.map((extent) => (extent > 5 ? extent % 5 : extent)))
    .filter((shape) => sizeOf(shape) <= 300)

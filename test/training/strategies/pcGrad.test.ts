/** Gradient surgery, in vectors and by inner products alone: both take the same conflicts away, and no others. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { project } from '../../../src/training/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'
import { combined, difficult, dot, gramOf, largestOf } from './vectors.ts'

/** Algorithm 1 of Yu et al. as it stands there, on vectors. */
function surgery(vectors: readonly (readonly number[])[], task: number, order: readonly number[]): readonly number[] {
  return order
    .filter((other) => other !== task)
    .reduce((projected, other) => {
      const against = vectors[other]
      const along = dot(projected, against)
      if (along >= 0) return projected
      return projected.map((value, at) => value - (along / dot(against, against)) * against[at])
    }, vectors[task])
}

const orderOf = (count: number, from: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => (at + from) % count)

const scene = fc.tuple(difficult, fc.nat(4), fc.nat(4)).map(([vectors, task, from]) => ({
  vectors,
  task: task % vectors.length,
  order: orderOf(vectors.length, from),
}))

describe('a task’s gradient after the projections', () => {
  it('is that of the paper’s algorithm on vectors', () => {
    fc.assert(
      fc.property(scene, ({ vectors, task, order }) => {
        const [expected, actual] = [
          surgery(vectors, task, order),
          combined(project(gramOf(vectors), task, order), vectors),
        ]
        const allowed = 1e-9 * largestOf(vectors)
        actual.forEach((value, at) => expect(Math.abs(value - expected[at])).toBeLessThanOrEqual(allowed))
      }),
      { seed: seedOfRun(), numRuns: 500 },
    )
  })

  it('never points against the one it was projected off last', () => {
    fc.assert(
      fc.property(scene, ({ vectors, task, order }) => {
        const gram = gramOf(vectors)
        for (let taken = 1; taken <= order.length; taken++) {
          const coefficients = project(gram, task, order.slice(0, taken))
          const last = order[taken - 1]
          if (last !== task)
            expect(dot(combined(coefficients, vectors), vectors[last])).toBeGreaterThanOrEqual(
              -1e-9 * largestOf(vectors) ** 2,
            )
        }
      }),
      { seed: seedOfRun(), numRuns: 500 },
    )
  })

  it('of two is against neither', () => {
    fc.assert(
      fc.property(difficult, ([a, b]) => {
        const vectors = [a, b]
        const gram = gramOf(vectors)
        for (const task of [0, 1])
          expect(dot(combined(project(gram, task, [0, 1]), vectors), vectors[1 - task])).toBeGreaterThanOrEqual(
            -1e-9 * largestOf(vectors) ** 2,
          )
      }),
      { seed: seedOfRun(), numRuns: 300 },
    )
  })

  it('is what it was where nothing points against it', () => {
    const agreeing = difficult.map((vectors) => vectors.map((vector) => vector.map(Math.abs)))
    fc.assert(
      fc.property(agreeing, fc.nat(4), (vectors, from) => {
        const count = vectors.length
        vectors.forEach((_, task) => {
          const unit = vectors.map((__, other) => (other === task ? 1 : 0))
          expect(project(gramOf(vectors), task, orderOf(count, from))).toEqual(unit)
        })
      }),
      { seed: seedOfRun() },
    )
  })

  it('is nothing where another is its opposite, and finite where another is nothing', () => {
    expect(
      project(
        [
          [4, -8],
          [-8, 16],
        ],
        0,
        [1],
      ),
    ).toEqual([1, 0.5])
    expect(
      project(
        [
          [4, 0],
          [0, 0],
        ],
        0,
        [1],
      ),
    ).toEqual([1, 0])
    expect(
      project(
        [
          [0, 0],
          [0, 0],
        ],
        1,
        [0, 1],
      ),
    ).toEqual([0, 1])
  })

  it('depends on the order where three conflict', () => {
    const gram = gramOf([
      [1, 0],
      [-1, 1],
      [-1, -0.5],
    ])
    expect(project(gram, 0, [1, 2])).not.toEqual(project(gram, 0, [2, 1]))
  })
})

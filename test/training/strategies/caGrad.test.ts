/** CAGrad by inner products: its constraint, what it promises each task, and the optimum that a grid finds. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { averseToConflict } from '../../../src/training/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'
import { combined, difficult, dot, gramOf, largestOf, lengthOf } from './vectors.ts'
import type { Vectors } from './vectors.ts'

const share = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100)
const meanOf = (vectors: Vectors): readonly number[] =>
  combined(
    vectors.map(() => 1 / vectors.length),
    vectors,
  )

/** The direction d that the paper speaks of: ours is times the number of tasks. */
const directionOf = (vectors: Vectors, c: number): readonly number[] =>
  combined(averseToConflict(gramOf(vectors), c), vectors).map((value) => value / vectors.length)

const leastGain = (direction: readonly number[], vectors: Vectors): number =>
  Math.min(...vectors.map((vector) => dot(direction, vector)))

/** All points of the simplex of `count` numbers that are multiples of 1/parts. */
function* simplex(count: number, parts: number, left = parts): Generator<readonly number[]> {
  if (count === 1) yield [left / parts]
  else
    for (let first = 0; first <= left; first++)
      for (const rest of simplex(count - 1, parts, left - first)) yield [first / parts, ...rest]
}

/** The paper's F(w) = ⟨g_w, g₀⟩ + c·‖g₀‖·‖g_w‖, which bounds the least gain of any allowed direction from above. */
function dual(vectors: Vectors, c: number, w: readonly number[]): number {
  const [mean, mixed] = [meanOf(vectors), combined(w, vectors)]
  return dot(mixed, mean) + c * lengthOf(mean) * lengthOf(mixed)
}

describe('the direction of CAGrad', () => {
  it('is no further from the mean gradient than c of its length', () => {
    fc.assert(
      fc.property(difficult, share, (vectors, c) => {
        const mean = meanOf(vectors)
        const away = directionOf(vectors, c).map((value, at) => value - mean[at])
        expect(lengthOf(away)).toBeLessThanOrEqual(c * lengthOf(mean) * (1 + 1e-6) + 1e-9 * largestOf(vectors))
      }),
      { seed: seedOfRun(), numRuns: 500 },
    )
  })

  it('does no less than the mean gradient for the task that gains least', () => {
    fc.assert(
      fc.property(difficult, share, (vectors, c) => {
        const gain = leastGain(directionOf(vectors, c), vectors)
        expect(gain).toBeGreaterThanOrEqual(leastGain(meanOf(vectors), vectors) - 1e-5 * largestOf(vectors) ** 2)
      }),
      { seed: seedOfRun(), numRuns: 500 },
    )
  })

  it('gains for that task what a grid over the dual problem allows at most', () => {
    const parts: Readonly<Record<number, number>> = { 2: 2000, 3: 80 }
    let compared = 0
    fc.assert(
      fc.property(
        difficult.filter(({ length }) => length < 4),
        share,
        (vectors, c) => {
          const scale = largestOf(vectors) ** 2
          const bounds = [...simplex(vectors.length, parts[vectors.length])].map((w) => dual(vectors, c, w))
          const bound = Math.min(...bounds)
          const gain = leastGain(directionOf(vectors, c), vectors)
          expect(gain).toBeLessThanOrEqual(bound + 1e-9 * scale)
          // Where some mixture of the gradients is nothing no direction helps them all, and the mean is as good.
          const stationary = averseToConflict(gramOf(vectors), c).every((coefficient) => coefficient === 1)
          if (stationary || bound < 1e-3 * scale) return
          compared++
          // The grid itself is this coarse: F is flat around its minimum.
          expect(bound - gain).toBeLessThanOrEqual((vectors.length === 2 ? 2e-6 : 1e-3) * scale)
        },
      ),
      { seed: seedOfRun(), numRuns: 300 },
    )
    expect(compared).toBeGreaterThan(30)
  })

  it('is the sum of losses where c is 0, and where the mean gradient is nothing', () => {
    fc.assert(
      fc.property(difficult, (vectors) => {
        const even = vectors.map(() => 1)
        expect(averseToConflict(gramOf(vectors), 0)).toEqual(even)
        const opposed = [...vectors, combined(even, vectors).map((value) => -value)]
        if (gramOf(opposed).flat().every(Number.isInteger))
          expect(averseToConflict(gramOf(opposed), 0.5)).toEqual(opposed.map(() => 1))
      }),
      { seed: seedOfRun() },
    )
  })

  it('is finite for gradients of nothing, of one line, and all alike', () => {
    const gramsOf = (line: readonly number[]) => line.map((a) => line.map((b) => a * b))
    for (const line of [
      [0, 0, 0],
      [2, 2, 2],
      [1, -3, 0],
      [1e-30, 1e-30],
      [1e12, -1, 1],
    ])
      for (const coefficient of averseToConflict(gramsOf(line), 0.9)) expect(coefficient).toSatisfy(Number.isFinite)
    const alike = averseToConflict(gramsOf([2, 2, 2]), 0.5)
    expect(alike.reduce((sum, coefficient) => sum + coefficient, 0)).toBeCloseTo(3 * 1.5, 9)
  })

  it('is the mean gradient where what it finds would do less for the task that gains least', () => {
    const vectors = [
      [0, 1],
      [0, 0],
      [3, 0],
      [-3, 1],
    ]
    expect(averseToConflict(gramOf(vectors), 0.99)).toEqual([1, 1, 1, 1])
  })

  it('is the mean gradient where no direction helps all tasks', () => {
    expect(averseToConflict(gramOf([[0], [-1], [-2]]), 0.4)).toEqual([1, 1, 1])
  })

  it('turns to the task that the mean gradient would make worse', () => {
    const vectors = [
      [4, 0],
      [-1, 1],
    ]
    expect(leastGain(meanOf(vectors), vectors)).toBeLessThan(0)
    const [most, least] = averseToConflict(gramOf(vectors), 0.9)
    expect(least).toBeGreaterThan(most)
    expect(leastGain(directionOf(vectors, 0.9), vectors)).toBeGreaterThan(0)
  })
})

/** GradNorm's weights: their sum, their direction, and the gradient that the paper differentiates for them. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rebalance } from '../../../src/training/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length

const positive = fc.double({ min: 0.01, max: 100, noNaN: true })
const scene = fc.integer({ min: 2, max: 5 }).chain((count) => {
  const each = fc.array(positive, { minLength: count, maxLength: count })
  return fc.record({
    weights: each.map((values) => values.map((value) => value / mean(values))),
    norms: each,
    ratios: each,
    alpha: fc.constantFrom(0, 0.5, 1.5),
  })
})

/** Σ |wₖ·‖gₖ‖ − targetₖ|, Eq. 2 of Chen et al. */
const objective = (weights: readonly number[], norms: readonly number[], targets: readonly number[]): number =>
  sum(weights.map((weight, task) => Math.abs(weight * norms[task] - targets[task])))

const targetsOf = ({ weights, norms, ratios, alpha }: Parameters<Parameters<typeof scene.map>[0]>[0]): number[] => {
  const pull = mean(weights.map((weight, task) => weight * norms[task]))
  return ratios.map((ratio) => pull * (ratio / mean(ratios)) ** alpha)
}

describe('the next weights', () => {
  it('add up to the number of tasks, and stay above 0', () => {
    fc.assert(
      fc.property(scene, fc.constantFrom(0.025, 1, 50), ({ weights, norms, ratios, alpha }, learningRate) => {
        const next = rebalance(weights, norms, ratios, { alpha, learningRate })
        expect(sum(next)).toBeCloseTo(weights.length, 9)
        for (const weight of next) expect(weight).toBeGreaterThan(0)
      }),
      { seed: seedOfRun(), numRuns: 300 },
    )
  })

  it('are those of a loss of 0 where rounding left it below', () => {
    const by = (ratio: number): number[] => rebalance([1, 1], [1, 2], [ratio, 1], { alpha: 1.5, learningRate: 0.1 })
    expect(by(-1e-12)).toEqual(by(0))
    expect(by(0)).not.toEqual(by(1))
  })

  it('move down the gradient of the paper’s objective over the mean pull, by finite differences', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { weights, norms, ratios, alpha } = given
        const targets = targetsOf(given)
        const pulls = weights.map((weight, task) => weight * norms[task])
        // Not where the objective has a kink.
        fc.pre(pulls.every((pull, task) => Math.abs(pull - targets[task]) > 1e-3 * pull))
        const step = 1e-6
        const slopes = weights.map((_, task) => {
          const at = (shift: number): readonly number[] =>
            weights.map((weight, other) => (other === task ? weight * (1 + shift) : weight))
          return (
            (objective(at(step), norms, targets) - objective(at(-step), norms, targets)) / (2 * step * weights[task])
          )
        })
        const rate = 1e-6
        const moved = weights.map((weight, task) => Math.max(1e-3, weight - (rate * slopes[task]) / mean(pulls)))
        const next = rebalance(weights, norms, ratios, { alpha, learningRate: rate })
        next.forEach((weight, task) => expect(weight).toBeCloseTo(moved[task] / mean(moved), 9))
      }),
      { seed: seedOfRun(), numRuns: 300 },
    )
  })

  it('let a task count for less that pulls above its target, and for more below', () => {
    const options = { alpha: 1, learningRate: 0.01 }
    const [loud, quiet] = rebalance([1, 1], [3, 1], [1, 1], options)
    expect(loud).toBeLessThan(1)
    expect(quiet).toBeGreaterThan(1)
    const [slow, fast] = rebalance([1, 1], [1, 1], [2, 1], options)
    expect(slow).toBeGreaterThan(1)
    expect(fast).toBeLessThan(1)
  })

  it('stay where pulls and rates are equal, or there are none', () => {
    expect(rebalance([1, 1, 1], [2, 2, 2], [0.5, 0.5, 0.5], {})).toEqual([1, 1, 1])
    expect(rebalance([0.5, 1.5], [3, 1], [1, 1], {})).toEqual([0.5, 1.5])
    expect(rebalance([0.5, 1.5], [0, 0], [1, 1], {})).toEqual([0.5, 1.5])
    expect(rebalance([0.5, 1.5], [1, 1], [0, 0], {})).toEqual([0.5, 1.5])
  })

  it('do not depend on the unit of the losses', () => {
    fc.assert(
      fc.property(scene, fc.constantFrom(2 ** -20, 0.25, 1024), ({ weights, norms, ratios, alpha }, unit) => {
        const scaled = norms.map((norm) => norm * unit)
        expect(rebalance(weights, scaled, ratios, { alpha })).toEqual(rebalance(weights, norms, ratios, { alpha }))
      }),
      { seed: seedOfRun() },
    )
  })

  // Elsewhere the targets need not add up to what the pulls do, and no weights meet them all.
  it.each([0, 1])('in the end let every task pull as its rate to the power of %s', (alpha) => {
    const [norms, ratios] = [
      [4, 1, 0.5],
      [1, 2, 1.5],
    ]
    let weights: readonly number[] = [1, 1, 1]
    for (const learningRate of [1e-2, 1e-3, 1e-4])
      for (let step = 0; step < 3000; step++) weights = rebalance(weights, norms, ratios, { alpha, learningRate })
    const wanted = ratios.map((ratio, task) => ratio ** alpha / norms[task])
    weights.forEach((weight, task) => expect(weight).toBeCloseTo((3 * wanted[task]) / sum(wanted), 3))
  })
})

/** Functions of plain numbers beside those of the package that toPyTorch writes: orders, coefficients, losses of rows. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gradients, sum } from '../../../src/autograd/index.ts'
import { cpu64, crossEntropy, focalLoss, huber, stream, tensor } from '../../../src/index.ts'
import type { RowLoss } from '../../../src/index.ts'
import { averseToConflict, project, rebalance } from '../../../src/training/index.ts'
import { seedOfRun } from '../../laws/everyOp.ts'
import { NO_TORCH, askTorch } from '../../torch.ts'
import { difficult, gramOf, lengthOf } from '../../training/strategies/vectors.ts'

interface Answers {
  readonly permutations: readonly (readonly number[])[]
  readonly projections: readonly (readonly number[])[]
  readonly weights: readonly (readonly number[])[]
  readonly coefficients: readonly (readonly number[])[]
  readonly rowLosses: readonly { readonly rows: readonly number[]; readonly slopes: readonly number[] }[]
}

const LOGITS = [-40, -7.5, -1, -0.1, 0, 0.3, 2, 9, 40]
const ROW_LOSSES: readonly (readonly [name: string, options: object, loss: RowLoss])[] = [
  ['crossEntropy', {}, crossEntropy()],
  ['crossEntropy', { positiveWeight: 3 }, crossEntropy({ positiveWeight: 3 })],
  ['crossEntropy', { labelSmoothing: 0.2 }, crossEntropy({ labelSmoothing: 0.2 })],
  ...([{ positiveWeight: 0.5, labelSmoothing: 0.1 }] as const).map(
    (options) => ['crossEntropy', options, crossEntropy(options)] as const,
  ),
  ['focal', {}, focalLoss()],
  ['focal', { gamma: 0 }, focalLoss({ gamma: 0 })],
  ['focal', { gamma: 1.5, alpha: 0.25 }, focalLoss({ gamma: 1.5, alpha: 0.25 })],
  ['huber', {}, huber()],
  ['huber', { delta: 2.5 }, huber({ delta: 2.5 })],
]
const seed = seedOfRun()

describe.skipIf(NO_TORCH)(`functions beside PyTorch's${NO_TORCH ? `: skipped, ${NO_TORCH}` : ''}`, () => {
  const drawn = fc.sample(difficult, { seed, numRuns: 200 })
  const grams = drawn.map(gramOf)
  const shares = grams.map((_, at) => (at % 10) / 10)
  const orders = grams.map((gram, at) => [...stream(at).permutation(gram.length)])
  const norms = drawn.map((vectors) => vectors.map(lengthOf))
  const weights = drawn.map((vectors, at) => vectors.map((_, task) => 1 + stream(at).uniform(task)))
  const ratios = drawn.map((vectors, at) => vectors.map((_, task) => 2 * stream(at).uniform(9 + task)))
  const streams = [0, 1, -7, 1024, 2 ** 40 + 5].flatMap((seed) =>
    ['', '0', 'é', '日本'].map((name, at) => ({ seed, name, length: at * at })),
  )
  const labels = LOGITS.map((_, at) => [0, 1, 0.3][at % 3])
  const spelt = (options: object): object =>
    Object.fromEntries(
      Object.entries(options).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value,
      ]),
    )
  const asked = {
    permutations: streams,
    projections: grams.map((gram, at) => ({ gram, task: at % gram.length, order: orders[at] })),
    weights: drawn.map((_, at) => ({ weights: weights[at], norms: norms[at], ratios: ratios[at] })),
    coefficients: grams.map((gram, at) => ({ gram, c: shares[at] })),
    rowLosses: ROW_LOSSES.map(([name, options]) => ({ name, options: spelt(options), logits: LOGITS, labels })),
  }
  const answers = NO_TORCH
    ? undefined
    : (askTorch(new URL('functions.py', import.meta.url), asked, ['python']) as Answers)

  it('orders are drawn alike from every seed and name', () => {
    streams.forEach(({ seed, name, length }, at) =>
      expect(answers?.permutations[at]).toEqual([...stream(seed).stream(name).permutation(length)]),
    )
  })

  const near = (found: readonly number[] | undefined, expected: readonly number[], within: number, why = ''): void => {
    expect(found?.length).toBe(expected.length)
    const largest = Math.max(1, ...expected.map(Math.abs))
    expected.forEach((value, at) =>
      expect(
        Math.abs((found?.[at] ?? NaN) - value),
        `${why} ${String(found)} for ${String(expected)}`,
      ).toBeLessThanOrEqual(within * largest),
    )
  }

  it('PCGrad projects alike', () => {
    grams.forEach((gram, at) =>
      near(answers?.projections[at], project(gram, at % gram.length, orders[at]), 1e-12, `seed ${seed}, case ${at}`),
    )
  })

  it('GradNorm weighs alike', () => {
    drawn.forEach((_, at) =>
      near(answers?.weights[at], rebalance(weights[at], norms[at], ratios[at], {}), 1e-12, `seed ${seed}, case ${at}`),
    )
  })

  it('CAGrad takes the same direction', () => {
    grams.forEach((gram, at) =>
      near(answers?.coefficients[at], averseToConflict(gram, shares[at]), 1e-12, `seed ${seed}, case ${at}`),
    )
  })

  it.each(ROW_LOSSES.map(([name, options, loss], at) => ({ name, options, loss, at })))(
    '$name of $options is the loss of each row that it is here, with its slope',
    ({ loss, at }) => {
      const logits = tensor(LOGITS, undefined, cpu64)
      const rows = loss(logits, tensor(labels, undefined, cpu64))
      near(answers?.rowLosses[at].rows, [...rows.values], 1e-13)
      const [slopes] = gradients(sum(rows), [logits])
      near(answers?.rowLosses[at].slopes, [...slopes.values], 1e-13)
    },
  )
})

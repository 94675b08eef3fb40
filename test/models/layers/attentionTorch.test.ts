/** Pooling by attention is PyTorch's, value and gradients: of the candidate, of the history and of every weight. */
import { describe, expect, it } from 'vitest'
import { gradients, mul, sum } from '../../../src/autograd/index.ts'
import { batches, dataset, fitVocabulary, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { FeatureEmbedding, parameters } from '../../../src/models/index.ts'
import { stream, tensor } from '../../../src/tensor/index.ts'
import { NO_TORCH, askTorch } from '../../torch.ts'
import { stir } from '../feed.ts'

const D = 3
/** Full, cut off, with what is unknown, with an item twice, and empty. No candidate is an item, so that each has rows of its own. */
const HISTORIES = [['a', 'b'], [], ['a', 'b', 'c', 'd', 'a'], ['b', 'b', 'nobody'], ['d']]
const CANDIDATES = ['e', 'f', 'e', 'f', 'g']
const vocabulary = fitVocabulary(['a', 'b', 'c', 'd', 'e', 'f', 'g'])

/** All that is compared, beside what PyTorch is asked. */
function caseOf(attentionNormalize: boolean) {
  const features = [
    varLenFeature('history', {
      ...{ vocabulary, dimension: D, table: 'item', maxLength: 4, pooling: 'attention', candidate: 'item' },
      ...{ attentionHiddenUnits: [5, 4], attentionNormalize },
    }),
    sparseFeature('item', { vocabulary, dimension: D }),
  ]
  const embedding = stir(new FeatureEmbedding(features, stream(1), { initStd: 0.5, backend: cpu64 }))
  const data = dataset({ features, columns: { history: HISTORIES, item: CANDIDATES } })
  const [batch] = batches(data, { batchSize: data.rows, backend: cpu64 })
  const output = embedding.forward(batch)
  // The candidate's own columns come first, and are not looked at.
  const seed = HISTORIES.map((_, row) =>
    Array.from({ length: 2 * D }, (__, at) => (at < D ? 0 : stream(7).normal(row * D + at))),
  )
  const numbers = parameters(embedding)
  const found = gradients(sum(mul(output, tensor(seed, undefined, cpu64))), Object.values(numbers))
  const rowsOf = ({ shape, values }: { readonly shape: readonly number[]; readonly values: ArrayLike<number> }) =>
    shape.length < 2
      ? Array.from(values)
      : Array.from({ length: shape[0] }, (_, row) => Array.from(values).slice(row * shape[1], (row + 1) * shape[1]))
  return {
    pooled: rowsOf(output).map((row) => (row as readonly number[]).slice(D)),
    gradients: Object.fromEntries(Object.keys(numbers).map((path, at) => [path, rowsOf(found[at])])),
    asked: {
      numbers: Object.fromEntries(Object.entries(numbers).map(([path, each]) => [path, rowsOf(each)])),
      history: rowsOf({ shape: [data.rows, 4], values: data.ids.history }),
      item: [...data.ids.item],
      normalize: attentionNormalize,
      seed: seed.map((row) => row.slice(D)),
    },
  }
}

interface Answer {
  readonly pooled: readonly (readonly number[])[]
  readonly gradients: Readonly<Record<string, readonly (number | readonly number[])[]>>
}

/** Numbers of lists of lists, in order. */
const flat = (given: unknown): readonly number[] => [given].flat(Infinity) as readonly number[]

describe.skipIf(NO_TORCH)(`attention beside PyTorch${NO_TORCH ? `: skipped, ${NO_TORCH}` : ''}`, () => {
  const cases = NO_TORCH ? [] : [false, true].map(caseOf)
  const script = new URL('torch_attention.py', import.meta.url)
  const there = NO_TORCH
    ? []
    : (askTorch(
        script,
        cases.map(({ asked }) => asked),
      ) as readonly Answer[])

  it.each([
    ['weights as they come', 0],
    ['weights that are shares of 1', 1],
  ])('pools what it pools there, and has its gradients: %s', (_, at) => {
    const [here, expected] = [cases[at], there[at]]
    const near = (actual: unknown, wanted: unknown, what: string): void => {
      const [numbers, others] = [flat(actual), flat(wanted)]
      expect(numbers.length, what).toBe(others.length)
      numbers.forEach((value, index) => {
        expect(Math.abs(value - others[index]), what).toBeLessThan(1e-11)
      })
    }
    near(here.pooled, expected.pooled, 'pooled')
    expect(here.pooled[1]).toEqual([0, 0, 0])
    expect(Object.keys(here.gradients).sort()).toEqual(Object.keys(expected.gradients).sort())
    for (const [path, gradient] of Object.entries(here.gradients)) {
      near(gradient, expected.gradients[path], path)
      // Shares of 1 are the same whatever is added to all.
      const moves = path !== 'attention.history.output.bias' || at === 0
      expect(
        flat(gradient).some((value) => Math.abs(value) > 1e-3),
        path,
      ).toBe(moves)
    }
  })
})

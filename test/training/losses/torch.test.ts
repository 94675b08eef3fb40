/** Losses of weighted rows are PyTorch's, and so are their gradients. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../../../src/autograd/index.ts'
import { batches, dataset, denseFeature } from '../../../src/data/index.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import { stream, tensor } from '../../../src/tensor/index.ts'
import { taskLosses } from '../../../src/training/index.ts'
import { NO_TORCH, askTorch } from '../../torch.ts'

const ROWS = 12
const rows = Array.from({ length: ROWS }, (_, row) => row)
const random = stream(16)
const TASKS = { like: 'binary', share: 'binary', price: 'regression' } as const
const TYPES = Object.entries(TASKS)

/** Some rows are in no task's sample space, and some weigh nothing; numbers are those that float32 has, too. */
const labels = Object.fromEntries(
  TYPES.map(([task, type]) => [
    task,
    rows.map((row) =>
      random.stream(`inside ${task}`).uniform(row) < 0.2
        ? NaN
        : type === 'binary'
          ? Math.round(random.stream(task).uniform(row))
          : Math.fround(random.stream(task).normal(row)),
    ),
  ]),
)
const weightsOf = (name: string): readonly number[] =>
  rows.map((row) => (row % 5 === 4 ? 0 : Math.fround(3 * random.stream(`weights ${name}`).uniform(row))))
const SAMPLE_WEIGHTS = {
  'of all tasks': weightsOf('all'),
  'by task, of all': Object.fromEntries(TYPES.map(([task]) => [task, weightsOf(task)])),
  'by task, of some': { price: weightsOf('price') },
} as const
/** The outputs of a model that is unsure, and of one that is very sure, right or wrong. */
const logitsOf = (scale: number): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(
    TYPES.map(([task]) => [task, rows.map((row) => Math.fround(scale * random.stream(`logits ${task}`).normal(row)))]),
  )

interface Answer {
  readonly loss: number
  readonly gradient: readonly number[]
}

describe.skipIf(NO_TORCH)(`weighted losses beside PyTorch${NO_TORCH ? `: skipped, ${NO_TORCH}` : ''}`, () => {
  const cases = Object.entries(SAMPLE_WEIGHTS).flatMap(([which, sampleWeights]) =>
    [1, 30].map((scale) => ({ which, sampleWeights, scale, logits: logitsOf(scale) })),
  )
  const asked = cases.flatMap(({ sampleWeights, logits }) =>
    TYPES.map(([task, kind]) => ({
      kind,
      logits: logits[task],
      labels: labels[task].map((label) => (Number.isNaN(label) ? null : label)),
      weights:
        'length' in sampleWeights
          ? sampleWeights
          : ((sampleWeights as Readonly<Record<string, readonly number[]>>)[task] ?? rows.map(() => 1)),
    })),
  )
  const there = NO_TORCH ? [] : (askTorch(new URL('torch_losses.py', import.meta.url), asked) as readonly Answer[])

  it.each([
    ['float64', cpu64, 1e-12],
    ['float32', cpu, 1e-6],
  ] as const)('are what they are there, in %s', (_, backend, tolerance) => {
    const near = (actual: number, expected: number): void =>
      expect(Math.abs(actual - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(tolerance)
    for (const [at, { sampleWeights, logits }] of cases.entries()) {
      const features = [denseFeature('age')]
      const data = dataset({ features, columns: { age: rows }, labels, tasks: TASKS, sampleWeights })
      const [batch] = batches(data, { batchSize: ROWS, backend })
      const outputs = Object.fromEntries(
        TYPES.map(([task]) => [task, tensor([...logits[task]], [ROWS], backend)] as const),
      )
      for (const [index, [task, loss]] of Object.entries(taskLosses(outputs, batch, TASKS)).entries()) {
        const expected = there[at * TYPES.length + index]
        near(loss.item(), expected.loss)
        const [gradient] = gradients(loss, [outputs[task]])
        expect(gradient.values).toHaveLength(ROWS)
        gradient.values.forEach((value, row) => {
          near(value, expected.gradient[row])
        })
      }
    }
  })

  it('are others than those of rows that weigh the same', () => {
    const [weighted, , byTask, , some] = cases.map((_, at) => there.slice(3 * at, 3 * at + 3).map(({ loss }) => loss))
    expect(some[2]).not.toBeCloseTo(weighted[2], 3)
    for (const task of [0, 1, 2]) expect(byTask[task]).not.toBeCloseTo(weighted[task], 3)
  })
})

/** Losses of weighted rows are PyTorch's, of every kind of task that it has a loss for, and so are their gradients. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../../../src/autograd/index.ts'
import { batches, dataset, denseFeature } from '../../../src/data/index.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import { kindOf, nameOf } from '../../../src/models/index.ts'
import type { TaskType } from '../../../src/models/index.ts'
import { count, multiclass } from '../../../src/tasks.ts'
import { stream, tensor } from '../../../src/tensor/index.ts'
import { taskLosses } from '../../../src/training/index.ts'
import { NO_TORCH, askTorch } from '../../torch.ts'

const ROWS = 12
const rows = Array.from({ length: ROWS }, (_, row) => row)
const random = stream(16)
const TASKS = { like: 'binary', share: 'binary', price: 'regression', genre: multiclass(3), visits: count() } as const
const TYPES: readonly (readonly [string, TaskType])[] = Object.entries(TASKS)

const DRAWN: Readonly<Record<string, (task: string, row: number) => number>> = {
  binary: (task, row) => Math.round(random.stream(task).uniform(row)),
  regression: (task, row) => Math.fround(random.stream(task).normal(row)),
  multiclass: (task, row) => Math.floor(3 * random.stream(task).uniform(row)),
  count: (task, row) => Math.floor(4 * random.stream(task).uniform(row)),
}

/** Some rows are in no task's sample space, and some weigh nothing; numbers are those that float32 has, too. */
const labels = Object.fromEntries(
  TYPES.map(([task, type]) => [
    task,
    rows.map((row) => (random.stream(`inside ${task}`).uniform(row) < 0.2 ? NaN : DRAWN[nameOf(type)](task, row))),
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
    TYPES.map(([task, type]) => {
      // A mean of e³⁰ is no count.
      const reach = nameOf(type) === 'count' ? Math.min(2, scale) : scale
      const logit = (at: number): number => Math.fround(reach * random.stream(`logits ${task}`).normal(at))
      return [task, Array.from({ length: ROWS * kindOf(type).width }, (_, at) => logit(at))]
    }),
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
    TYPES.map(([task, type]) => ({
      kind: nameOf(type),
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
        TYPES.map(([task, type]) => {
          const { width } = kindOf(type)
          return [task, tensor([...logits[task]], width > 1 ? [ROWS, width] : [ROWS], backend)] as const
        }),
      )
      for (const [index, [task, loss]] of Object.entries(taskLosses(outputs, batch, TASKS)).entries()) {
        const expected = there[at * TYPES.length + index]
        near(loss.item(), expected.loss)
        const [gradient] = gradients(loss, [outputs[task]])
        expect(gradient.values).toHaveLength(logits[task].length)
        gradient.values.forEach((value, row) => {
          near(value, expected.gradient[row])
        })
      }
    }
  })

  it('are others than those of rows that weigh the same', () => {
    const [weighted, , byTask, , some] = cases.map((_, at) =>
      there.slice(TYPES.length * at, TYPES.length * (at + 1)).map(({ loss }) => loss),
    )
    expect(some[2]).not.toBeCloseTo(weighted[2], 3)
    for (const task of TYPES.keys()) expect(byTask[task]).not.toBeCloseTo(weighted[task], 3)
  })
})

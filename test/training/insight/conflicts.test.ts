/** Conflicts of gradients: norms and cosines are those of plain gradients, and looking changes nothing. */
import { describe, expect, it } from 'vitest'
import { gradients, matmul, reshape, scaleShift, usedBy } from '../../../src/autograd/index.ts'
import { batches, dataset, denseFeature } from '../../../src/data/index.ts'
import { PLE, SharedBottom, SingleTask, saveState, trainable } from '../../../src/models/index.ts'
import type { Model } from '../../../src/models/index.ts'
import { Parameter, tensor } from '../../../src/tensor/index.ts'
import { adam, conflictMeter, fit, gradientConflicts, taskLosses } from '../../../src/training/index.ts'
import type { Alignment, ConflictOptions, Conflicts, RowLoss } from '../../../src/training/index.ts'
import type { TaskType } from '../../../src/models/index.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed, stir } from '../../models/feed.ts'

const SETTINGS = { features: FEATURES, taskNames: TASKS, taskTypes: TYPES, towerDnnHiddenUnits: [3] }
const experts = { expertDnnHiddenUnits: [4], dnnUseBn: true, dnnDropout: 0.5 }
const ple = (taskTypes: readonly TaskType[] = TYPES): PLE => stir(new PLE({ ...SETTINGS, ...experts, taskTypes }))
const data = feed(40)
const whole = { batchSize: 40, batches: 1 }

/** Every task is w·x: what its labels are says which way its gradient, −2·mean (y − w·x)·x, points from w = 0. */
function straight(labels: Readonly<Record<string, readonly number[]>>, x: readonly number[]) {
  const features = [denseFeature('x', { dimension: 2 })]
  const names = Object.keys(labels)
  const model: Model & { readonly w: Parameter } = {
    w: new Parameter(tensor([0, 0], [2, 1])),
    features,
    tasks: Object.fromEntries(names.map((name) => [name, 'regression'])),
    forward({ numbers, rows }) {
      const output = reshape(matmul(numbers.x, this.w), [rows])
      return { logits: Object.fromEntries(names.map((name) => [name, output])), gates: [] }
    },
  }
  return { model, data: dataset({ features, columns: { x }, labels }) }
}

describe('conflicts of gradients', () => {
  it('are −1, 0 and 1 between gradients that oppose, ignore and support each other', () => {
    const x = [1, 0, 0, 1, 1, 0, 0, 1]
    const made = straight({ up: [1, 0, 1, 0], down: [-1, 0, -1, 0], side: [0, 1, 0, 1], twice: [2, 0, 2, 0] }, x)
    const { tasks, batches: count, norms, cosines, conflicting, parameters } = gradientConflicts(made.model, made.data)
    expect(tasks).toEqual(['up', 'down', 'side', 'twice'])
    expect(count).toBe(1)
    expect(norms).toEqual({ up: 1, down: 1, side: 1, twice: 2 })
    expect(cosines.up).toEqual({ up: 1, down: -1, side: 0, twice: 1 })
    expect(cosines.down).toEqual({ up: -1, down: 1, side: 0, twice: -1 })
    expect(conflicting.up).toEqual({ up: 0, down: 1, side: 0, twice: 0 })
    expect(parameters).toEqual({ w: { norms, cosines, conflicting } })
  })

  it('are averaged over batches: norms as squares, cosines where neither gradient is 0', () => {
    const made = straight({ one: [1, 1, 1, 1, 0], other: [3, 3, 3, -3, 1] }, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0])
    const {
      batches: count,
      norms,
      cosines,
      conflicting,
    } = gradientConflicts(made.model, made.data, {
      batchSize: 1,
      batches: 9,
    })
    expect(count).toBe(5)
    expect(norms.one).toBeCloseTo(Math.sqrt((4 * 2 ** 2) / 5), 6)
    expect(norms.other).toBeCloseTo(Math.sqrt((4 * 6 ** 2 + 2 ** 2) / 5), 6)
    expect([cosines.one.other, cosines.other.one]).toEqual([0.5, 0.5])
    expect(conflicting.one.other).toBe(0.25)
  })

  it('are of the batches that have rows of a task: one that is rare is no weaker for it', () => {
    const made = straight({ one: [1, 1, 1, 1], rare: [NaN, NaN, 3, NaN], never: [NaN, NaN, NaN, NaN] }, [
      ...[1, 0, 1, 0, 1, 0, 1, 0],
    ])
    for (const compiled of [true, false]) {
      const { norms, cosines, parameters } = gradientConflicts(made.model, made.data, { batchSize: 1, compiled })
      expect(norms).toEqual({ one: 2, rare: 6, never: NaN })
      expect(cosines.one).toEqual({ one: 1, rare: 1, never: NaN })
      expect(parameters.w.norms).toEqual(norms)
    }
  })

  it.each([
    ['binary tasks and a regression', TYPES],
    ['classes, labels and counts', KINDS],
  ])('of %s are those of plain gradients, parameter by parameter and of all, whatever runs them', (_, types) => {
    const model = ple(types)
    const data = feed(40, 1, FEATURES, types)
    const [batch] = batches(data, { batchSize: 40 })
    const paths = trainable(model)
    const losses = Object.values(taskLosses(model.forward(batch).logits, batch, model.tasks))
    const shared = Object.entries(paths).filter(
      ([, parameter]) => losses.filter((loss) => usedBy(loss, [parameter]).length > 0).length > 1,
    )
    const vectors = losses.map((loss) => shared.map(([, parameter]) => [...gradients(loss, [parameter])[0].values]))
    const norm = (values: readonly number[]): number => Math.hypot(...values)
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((total, value, at) => total + value * b[at], 0)
    const agree = ({ norms, cosines }: Alignment, of: readonly (readonly number[])[]): void =>
      TASKS.forEach((task, row) => {
        expect(norms[task]).toBeCloseTo(norm(of[row]), 5)
        TASKS.forEach((other, column) => {
          const expected = dot(of[row], of[column]) / (norm(of[row]) * norm(of[column]))
          if (Number.isNaN(expected)) expect(cosines[task][other]).toBeNaN()
          else expect(cosines[task][other]).toBeCloseTo(expected, 4)
        })
      })
    for (const compiled of [true, false]) {
      const found = gradientConflicts(model, data, { ...whole, compiled })
      expect(Object.keys(found.parameters)).toEqual(shared.map(([path]) => path))
      shared.forEach(([path], index) =>
        agree(
          found.parameters[path],
          vectors.map((own) => own[index]),
        ),
      )
      agree(
        found,
        vectors.map((own) => own.flat()),
      )
    }
    // Tables, whose gradients are row-sparse, and a shared expert of the lower level, are among them.
    const named = shared.map(([path]) => path).join()
    expect(named).toMatch(/embed/i)
    expect(named).toMatch(/shared/)
    expect(shared.length).toBeLessThan(Object.keys(paths).length)
  })

  it('are of the losses that rows are given', () => {
    const made = straight({ one: [1, 1], other: [3, 3] }, [1, 0, 0, 1])
    const shift: RowLoss = (output) => scaleShift(output, { factor: 5 })
    const { norms } = gradientConflicts(made.model, made.data, { losses: { one: shift } })
    expect(norms.one).toBeCloseTo(Math.hypot(2.5, 2.5), 6)
    expect(norms.other).toBeCloseTo(Math.hypot(3, 3), 6)
  })

  it('are the same for one seed, and of other rows for another', () => {
    const of = (seed: number): Conflicts => gradientConflicts(ple(), data, { batchSize: 8, batches: 2, seed })
    expect(of(1)).toEqual(of(1))
    expect(of(1).norms).not.toEqual(of(2).norms)
  })

  it('are of nothing where nothing is shared', () => {
    const apart = gradientConflicts(new SingleTask({ ...SETTINGS, bottomDnnHiddenUnits: [4] }), data, whole)
    expect(apart.parameters).toEqual({})
    expect(apart.norms).toEqual({ click: 0, click_buy: 0, click_buy_price: 0 })
    expect([apart.cosines.click.click_buy, apart.conflicting.click.click_buy]).toEqual([NaN, NaN])
    const alone = straight({ one: [1, 1] }, [1, 0, 1, 0])
    expect(gradientConflicts(alone.model, alone.data)).toMatchObject({ tasks: ['one'], parameters: {} })
  })
})

describe('looking for conflicts', () => {
  it.each([true, false])('changes no number of the model, compiled: %s', (compiled) => {
    const model = ple()
    const before = saveState(model)
    gradientConflicts(model, data, { ...whole, compiled })
    expect(saveState(model)).toEqual(before)
  })

  it('changes nothing of a training that goes on, and follows it', async () => {
    const make = (): SharedBottom => stir(new SharedBottom({ ...SETTINGS, bottomDnnHiddenUnits: [4], dnnUseBn: true }))
    const train = async (model: Model, onEpoch: () => void): Promise<void> => {
      await fit(model, { data, epochs: 3, batchSize: 16, optimizer: adam({ learningRate: 0.05 }), onEpoch })
    }
    const [watched, alone] = [make(), make()]
    const meter = conflictMeter(watched, data, whole)
    const seen: Conflicts[] = []
    await train(watched, () => {
      seen.push(meter.measure())
      expect(gradientConflicts(watched, data, whole)).toEqual(seen.at(-1))
    })
    meter.release()
    await train(alone, () => undefined)
    expect(saveState(watched)).toEqual(saveState(alone))
    expect(new Set(seen.map(({ norms }) => norms.click)).size).toBe(3)
    expect(seen[2]).toEqual(gradientConflicts(alone, data, whole))
  })

  it.each<[ConflictOptions, RegExp]>([
    [{ batchSize: 0 }, /gradientConflicts: expected batchSize to be an integer of at least 1 but got 0/],
    [{ batches: 1.5 }, /gradientConflicts: expected batches to be an integer of at least 1 but got 1.5/],
    [{ losses: { clicks: (output) => output } }, /gradientConflicts: expected losses of click, .* but got 'clicks'/],
  ])('refuses %j', (options, message) => {
    expect(() => gradientConflicts(ple(), data, options)).toThrow(message)
  })

  it('refuses data without rows or labels', () => {
    expect(() => gradientConflicts(ple(), data.select([]))).toThrow('expected at least one row of data but got none')
    const { click, ...labels } = data.labels
    expect(click).toBeDefined()
    expect(() => gradientConflicts(ple(), { ...data, labels })).toThrow("expected labels of task 'click'")
  })

  it('refuses gradients that are not finite, by task and parameter', () => {
    const made = straight({ one: [1, 1], other: [3e38, 3e38] }, [1, 0, 1, 0])
    expect(() => gradientConflicts(made.model, made.data)).toThrow(
      "gradientConflicts: expected finite gradients but got a squared norm of NaN of task 'other' by 'w'",
    )
  })
})

/** Every model of the zoo: what it infers, and the gradients of its losses, as the CPU has them. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../../src/autograd/index.ts'
import { batches } from '../../src/data/index.ts'
import type { Batch } from '../../src/data/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, WideDeep, cgc, mlMmoe, mmoe, trainable } from '../../src/models/index.ts'
import type { Model, TaskType } from '../../src/models/index.ts'
import { compile } from '../../src/program/index.ts'
import { taskLosses, weightedSum } from '../../src/training/index.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed, stir } from '../models/feed.ts'
import type { Given } from './given.ts'

const GATELESS = {
  features: FEATURES,
  taskNames: TASKS,
  taskTypes: TYPES,
  towerDnnHiddenUnits: [3],
  dnnActivation: 'tanh',
  initStd: 0.5,
} as const
const GATED = { ...GATELESS, expertDnnHiddenUnits: [5, 4], gateDnnHiddenUnits: [3] }
const BOTTOM = { ...GATELESS, bottomDnnHiddenUnits: [5, 4] }
const { features: _, ...DEEP } = BOTTOM

/** A model, and the types of its tasks. */
type Case = readonly [make: () => Model, types: readonly TaskType[]]

const OF_KINDS: Readonly<Record<string, (taskTypes: readonly TaskType[]) => Model>> = {
  PLE: (taskTypes) => new PLE({ ...GATED, taskTypes }),
  MMoE: (taskTypes) => mmoe({ ...GATED, taskTypes }),
  'shared-bottom': (taskTypes) => new SharedBottom({ ...BOTTOM, taskTypes }),
  'single task': (taskTypes) => new SingleTask({ ...BOTTOM, taskTypes }),
  'Wide & Deep': (taskTypes) => new WideDeep({ ...DEEP, taskTypes, wideFeatures: FEATURES, deepFeatures: FEATURES }),
}

const ZOO: Readonly<Record<string, () => Model>> = {
  'PLE of three levels, unequal groups and batch normalisation': () =>
    new PLE({
      ...GATED,
      numLevels: 3,
      sharedExpertNum: 2,
      specificExpertNum: { click: 1, click_buy: 2, click_buy_price: 1 },
      dnnUseBn: true,
    }),
  'PLE of eight experts to a gate': () => new PLE({ ...GATED, specificExpertNum: 4, sharedExpertNum: 4 }),
  'PLE with weights that are shares of 1, swish, and a normalisation as in TensorFlow': () =>
    new PLE({
      ...GATED,
      features: FEATURES.map((feature) =>
        feature.kind === 'varLen' && feature.weights !== undefined ? { ...feature, weightNorm: true } : feature,
      ),
      dnnActivation: 'swish',
      dnnUseBn: true,
      batchNormEpsilon: 1e-3,
      batchNormMomentum: 0.01,
    }),
  CGC: () => cgc(GATED),
  MMoE: () => mmoe(GATED),
  'ML-MMoE': () => mlMmoe(GATED),
  'shared-bottom': () => new SharedBottom(BOTTOM),
  'single task': () => new SingleTask(BOTTOM),
  ESMM: () => {
    const { taskTypes: __, ...rest } = GATELESS
    return new ESMM({ ...rest, taskNames: ['click', 'click_buy'], conversionName: 'buy' })
  },
  'Wide & Deep': () => new WideDeep({ ...DEEP, wideFeatures: FEATURES, deepFeatures: FEATURES }),
}

const CASES: readonly (readonly [name: string, ...Case])[] = [
  ...Object.entries(ZOO).map(([name, make]) => [name, make, TYPES] as const),
  ...Object.entries(OF_KINDS).map(
    ([name, make]) => [`${name} of classes, labels and counts`, () => make(KINDS), KINDS] as const,
  ),
]

/** Logits and the gradient of every parameter, of a training pass. */
function passOf(model: Model) {
  const learned = Object.values(trainable(model))
  return (batch: Batch) => {
    const { logits } = model.forward(batch, { training: true, step: 0 })
    return { logits, gradients: gradients(weightedSum(taskLosses(logits, batch, model.tasks), {}), learned) }
  }
}

export const models = (given: Given): void => {
  describe.each(CASES)('%s', (__, make, types) => {
    const [batch] = batches(feed(12, 1, FEATURES, types), { batchSize: 12 })

    it('has the logits and the gradients of the CPU', async () => {
      const model = stir(make())
      const there = given().compile(passOf(model), { resident: true })
      const got = await there(batch)
      const expected = compile(passOf(model))(batch)
      const all = (pass: typeof got) => [...Object.values(pass.logits), ...pass.gradients]
      const largest = Math.max(...all(expected).flatMap(({ values }) => [...values].map(Math.abs)))
      all(expected).forEach(({ values }, index) => {
        values.forEach((value, at) => {
          expect(Math.abs(all(got)[index].values[at] - value)).toBeLessThanOrEqual(2e-5 * Math.max(1, largest))
        })
      })
      await there.release()
    })
  })
}

/** Models that are not of the zoo, or not quite: activations and layers of one's own, and where a model may lie. */
import { describe, expect, it } from 'vitest'
import { concat, mul, op, reshape, sigmoid, tanh } from '../../../src/autograd/index.ts'
import { dataset, denseFeature, sparseFeature } from '../../../src/data/index.ts'
import type { Batch } from '../../../src/data/index.ts'
import * as kernels from '../../../src/kernels/table/index.ts'
import { cpu, wasm } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { Dense, FeatureEmbedding, INFERENCE, SharedBottom, growModel } from '../../../src/models/index.ts'
import type { Model, ModelOptions } from '../../../src/models/index.ts'
import { toONNX } from '../../../src/onnx.ts'
import { onHost, stream } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { predict } from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed, stir } from '../../models/feed.ts'
import { apart, inputsOf } from './drawn.ts'
import { feedsOf } from './feeds.ts'
import { NO_ORT, ort, ranBy } from './runtime.ts'

const small = (options: Partial<ModelOptions>): SharedBottom =>
  stir(
    new SharedBottom({
      ...{ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, bottomDnnHiddenUnits: [4] },
      ...options,
    }),
  )

/** A model of one's own: two layers on embeddings, of which the second reads the first one's product with itself. */
function own(): Model {
  const features = [sparseFeature('user', { vocabularySize: 9, dimension: 3 }), denseFeature('age')]
  const embedding = new FeatureEmbedding(features, stream(1), { initStd: 1 })
  const layers = [new Dense(4, 2, stream(2)), new Dense(6, 1, stream(3))]
  return {
    features,
    ...{ embedding, layers },
    tasks: { price: 'regression' },
    forward(batch: Batch) {
      const x = embedding.forward(batch)
      const y = layers[0].forward(x, INFERENCE)
      const logit = layers[1].forward(concat([mul(y, y), x], { axis: -1 }), INFERENCE)
      return { logits: { price: reshape(logit, [batch.rows]) }, gates: [] }
    },
  }
}

describe.skipIf(!ort)(`ONNX Runtime runs${NO_ORT}`, () => {
  const agrees = async (model: Model, rows: number): Promise<void> => {
    const data =
      model.features.length === 2
        ? dataset({
            features: model.features,
            columns: {
              user: Array.from({ length: rows }, (_, row) => row % 9),
              age: Array.from({ length: rows }, (_, row) => Math.sin(row)),
            },
          })
        : feed(rows, 1, model.features)
    const outputs = await ranBy(ort!, toONNX(model), feedsOf(ort!, inputsOf(data)))
    const expected = predict(model, data, { compiled: false })
    expect(Object.keys(outputs)).toEqual(Object.keys(expected))
    for (const [task, values] of Object.entries(expected)) expect(apart(outputs[task].data, values)).toBeLessThan(1e-5)
  }

  it('a model of one’s own', async () => {
    await agrees(own(), 1)
    await agrees(own(), 20)
  })

  it('an activation of one’s own that is made of ops', async () => {
    await agrees(small({ dnnActivation: (x: Tensor) => mul(tanh(x), sigmoid(x)) }), 20)
  })

  it('a model with a table that is frozen, and one whose tables have grown', async () => {
    const user = sparseFeature('user', { vocabularySize: 5, dimension: 3, initStd: 0, trainable: false })
    const features = FEATURES.map((feature) => (feature.name === 'user' ? user : feature))
    await agrees(small({ features }), 20)
    await agrees(growModel(small({ features }), { features: { user: 6, item: 9 } }), 20)
  })

  it('a model whose numbers are in the memory of WebAssembly', async () => {
    await agrees(small({ backend: wasm({ bytes: 2 ** 22 }) }), 20)
  })
})

describe('refuses', () => {
  it('an activation that is no expression of ops, by what it is', () => {
    const negated = op('negated', '...n -> ...n', {
      forward: (call, [x], y, { n }) => call(kernels.neg, x, y, n),
      vjp: () => [null],
    })
    const by = (dnnActivation: (x: Tensor) => Tensor): (() => unknown) => {
      const model = small({ dnnActivation })
      return () => toONNX(model)
    }
    expect(by(negated)).toThrow(
      'toONNX: expected ops that ONNX has but got negated: because no op of ONNX does what it does, and it has no means that says it in ops',
    )
    expect(by((x) => onHost((from, to) => to.set(from), [x], [x.shape])[0])).toThrow(
      'toONNX: expected numbers that come of inputs by ops but got (5×64) that do not',
    )
  })

  it('a model whose numbers are not at hand', () => {
    const far: Backend = { ...cpu, name: 'far', view: () => undefined }
    const model = new SharedBottom({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, backend: far })
    expect(() => toONNX(model)).toThrow('toONNX: expected numbers at hand but they are on far')
  })
})

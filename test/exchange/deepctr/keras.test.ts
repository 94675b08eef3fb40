/** Weights to and from DeepCTR's Keras names: whoever has them, here or in a literal reading of its layers, predicts the same. */
import { describe, expect, it } from 'vitest'
import { sigmoid } from '../../../src/autograd/index.ts'
import { batches } from '../../../src/data/index.ts'
import { fromDeepCTR, toDeepCTR } from '../../../src/exchange/deepctr/index.ts'
import type { DeepCTRModel, DeepCTRTensors } from '../../../src/exchange/deepctr/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { ESMM, PLE, SharedBottom, growModel, mmoe, saveState } from '../../../src/models/index.ts'
import { feed, stir } from '../../models/feed.ts'
import { POOLED } from './cases.ts'
import { Keras } from './kerasOracle.ts'
import type { KerasOptions } from './kerasOracle.ts'

const ROWS = 9
/** Of nothing but padding, which is pooled otherwise there. */
const PADDING = 1

const TASKS = { taskNames: ['b', 'a'], taskTypes: ['binary', 'regression'] } as const

/** The table `item` is that of a list and of a sparse feature. */
const TABLES = {
  user: 'sparse_emb_user',
  item: 'sparse_seq_emb_history',
  tags: 'sparse_seq_emb_tags',
  topics: 'sparse_seq_emb_topics',
}

type Rows = readonly (readonly number[])[]
type Build = (options: KerasOptions) => { readonly model: DeepCTRModel; readonly keras: Keras; readonly outputs: Rows }

const shared = ({ features, activation, normalised }: KerasOptions) => ({
  features,
  dnnActivation: activation,
  dnnUseBn: normalised,
  batchNormEpsilon: 1e-3,
  backend: cpu64,
})

const MODELS: Readonly<Record<string, Build>> = {
  'PLE of two levels': (options) => {
    const keras = new Keras(options)
    const { taskNames, taskTypes } = TASKS
    const level = (number: number, last: boolean) => {
      const prefix = `level_${number}_`
      const own = taskNames.map((task) =>
        [0, 1].map((at) => keras.network(`${prefix}task_${task}_expert_specific_${at}`, [4, 3])),
      )
      const common = [keras.network(`${prefix}expert_shared_0`, [4, 3])]
      const listeners = last ? taskNames : [...taskNames, 'shared']
      const gates = listeners.map((name) =>
        name === 'shared'
          ? keras.gate(`${prefix}gate_shared`, `${prefix}gate_softmax_shared`, [2])
          : keras.gate(`${prefix}gate_specific_${name}`, `${prefix}gate_softmax_specific_${name}`, [2]),
      )
      return (signals: Rows): Rows => {
        const specific = own.map((experts, task) => experts.map((expert) => expert(signals[task])))
        const voices = common.map((expert) => expert(signals[2]))
        return gates.map((gate, at) => gate(signals[at], [...(at < 2 ? specific[at] : specific.flat()), ...voices]))
      }
    }
    const x = keras.inputs(ROWS, TABLES)
    const levels = [level(0, false), level(1, true)]
    const towers = taskNames.map((task, at) => {
      const network = keras.network(`tower_${task}`, [2])
      const prediction = keras.prediction(task, taskTypes[at])
      return (signal: readonly number[]) => prediction(network(signal))
    })
    const outputs = x.map((row) => {
      const signals = levels.reduce<Rows>((given, each) => each(given), [row, row, row])
      return towers.map((tower, task) => tower(signals[task]))
    })
    const model = new PLE({
      ...shared(options),
      ...TASKS,
      specificExpertNum: 2,
      expertDnnHiddenUnits: [4, 3],
      gateDnnHiddenUnits: [2],
      towerDnnHiddenUnits: [2],
    })
    return { model, keras, outputs }
  },
  MMoE: (options) => {
    const keras = new Keras(options)
    const { taskNames, taskTypes } = TASKS
    const x = keras.inputs(ROWS, TABLES)
    const experts = [0, 1, 2].map((at) => keras.network(`expert_${at}`, [3]))
    const gates = taskNames.map((task) => keras.gate(`gate_${task}`, `gate_softmax_${task}`, []))
    const towers = taskNames.map((task) => keras.network(`tower_${task}`, [2]))
    const predictions = taskNames.map((task, at) => keras.prediction(task, taskTypes[at]))
    const outputs = x.map((row) => {
      const voices = experts.map((expert) => expert(row))
      return gates.map((gate, task) => predictions[task](towers[task](gate(row, voices))))
    })
    const model = mmoe({ ...shared(options), ...TASKS, expertDnnHiddenUnits: [3], towerDnnHiddenUnits: [2] })
    return { model, keras, outputs }
  },
  SharedBottom: (options) => {
    const keras = new Keras(options)
    const { taskNames, taskTypes } = TASKS
    const x = keras.inputs(ROWS, TABLES)
    const bottom = keras.network(keras.auto('dnn'), [4, 3])
    const towers = taskNames.map((task) => keras.network(`tower_${task}`, [2]))
    const predictions = taskNames.map((task, at) => keras.prediction(task, taskTypes[at]))
    const outputs = x.map((row) => predictions.map((prediction, task) => prediction(towers[task](bottom(row)))))
    const model = new SharedBottom({
      ...shared(options),
      ...TASKS,
      bottomDnnHiddenUnits: [4, 3],
      towerDnnHiddenUnits: [2],
    })
    return { model, keras, outputs }
  },
  ESMM: (options) => {
    const keras = new Keras(options)
    const x = keras.inputs(ROWS, TABLES)
    const [ctr, cvr] = [0, 1].map(() => keras.network(keras.auto('dnn'), [4, 3]))
    const predictions = ['ctr', keras.auto('prediction_layer')].map((name) => keras.prediction(name, 'binary'))
    const outputs = x.map((row) => {
      const [click, conversion] = [ctr(row), cvr(row)].map((signal, at) => predictions[at](signal))
      return [click, click * conversion]
    })
    return { model: new ESMM({ ...shared(options), towerDnnHiddenUnits: [4, 3] }), keras, outputs }
  },
}

const OPTIONS: readonly Omit<KerasOptions, 'features'>[] = [
  { activation: 'relu', normalised: false, before: 0 },
  { activation: 'tanh', normalised: true, before: 9 },
  { activation: 'prelu', normalised: true, before: 0 },
  { activation: 'dice', normalised: true, before: 98 },
  { activation: 'dice', normalised: false, before: 0 },
]

function difference(model: DeepCTRModel, outputs: Rows): number {
  const [batch] = batches(feed(ROWS, 1, model.features), { batchSize: ROWS, backend: cpu64 })
  const { logits } = model.forward(batch)
  return Math.max(
    ...Object.entries(model.tasks).flatMap(([task, type], at) => {
      const values = (type === 'binary' ? sigmoid(logits[task]) : logits[task]).values
      return outputs.flatMap((row, index) => (index === PADDING ? [] : [Math.abs(values[index] - row[at])]))
    }),
  )
}

const without = (suffix: string, tensors: DeepCTRTensors): DeepCTRTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.replace(suffix, ''), tensor]))

const float32 = (tensors: DeepCTRTensors): DeepCTRTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => [
      name,
      { shape, values: Float32Array.from(Array.from(values, Number)) },
    ]),
  )

describe.each(Object.entries(MODELS))('%s', (_, build) => {
  it.each(OPTIONS)(
    'predicts what Keras predicts with $activation, normalised $normalised, made after $before',
    (options) => {
      const { model, keras, outputs } = build({ ...options, features: POOLED })
      expect(difference(model, outputs)).toBeGreaterThan(1e-3)
      fromDeepCTR(model, without(':0', keras.tensors))
      expect(difference(model, outputs)).toBeLessThan(1e-7)
      const { model: other } = build({ ...options, features: POOLED })
      fromDeepCTR(other, Object.fromEntries(Object.entries(keras.tensors).reverse()))
      expect(saveState(other)).toEqual(saveState(model))
    },
  )

  it.each(OPTIONS.filter(({ before }) => before === 0))('has the names of Keras with $activation', (options) => {
    const { model, keras } = build({ ...options, features: POOLED })
    fromDeepCTR(model, keras.tensors)
    const written = toDeepCTR(model)
    expect(Object.keys(written).sort()).toEqual(Object.keys(keras.tensors).sort())
    expect(written).toEqual(float32(keras.tensors))
  })
})

it('a table that a list and a sparse feature share is the layer of the list', () => {
  const { model } = MODELS.SharedBottom({ ...OPTIONS[0], features: POOLED })
  expect(Object.keys(toDeepCTR(model)).filter((name) => name.startsWith('sparse_'))).toEqual([
    'sparse_seq_emb_history/embeddings:0',
    'sparse_emb_user/embeddings:0',
    'sparse_seq_emb_tags/embeddings:0',
    'sparse_seq_emb_topics/embeddings:0',
  ])
})

it('a frozen table, and one that has grown, come and go as others do', () => {
  const features = POOLED.map((feature) => (feature.name === 'user' ? { ...feature, trainable: false } : feature))
  const { model } = MODELS.SharedBottom({ ...OPTIONS[0], features })
  const grown = growModel(stir(model), { features: { user: 9, item: 9 } })
  const written = toDeepCTR(grown)
  expect(written['sparse_emb_user/embeddings:0'].shape[0]).toBe(9)
  const other = growModel(model, { features: { user: 9, item: 9 }, start: 'drawn' })
  fromDeepCTR(other, written)
  expect(toDeepCTR(other)).toEqual(written)
})

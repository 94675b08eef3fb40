/** Weights to and from the modules of torch_models.py: whoever has them, here or in PyTorch, predicts the same. */
import { describe, expect, it } from 'vitest'
import { denseFeature, sparseFeature } from '../../../src/data/index.ts'
import { fromDeepCTRTorch, toDeepCTRTorch } from '../../../src/exchange/deepctr/index.ts'
import type { DeepCTRTensors, DeepCTRTorchModel } from '../../../src/exchange/deepctr/index.ts'
import { ESMM, PLE, parameters, saveState } from '../../../src/models/index.ts'
import { readSafetensors, writeSafetensors } from '../../../src/safetensors/index.ts'
import type { TensorToStore } from '../../../src/safetensors/index.ts'
import { predict } from '../../../src/training/index.ts'
import { feed } from '../../models/feed.ts'
import { ROWS, asked, cases } from './cases.ts'
import { NO_TORCH } from '../../torch.ts'
import { torch } from './torch.ts'
import type { Answer } from './torch.ts'

/** Rows of nothing but padding, of which a maximum is another there. */
const PADDING = 1

/** The largest difference, where numbers are beyond 1 as a share of them. */
function difference(model: DeepCTRTorchModel, outputs: Answer['outputs']): number {
  const predictions = predict(model, feed(ROWS, 1, model.features))
  const hasMaximum = model.features.some((feature) => feature.kind === 'varLen' && feature.pooling === 'max')
  const tasks = Object.keys(model.tasks)
  expect(outputs).toHaveLength(ROWS)
  return Math.max(
    ...outputs.flatMap((row, at) =>
      at === PADDING && hasMaximum
        ? []
        : tasks.map((task, index) => Math.abs(predictions[task][at] - row[index]) / Math.max(1, Math.abs(row[index]))),
    ),
  )
}

const turned = (tensors: DeepCTRTensors): DeepCTRTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => [
      name,
      { shape, values: shape.length === 2 ? Array.from(values).reverse() : values },
    ]),
  )

describe.skipIf(NO_TORCH)(`beside PyTorch${NO_TORCH ? `: skipped, ${NO_TORCH}` : ''}`, () => {
  const there = NO_TORCH ? [] : torch(cases().map((each) => asked(each)))
  const written = NO_TORCH ? [] : torch(cases().map((each) => asked(each, toDeepCTRTorch(each.model))))

  it.each(cases().map((each, at) => [each.name, each, at] as const))(
    '%s predicts what it predicts there',
    (_, each, at) => {
      const { state, outputs } = there[at]
      expect(difference(each.model, outputs)).toBeGreaterThan(1e-3)
      fromDeepCTRTorch(each.model, turned(state))
      expect(difference(each.model, outputs)).toBeGreaterThan(1e-3)
      fromDeepCTRTorch(each.model, state)
      expect(difference(each.model, outputs)).toBeLessThan(1e-6)
    },
  )

  it.each(cases().map((each, at) => [each.name, each, at] as const))(
    '%s is taken there, and predicts as here',
    (_, each, at) => {
      expect(difference(each.model, written[at].outputs)).toBeLessThan(1e-6)
      expect(Object.keys(written[at].state).sort()).toEqual(Object.keys(toDeepCTRTorch(each.model)).sort())
    },
  )
})

it.each(cases().map(({ name, model }) => [name, model] as const))('%s comes back as it was', (_, model) => {
  const before = saveState(model)
  const tensors = toDeepCTRTorch(model)
  for (const { shape, values } of Object.values(tensors))
    expect(values).toHaveLength(shape.reduce((size, length) => size * length, 1))
  for (const parameter of Object.values(parameters(model))) parameter.assign(new Float32Array(parameter.size))
  expect(saveState(model)).not.toEqual(before)
  fromDeepCTRTorch(model, Object.fromEntries(Object.entries(tensors).reverse()))
  expect(saveState(model)).toEqual(before)
})

it('names and shapes are those of a state_dict, and each is of its own parameter', () => {
  const features = [sparseFeature('user', { vocabularySize: 5, dimension: 3, table: 'people' }), denseFeature('age')]
  const model = new PLE({
    features,
    taskNames: ['b', 'a'],
    taskTypes: ['binary', 'binary'],
    specificExpertNum: 2,
    expertDnnHiddenUnits: [6],
    gateDnnHiddenUnits: [7],
    towerDnnHiddenUnits: [8],
    dnnUseBn: true,
    dnnActivation: 'prelu',
  })
  // Of each parameter all numbers are its place among them, from 1 on.
  const paths = ['', ...Object.keys(parameters(model))]
  for (const [path, parameter] of Object.entries(parameters(model)))
    parameter.assign(new Float32Array(parameter.size).fill(paths.indexOf(path)))
  const written = Object.entries(toDeepCTRTorch(model)).map(
    ([name, { shape, values }]) => `${name} (${shape.join('×')}) ${paths[values[0]]}`,
  )
  /** A network there, and where it is here; nowhere if nothing is read of it. */
  const network = (name: string, path: string, inputs: number, units: number): readonly string[] =>
    [
      ['linears.0.weight', [units, inputs], 'weight'],
      ['linears.0.bias', [units], 'bias'],
      ['bn.0.weight', [units], 'batchNorm.scale'],
      ['bn.0.bias', [units], 'batchNorm.shift'],
      ['bn.0.running_mean', [units], 'batchNorm.runningMean'],
      ['bn.0.running_var', [units], 'batchNorm.runningVariance'],
      ['bn.0.num_batches_tracked', [], ''],
      ['activation_layers.0.weight', [1], 'activation.alpha'],
    ].map(([suffix, shape, held]) => {
      const where = path === '' || held === '' ? '' : `${path}.layers.0.${held as string}`
      return `${name}.${suffix as string} (${(shape as number[]).join('×')}) ${where}`
    })
  const expected = [
    'embedding_dict.people.weight (5×3) embedding.tables.people',
    ...[4, 6].flatMap((inputs, level) => [
      ...['b', 'a'].flatMap((task, at) => [
        ...[0, 1].flatMap((index) =>
          network(`specific_experts.${level}.${at}.${index}`, `levels.${level}.experts.${task}.${index}`, inputs, 6),
        ),
        ...network(`specific_gate_dnn.${level}.${at}.0`, `levels.${level}.gates.${task}`, inputs, 7),
        `specific_gate_dnn_final_layer.${level}.${at}.weight (3×7) levels.${level}.gates.${task}.output.weight`,
      ]),
      ...network(`shared_experts.${level}.0.0`, `levels.${level}.experts.shared.0`, inputs, 6),
      ...network(`shared_experts.${level}.0.1`, '', inputs, 6),
      ...network(`shared_gate_dnn.${level}`, level === 0 ? 'levels.0.gates.shared' : '', inputs, 7),
      `shared_gate_dnn_final_layer.${level}.weight (5×7) ${level === 0 ? 'levels.0.gates.shared.output.weight' : ''}`,
    ]),
    ...['b', 'a'].flatMap((task, at) => [
      ...network(`tower_dnn.${at}`, `towers.${task}`, 6, 8),
      `tower_dnn_final_layer.${at}.weight (1×8) towers.${task}.output.weight`,
      `out.${at}.bias (1) towers.${task}.bias`,
    ]),
  ]
  expect(written.sort()).toEqual(expected.sort())
})

it('a weight lies there as outputs by inputs, and a table as it lies here', () => {
  const features = [sparseFeature('user', { vocabularySize: 2, dimension: 2 }), denseFeature('age')]
  const model = new ESMM({ features, towerDnnHiddenUnits: [2] })
  const { 'embedding.tables.user': table, 'click.layers.0.weight': weight } = parameters(model)
  table.assign([1, 2, 3, 4])
  weight.assign([11, 12, 21, 22, 31, 32])
  const tensors = toDeepCTRTorch(model)
  expect([...tensors['embedding_dict.user.weight'].values]).toEqual([1, 2, 3, 4])
  expect([...tensors['ctr_dnn.linears.0.weight'].values]).toEqual([11, 21, 31, 12, 22, 32])
  fromDeepCTRTorch(model, {
    ...tensors,
    'ctr_dnn.linears.0.weight': { shape: [2, 3], values: [1, 3, 5, 2, 4, 6] },
  })
  expect([...weight.values]).toEqual([1, 2, 3, 4, 5, 6])
})

it('comes out of a file of safetensors, which counts batches in integers of 64 bits', () => {
  const { model } = cases().find(({ name }) => name === 'Wide & Deep with batch normalisation')!
  const before = saveState(model)
  const tensors = Object.entries(toDeepCTRTorch(model)).map(([name, tensor]) => [
    name,
    name.endsWith('num_batches_tracked') ? { shape: [], values: BigInt64Array.of(3n) } : tensor,
  ])
  const bytes = writeSafetensors(Object.fromEntries(tensors) as Record<string, TensorToStore>)
  for (const parameter of Object.values(parameters(model))) parameter.assign(new Float32Array(parameter.size))
  fromDeepCTRTorch(model, readSafetensors(bytes).tensors)
  expect(saveState(model)).toEqual(before)
})

/** Weights to and from the modules of torch_models.py: whoever has them, here or in PyTorch, predicts the same. */
import { describe, expect, it } from 'vitest'
import { denseFeature, sparseFeature } from '../../../src/data/index.ts'
import { fromDeepCTRTorch, toDeepCTRTorch } from '../../../src/exchange/deepctr/index.ts'
import type { DeepCTRTensors, DeepCTRTorchModel } from '../../../src/exchange/deepctr/index.ts'
import { PLE, parameters, saveState } from '../../../src/models/index.ts'
import { predict } from '../../../src/training/index.ts'
import { feed } from '../../models/feed.ts'
import { ROWS, asked, cases } from './cases.ts'
import { NO_TORCH, torch } from './torch.ts'
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

it('names and shapes are those of a state_dict', () => {
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
  const shapes = Object.entries(toDeepCTRTorch(model)).map(([name, { shape }]) => `${name} ${shape.join('x')}`)
  const network = (name: string, inputs: number, units: number): readonly string[] => [
    `${name}.linears.0.weight ${units}x${inputs}`,
    `${name}.linears.0.bias ${units}`,
    `${name}.bn.0.weight ${units}`,
    `${name}.bn.0.bias ${units}`,
    `${name}.bn.0.running_mean ${units}`,
    `${name}.bn.0.running_var ${units}`,
    `${name}.bn.0.num_batches_tracked `,
    `${name}.activation_layers.0.weight 1`,
  ]
  expect(shapes.sort()).toEqual(
    [
      'embedding_dict.people.weight 5x3',
      ...[4, 6].flatMap((inputs, level) => [
        ...['0.0', '0.1', '1.0', '1.1'].flatMap((at) => network(`specific_experts.${level}.${at}`, inputs, 6)),
        ...['0.0', '0.1'].flatMap((at) => network(`shared_experts.${level}.${at}`, inputs, 6)),
        ...['0.0', '1.0'].flatMap((at) => network(`specific_gate_dnn.${level}.${at}`, inputs, 7)),
        ...[0, 1].map((task) => `specific_gate_dnn_final_layer.${level}.${task}.weight 3x7`),
        ...network(`shared_gate_dnn.${level}`, inputs, 7),
        `shared_gate_dnn_final_layer.${level}.weight 5x7`,
      ]),
      ...[0, 1].flatMap((task) => [
        ...network(`tower_dnn.${task}`, 6, 8),
        `tower_dnn_final_layer.${task}.weight 1x8`,
        `out.${task}.bias 1`,
      ]),
    ].sort(),
  )
})

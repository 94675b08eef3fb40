/** Optimizers by groups of parameters: who moves by which rule, and that nobody is left out or moved twice. */
import { describe, expect, it } from 'vitest'
import { PLE, saveState, trainable } from '../../../src/models/index.ts'
import type { State } from '../../../src/models/index.ts'
import { Parameter, tensor } from '../../../src/tensor/index.ts'
import { adagrad, adam, fit, parameterGroups, sgd } from '../../../src/training/index.ts'
import type { Optimizer } from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../../models/feed.ts'

const modelOf = (): PLE =>
  new PLE({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, expertDnnHiddenUnits: [4], initStd: 0.1 })
const data = feed(22)

async function trained(optimizer: (model: PLE) => Optimizer): Promise<State> {
  const model = modelOf()
  await fit(model, { data, batchSize: 30, optimizer: optimizer(model) })
  return saveState(model)
}

it('moves each parameter by the rule of the first group that it belongs to', async () => {
  const grouped = await trained((model) =>
    parameterGroups(model, [
      { paths: /^embedding\./, optimizer: adagrad() },
      { paths: (path) => path.includes('.gates.'), optimizer: sgd() },
      { optimizer: adam() },
    ]),
  )
  const [byAdagrad, bySgd, byAdam] = [
    await trained(() => adagrad()),
    await trained(() => sgd()),
    await trained(() => adam()),
  ]
  for (const [path, values] of Object.entries(grouped)) {
    const rule = path.startsWith('embedding.') ? byAdagrad : path.includes('.gates.') ? bySgd : byAdam
    expect(values, path).toEqual(rule[path])
  }
  expect(byAdam['levels.0.gates.click.output.weight']).not.toEqual(bySgd['levels.0.gates.click.output.weight'])
})

it('is one optimizer to whoever uses it', async () => {
  const model = modelOf()
  const [wide, rest] = [adagrad({ learningRate: 0.5 }), adam()]
  const optimizer = parameterGroups(model, [{ paths: /^embedding/, optimizer: wide }, { optimizer: rest }])
  const history = await fit(model, { data, batchSize: 11, epochs: 2, optimizer })
  expect(history.optimizer).toBe('adagrad + adam')
  expect([optimizer, wide, rest].map(({ steps }) => steps)).toEqual([4, 4, 4])
  expect(optimizer.learningRate).toBe(0.5)
})

it('leaves an optimizer alone in a step without any of its parameters', () => {
  const model = { a: new Parameter(tensor([1])), b: new Parameter(tensor([1])) }
  const [first, second] = [sgd(), sgd()]
  const optimizer = parameterGroups(model, [{ paths: /a/, optimizer: first }, { optimizer: second }])
  optimizer.step([model.a], [tensor([1])])
  expect([optimizer.steps, first.steps, second.steps]).toEqual([1, 1, 0])
})

describe('what cannot be meant is refused', () => {
  const model = modelOf()
  const twice = adam()
  it.each([
    ['no group', [], 'expected groups to be a list of at least 1, each to be a group but got a list of 0'],
    ['a parameter of no group', [{ paths: /^towers/, optimizer: adam() }], 'got none for embedding.tables.item'],
    [
      'a group of no parameter',
      [{ paths: /^wide/, optimizer: adam() }, { optimizer: adam() }],
      'expected parameters in every group but got none in group 0 of /^wide/',
    ],
    [
      'an optimizer that counts for two',
      [{ paths: /^towers/, optimizer: twice }, { optimizer: twice }],
      'expected an optimizer for each group but got one twice, in group 1',
    ],
  ])('%s', (_, groups, message) => {
    expect(() => parameterGroups(model, groups)).toThrow(message)
  })

  it('a parameter of another model', () => {
    const [own] = Object.values(trainable(modelOf()))
    const optimizer = parameterGroups(model, [{ optimizer: adam() }])
    expect(() => optimizer.step([own], [own])).toThrow('expected parameters of the model but got another one')
    expect(optimizer.steps).toBe(0)
  })
})

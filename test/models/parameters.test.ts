/** Parameters have paths, found by walking plain fields; states go out and in by them, whole or not at all. */
import { describe, expect, it } from 'vitest'
import { fitVocabulary, sparseFeature } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import {
  PLE,
  SharedBottom,
  countParameters,
  parameters,
  restoreState,
  saveState,
  trainable,
} from '../../src/models/index.ts'
import type { State } from '../../src/models/index.ts'
import { Parameter, tensor, zeros } from '../../src/tensor/index.ts'
import { FEATURES } from './feed.ts'
import { processorTime } from '../processorTime.ts'

const TWO = { taskNames: ['click', 'click_buy'], taskTypes: ['binary', 'binary'] } as const

const parameter = (...values: number[]): Parameter => new Parameter(tensor(values, undefined, cpu64))

describe('the parameters of a model', () => {
  it('have paths that say what they are', () => {
    const model = new PLE({
      ...TWO,
      features: [sparseFeature('user', { vocabularySize: 5 }), sparseFeature('item', { vocabularySize: 7 })],
      specificExpertNum: { click: 2, click_buy: 1 },
      expertDnnHiddenUnits: [3],
      gateDnnHiddenUnits: [2],
      towerDnnHiddenUnits: [2],
      dnnUseBn: true,
      dnnActivation: 'prelu',
    })
    const layer = (path: string): string[] =>
      [
        'weight',
        'bias',
        'batchNorm.scale',
        'batchNorm.shift',
        'batchNorm.runningMean',
        'batchNorm.runningVariance',
        'activation.alpha',
      ].map((name) => `${path}.${name}`)
    const level = (index: number, listeners: string[]): string[] => [
      ...['click.0', 'click.1', 'click_buy.0', 'shared.0'].flatMap((expert) =>
        layer(`levels.${index}.experts.${expert}.layers.0`),
      ),
      ...listeners.flatMap((listener) => [
        ...layer(`levels.${index}.gates.${listener}.layers.0`),
        `levels.${index}.gates.${listener}.output.weight`,
      ]),
    ]
    expect(Object.keys(parameters(model))).toEqual([
      'embedding.tables.user',
      'embedding.tables.item',
      ...level(0, ['click', 'click_buy', 'shared']),
      ...level(1, ['click', 'click_buy']),
      ...['click', 'click_buy'].flatMap((task) => [
        ...layer(`towers.${task}.layers.0`),
        `towers.${task}.output.weight`,
        `towers.${task}.bias`,
      ]),
    ])
    expect(Object.keys(trainable(model))).toEqual(
      Object.keys(parameters(model)).filter((path) => !path.includes('running')),
    )
  })

  it('are counted as numbers that training changes', () => {
    const model = new SharedBottom({
      ...TWO,
      features: [sparseFeature('user', { vocabularySize: 5, dimension: 3 })],
      bottomDnnHiddenUnits: [4],
      towerDnnHiddenUnits: [2],
      dnnUseBn: true,
    })
    const [table, bottom, tower] = [5 * 3, 3 * 4 + 4 + 2 * 4, 4 * 2 + 2 + 2 * 2 + 2 * 1 + 1]
    expect(countParameters(model)).toBe(table + bottom + 2 * tower)
  })

  it('are found in arrays, records and objects, through cycles, each once and by its first path', () => {
    const shared = parameter(1)
    const inner: Record<string, unknown> = { weight: parameter(2), shared }
    inner.self = inner
    const model = {
      shared,
      nothing: null,
      missing: undefined,
      name: 'model',
      numbers: [1, 2],
      typed: new Float32Array(3),
      frozen: tensor([1]),
      list: [inner, [parameter(3)], inner],
      run: () => shared,
    }
    inner.model = model
    expect(Object.entries(parameters(model)).map(([path, { values }]) => [path, values[0]])).toEqual([
      ['shared', 1],
      ['list.0.weight', 2],
      ['list.1.0', 3],
    ])
  })

  it('come once for a table that features share', () => {
    const paths = Object.keys(parameters(new SharedBottom({ ...TWO, features: FEATURES })))
    expect(paths.filter((path) => path.includes('tables'))).toEqual([
      'embedding.tables.item',
      'embedding.tables.user',
      'embedding.tables.tags',
      'embedding.tables.topics',
    ])
  })

  it('are found in a moment beside a vocabulary of many', () => {
    const vocabulary = fitVocabulary(Array.from({ length: 200_000 }, (_, index) => `user ${index}`))
    const model = { vocabulary, values: vocabulary.values, weight: parameter(1) }
    const took = processorTime(() => {
      expect(Object.keys(parameters(model))).toEqual(['weight'])
    })
    expect(took).toBeLessThan(1000)
  })
})

describe('a state', () => {
  const modelOf = (): { a: Parameter; b: { c: Parameter; d: Parameter } } => ({
    a: parameter(1, 2),
    b: { c: new Parameter(zeros([2, 2], cpu64)), d: new Parameter(zeros([1], cpu64), { trainable: false }) },
  })

  it('goes out as a copy and comes in again', () => {
    const model = modelOf()
    const state = saveState(model)
    expect(state).toEqual({ a: new Float64Array([1, 2]), 'b.c': new Float64Array(4), 'b.d': new Float64Array(1) })
    model.a.assign([5, 6])
    expect([...state.a]).toEqual([1, 2])
    restoreState(model, state)
    expect([...model.a.values]).toEqual([1, 2])
    state.a[0] = 9
    expect(model.a.values[0]).toBe(1)
  })

  it('loads from plain arrays', () => {
    const model = modelOf()
    restoreState(model, { a: [3, 4], 'b.c': [1, 2, 3, 4], 'b.d': [7] })
    expect([model.a, model.b.c, model.b.d].map(({ values }) => [...values])).toEqual([[3, 4], [1, 2, 3, 4], [7]])
  })

  it('that does not fit is refused with all that is wrong at once, and nothing changes', () => {
    const model = modelOf()
    const before = saveState(model)
    const load = () => restoreState(model, { a: [3, NaN], 'b.c': [1, 2, 3], other: [1] })
    expect(load).toThrow(
      new RangeError(
        'restoreState: expected 3 parameters that fit but got: b.d is missing; a has NaN at 1; b.c has 3 values, not 4 for (2×2); other is unknown',
      ),
    )
    expect(saveState(model)).toEqual(before)
  })

  it.each([
    ['an infinity', { a: [1, -Infinity] }, 'a has -Infinity at 1'],
    ['the null that JSON makes of NaN', { a: [null, 1] as unknown as number[] }, 'a has null at 0'],
    ['what float32 does not hold', { a: [0, 1e39] }, 'a has 1e+39 at 1, beyond what float32 holds'],
    ['a number below the least', { a: [0, -3] }, 'a has -3 at 1, below -2'],
    ['a text', { a: 'ab' as unknown as number[] }, "a is 'ab', not a list"],
    ['null', { a: null as unknown as number[] }, 'a is null, not a list'],
    ['what JSON makes of a typed array', { a: { 0: 1, 1: 2 } as unknown as number[] }, 'a is an object of 0, 1, not'],
    ['a path that only objects have', { a: [1, 2], constructor: [1] }, 'constructor is unknown'],
  ])('with %s is refused', (_, state: State, message) => {
    const model = { a: new Parameter(tensor([7, 8]), { least: -2 }) }
    expect(() => restoreState(model, state)).toThrow(`restoreState: expected 1 parameters that fit but got: ${message}`)
    expect([...model.a.values]).toEqual([7, 8])
  })

  it('of float64 may hold what float32 does not, and the least that there may be', () => {
    const model = { a: new Parameter(tensor([7, 8], undefined, cpu64), { least: 0 }) }
    restoreState(model, { a: [0, 1e39] })
    expect([...model.a.values]).toEqual([0, 1e39])
  })

  it('lacks what only objects have', () => {
    expect(() => {
      restoreState({ toString: parameter(7) }, {})
    }).toThrow('toString is missing')
  })

  it.each([null, undefined, [], 'a', new Map()])('is no %o', (state) => {
    expect(() => {
      restoreState({ a: parameter(7) }, state as unknown as State)
    }).toThrow(RangeError)
  })
})

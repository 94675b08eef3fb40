/** Tasks of any name: in any script, with dots and spaces in it, through training, files, predictions and pictures. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature, sparseFeature } from '../../src/data/index.ts'
import type { Dataset } from '../../src/data/index.ts'
import {
  ESMM,
  PLE,
  SharedBottom,
  SingleTask,
  WideDeep,
  mmoe,
  parameters,
  restoreModel,
  saveModel,
  saveState,
} from '../../src/models/index.ts'
import type { SavableModel } from '../../src/models/index.ts'
import {
  compilePredictor,
  evaluate,
  fit,
  gateWeights,
  gradientConflicts,
  predict,
  uncertainty,
} from '../../src/training/index.ts'

const NAMES = ['点击', 'ctr.v2', 'покупка & <b>"x"</b>', '🛒 achat'] as const
const features = [sparseFeature('пользователь.id', { vocabularySize: 5 }), denseFeature('年齢')]
const ROWS = 24

const dataOf = (names: readonly string[]): Dataset =>
  dataset({
    features,
    columns: {
      'пользователь.id': Int32Array.from({ length: ROWS }, (_, row) => row % 5),
      年齢: Float64Array.from({ length: ROWS }, (_, row) => Math.sin(row)),
    },
    labels: Object.fromEntries(
      names.map((name, index) => [
        name,
        Float64Array.from({ length: ROWS }, (_, row) => Number(row % (3 + index) === 0)),
      ]),
    ),
    tasks: Object.fromEntries(names.map((name) => [name, 'binary'])),
  })

const tasks = { taskNames: NAMES, taskTypes: NAMES.map(() => 'binary' as const) }
const small = { features, ...tasks, towerDnnHiddenUnits: [3], seed: 9 }

const MODELS: Readonly<Record<string, readonly [SavableModel, readonly string[]]>> = {
  PLE: [
    new PLE({
      ...small,
      expertDnnHiddenUnits: [4],
      dnnUseBn: true,
      specificExpertNum: { ...Object.fromEntries(NAMES.map((name) => [name, 1])), 'ctr.v2': 2 },
    }),
    NAMES,
  ],
  MMoE: [mmoe({ ...small, expertDnnHiddenUnits: [4] }), NAMES],
  SharedBottom: [new SharedBottom({ ...small, bottomDnnHiddenUnits: [4] }), NAMES],
  SingleTask: [new SingleTask({ ...small, bottomDnnHiddenUnits: [4] }), NAMES],
  WideDeep: [
    new WideDeep({ ...tasks, wideFeatures: features, deepFeatures: features, bottomDnnHiddenUnits: [4] }),
    NAMES,
  ],
  ESMM: [
    new ESMM({ features, taskNames: ['点击', '点击.转化'], conversionName: 'cvr v2', towerDnnHiddenUnits: [4] }),
    ['点击', '点击.转化'],
  ],
}

/** Conversions are clicks: of the two tasks of ESMM the second has no label that the first lacks. */
const dataFor = (names: readonly string[]): Dataset => {
  const data = dataOf(names)
  if (names.length > 2) return data
  const [click, both] = names
  const labels = { ...data.labels, [both]: data.labels[both].map((label, row) => label * data.labels[click][row]) }
  return { ...data, labels }
}

describe.each(Object.entries(MODELS))('tasks of %s in any script', (kind, [model, names]) => {
  const data = dataFor(names)

  it('are trained, saved, restored, predicted and scored under their names', async () => {
    const before = saveState(model)
    const strategy = uncertainty()
    const { epochs } = await fit(model, { data, validation: data, epochs: 2, batchSize: 8, strategy })
    expect(Object.keys(epochs[1].losses)).toEqual(names)
    expect(Object.keys(epochs[1].weights)).toEqual(names)
    expect(Object.keys(evaluate(model, data))).toEqual(names)
    const after = saveState(model)
    expect(Object.keys(after)).toEqual(Object.keys(before))
    for (const name of kind === 'ESMM' ? [] : names) {
      const own = Object.keys(after).filter((path) => path.includes(name) && path.endsWith('output.weight'))
      expect(own.length, name).toBeGreaterThan(0)
      for (const path of own) expect([...after[path]], path).not.toEqual([...before[path]])
    }

    const restored = restoreModel(saveModel(model))
    expect(Object.keys(restored.tasks)).toEqual(names)
    const predicted = predict(model, data)
    expect(Object.keys(predicted).slice(0, names.length)).toEqual(names)
    expect(predict(restored, data)).toEqual(predicted)
    const scores = compilePredictor(restored).score({ 'пользователь.id': 0, 年齢: 0 })
    for (const name of names) expect(scores[name]).toBeCloseTo(predicted[name][0], 5)
  })

  it('are told apart where they are looked at together', () => {
    if (kind !== 'SingleTask') expect(Object.keys(gradientConflicts(model, data).cosines)).toEqual(names)
    for (const level of gateWeights(model, data))
      for (const name of names)
        expect(
          level[name].experts.every((expert) => expert.startsWith(`${name}.`) || expert.startsWith('shared.')),
        ).toBe(true)
  })
})

describe('names with dots', () => {
  const build = (...taskNames: string[]): PLE =>
    new PLE({ features, taskNames, taskTypes: taskNames.map(() => 'binary' as const), expertDnnHiddenUnits: [3] })

  it('may begin with the name of another task', () => {
    const paths = Object.keys(parameters(build('ctr', 'ctr.v2', 'shared.v2')))
    expect(new Set(paths).size).toBe(paths.length)
    expect(paths).toContain('towers.ctr.v2.layers.0.weight')
    expect(paths).toHaveLength(Object.keys(parameters(build('a', 'b', 'c'))).length)
  })

  it('are refused before anything is trained or saved where two parameters would have one path', async () => {
    const model = build('a', 'a.layers.0')
    const said =
      'parameters: expected a path for each but got towers.a.layers.0.bias twice: because it joins names by dots, and these have dots in them'
    expect(() => parameters(model)).toThrow(new RangeError(said))
    expect(() => saveModel(model)).toThrow(said)
    await expect(fit(model, { data: dataOf(['a', 'a.layers.0']), epochs: 1 })).rejects.toThrow(said)
  })
})

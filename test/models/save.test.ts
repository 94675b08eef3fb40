/** A model becomes a file and comes back as it was: kind, options, features with vocabularies, numbers; of JSON, too. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  crossedFeature,
  dataset,
  denseFeature,
  fitVocabulary,
  sparseFeature,
  varLenFeature,
} from '../../src/data/index.ts'
import type { Columns, Dataset, Feature } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import {
  ESMM,
  PLE,
  SharedBottom,
  SingleTask,
  WideDeep,
  cgc,
  mlMmoe,
  mmoe,
  parameters,
  restoreModel,
  restoreModelFrom,
  saveModel,
  saveState,
  savedModelParts,
} from '../../src/models/index.ts'
import type { PLEOptions, RestoreOptions, SavableModel, SavedModel } from '../../src/models/index.ts'
import { predict } from '../../src/training/index.ts'
import { EVERYWHERE } from '../program/everyBackend.ts'
import { stir } from './feed.ts'
import { asVersion1 } from './version1.ts'
import { processorTime } from '../processorTime.ts'

const USERS = ['ann', 'bob', 'cyd', 'ann', 'eve']
const vocabulary = fitVocabulary(USERS)
const log = (x: number): number => Math.log1p(x)

const features: readonly Feature[] = [
  sparseFeature('user', { vocabulary, dimension: 3 }),
  sparseFeature('city', { hashBuckets: 9, dimension: 'auto' }),
  varLenFeature('tags', { vocabularySize: 4, maxLength: 3, pooling: 'max', weights: 'w' }),
  denseFeature('age', { transform: log }),
  denseFeature('place', { dimension: 2 }),
]

const dataOf = (known: readonly Feature[]): Dataset =>
  dataset({
    features: known,
    columns: {
      user: [...USERS.slice(1), 'somebody else'],
      city: ['Rome', 'Oslo', null, 'Kyiv', 'Lima'],
      tags: [[1], [2, 3], [], [3, 3, 3], [1, 2]],
      w: [[0.5], [1, -1], [], [1, 2, 3], [0.1, 0.2]],
      age: [10, 20, 30, 40, 50],
      place: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    },
  })

const options = {
  features,
  taskNames: ['click', 'click_buy'],
  taskTypes: ['binary', 'regression'],
  dnnUseBn: true,
  dnnActivation: 'dice',
  dnnDropout: 0.1,
  seed: 77,
  towerDnnHiddenUnits: [3],
  expertDnnHiddenUnits: [4],
} as const satisfies PLEOptions

const { expertDnnHiddenUnits: _, ...withoutExperts } = options
const { features: __, ...withoutFeatures } = withoutExperts

const MODELS: Readonly<Record<string, () => SavableModel>> = {
  PLE: () => new PLE({ ...options, specificExpertNum: { click: 2, click_buy: 1 }, gateDnnHiddenUnits: [3] }),
  CGC: () => cgc(options),
  MMoE: () => mmoe({ ...options, numExperts: 2 }),
  'ML-MMoE': () => mlMmoe({ ...options, numLevels: 3 }),
  SharedBottom: () => new SharedBottom({ ...withoutExperts, bottomDnnHiddenUnits: [4] }),
  SingleTask: () => new SingleTask({ ...withoutExperts, bottomDnnHiddenUnits: [4] }),
  WideDeep: () =>
    new WideDeep({
      ...withoutFeatures,
      wideFeatures: [crossedFeature(['user', 'city'], { hashBuckets: 20 }), features[1], features[3]],
      deepFeatures: features,
      bottomDnnHiddenUnits: [4],
    }),
  ESMM: () =>
    new ESMM({ features, taskNames: ['click', 'click_buy'], conversionName: 'buy', towerDnnHiddenUnits: [3] }),
}

/** What a file would hold. */
const throughJson = (model: SavableModel): SavedModel => asVersion1(saveModel(model))

describe.each(Object.entries(MODELS))('%s, saved and restored', (_, build) => {
  it('predicts the same, bit by bit', () => {
    const model = stir(build())
    const restored = restoreModel(throughJson(model), { transforms: { age: log } })
    expect(restored).not.toBe(model)
    expect(restored.constructor).toBe(model.constructor)
    expect(saveState(restored)).toEqual(saveState(model))
    const expected = predict(model, dataOf(model.features))
    expect(Object.keys(expected).length).toBeGreaterThan(1)
    expect(predict(restored, dataOf(restored.features))).toEqual(expected)
  })

  it('is the same from its bytes as from the JSON of version 1, whole and piece by piece', async () => {
    const bytes = saveModel(stir(build()))
    const transforms = { age: log }
    expect(saveModel(restoreModel(bytes, { transforms }))).toEqual(bytes)
    expect(saveModel(restoreModel(asVersion1(bytes), { transforms }))).toEqual(bytes)
    const source = {
      size: bytes.length,
      read: async (target: Uint8Array, position: number) =>
        target.set(bytes.subarray(position, position + target.length)),
    }
    expect(saveModel(await restoreModelFrom(source, { transforms }))).toEqual(bytes)
    expect(Buffer.concat(savedModelParts(restoreModel(bytes, { transforms })))).toEqual(Buffer.from(bytes))
  })

  it('is saved the same again', () => {
    const saved = throughJson(stir(build()))
    expect(throughJson(restoreModel(saved, { transforms: { age: log } }))).toEqual(saved)
  })
})

describe('a file from before options of other kinds were refused', () => {
  it.each([
    ['SharedBottom', { expertDnnHiddenUnits: [4], numLevels: 3 }],
    ['SingleTask', { expertDnnHiddenUnits: [4] }],
    ['WideDeep', { expertDnnHiddenUnits: [4], conversionName: 'cvr' }],
    ['ESMM', { taskTypes: ['binary', 'binary'], bottomDnnHiddenUnits: [9] }],
    ['PLE', { bottomDnnHiddenUnits: [9] }],
  ])('restores: %s', (kind, idle) => {
    const saved = throughJson(stir(MODELS[kind]()))
    const file = { ...saved, options: { ...saved.options, ...idle } }
    expect(throughJson(restoreModel(file, { transforms: { age: log } }))).toEqual(saved)
    const misspelt = { ...saved, options: { ...saved.options, dnnUseBN: true } }
    expect(() => restoreModel(misspelt, { transforms: { age: log } })).toThrow(
      /but got 'dnnUseBN', did you mean 'dnnUseBn'\?$/,
    )
  })
})

describe('a saved model', () => {
  const saved = throughJson(stir(MODELS.PLE()))
  const transforms = { age: log }

  it('holds its kind, its options without features, and numbers by path', () => {
    expect([saved.version, saved.kind]).toEqual([1, 'PLE'])
    expect(saved.options).toEqual({
      taskNames: ['click', 'click_buy'],
      taskTypes: ['binary', 'regression'],
      dnnUseBn: true,
      dnnActivation: 'dice',
      dnnDropout: 0.1,
      seed: 77,
      towerDnnHiddenUnits: [3],
      expertDnnHiddenUnits: [4],
      specificExpertNum: { click: 2, click_buy: 1 },
      gateDnnHiddenUnits: [3],
    })
    expect(saved.features.map(({ name }) => name)).toEqual(['user', 'city', 'tags', 'age', 'place'])
    expect(Object.keys(saved.parameters)).toEqual(Object.keys(saveState(MODELS.PLE())).sort())
  })

  it('of two lists of features holds each feature once, and the lists as names', () => {
    const both = throughJson(MODELS.WideDeep())
    expect(both.features.map(({ name }) => name)).toEqual(['user', 'city', 'tags', 'age', 'place', 'user_x_city'])
    expect(both.options).toMatchObject({
      wideFeatures: ['user_x_city', 'city', 'age'],
      deepFeatures: ['user', 'city', 'tags', 'age', 'place'],
    })
    const wrong = { ...both, options: { ...both.options, wideFeatures: ['age', 'town'] } }
    expect(() => restoreModel(wrong, { transforms })).toThrow(
      new RangeError(
        "restoreModel: expected wideFeatures to be a list, each to be 'user' or 'city' or 'tags' or 'age' or 'place' or 'user_x_city' but got 'town' at position 1",
      ),
    )
  })

  it('keeps the words of vocabularies', () => {
    const [user] = restoreModel(saved, { transforms }).features
    if (user.kind !== 'sparse' || !user.vocabulary) expect.fail('the vocabulary is lost')
    expect(user.vocabulary.values).toEqual(vocabulary.values)
    expect(user.vocabulary.encode('cyd')).toBe(vocabulary.encode('cyd'))
  })

  it('does not hold its backend, and is restored on the one that is asked for', () => {
    const model = stir(new PLE({ ...options, backend: cpu64 }))
    const again = throughJson(model)
    expect(again.options).not.toHaveProperty('backend')
    const restored = restoreModel(again, { transforms, backend: cpu64 })
    expect(Object.values(parameters(restored)).every(({ backend }) => backend === cpu64)).toBe(true)
    expect(saveState(restored)).toEqual(saveState(model))
  })

  it.each([
    ['of another version', { ...saved, version: 2 }, {}, 'restoreModel: expected version to be 1 but got 2'],
    [
      'of an unknown kind',
      { ...saved, kind: 'constructor' },
      {},
      "restoreModel: expected kind to be 'PLE' or 'SharedBottom' or 'SingleTask' or 'ESMM' or 'WideDeep' but got 'constructor'",
    ],
    ['without its transform', saved, { transforms: {} }, "expected a transform of 'age' but got none"],
    [
      'with a transform it never had',
      saved,
      { transforms: { age: log, place: log } },
      "expected no transform of 'place' but got one",
    ],
    [
      'with options that make no sense',
      { ...saved, options: { ...saved.options, numLevels: 0 } },
      {},
      'PLE: expected numLevels to be an integer from 1 to 1024 but got 0',
    ],
    [
      'with parameters of other options',
      { ...saved, options: { ...saved.options, towerDnnHiddenUnits: [2] } },
      {},
      'towers.click.layers.0.activation.alpha has 3 values, not 2 for (2); ',
    ],
    ['with a parameter lost', { ...saved, parameters: {} }, {}, 'embedding.tables.user is missing'],
  ])('is refused %s', (_, file, restoring, message) => {
    const restore = () => restoreModel(file as SavedModel, { transforms, ...restoring })
    expect(restore).toThrow(RangeError)
    expect(restore).toThrow(message)
  })

  it.each([
    ['a model of another kind', { features, tasks: {}, options: {} }, 'an object of features, tasks, options'],
    ['nothing', null, 'null'],
  ])('is not made of %s', (_, own, got) => {
    expect(() => saveModel(own as unknown as SavableModel)).toThrow(
      new RangeError(`saveModel: expected one of PLE, SharedBottom, SingleTask, ESMM, WideDeep but got ${got}`),
    )
  })

  it('is not made of what JSON would lose: a function, or a number that is not finite', () => {
    const model = MODELS.ESMM()
    const own = Object.assign(MODELS.ESMM(), { options: { ...model.options, dnnActivation: () => 0 } })
    expect(() => saveModel(own)).toThrow(
      new RangeError('saveModel: expected dnnActivation to be no function but got a function'),
    )
    for (const number of [NaN, -Infinity, 2 ** 65]) {
      parameters(model)['click.bias'].assign([number])
      expect(() => saveModel(model)).toThrow(
        `saveModel: expected 11 parameters that fit but got: click.bias has ${number} at 0`,
      )
    }
    parameters(model)['click.bias'].assign([2 ** 64])
    expect(() => saveModel(model)).not.toThrow()
  })
})

describe('a damaged file', () => {
  const saved = throughJson(stir(MODELS.PLE()))
  const restoring = { transforms: { age: log } }
  /** With one member changed, deep in the file. */
  const withMember = (path: readonly (string | number)[], value: unknown): SavedModel => {
    const file = structuredClone(saved) as unknown as Record<string, unknown>
    let parent = file
    for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, unknown>
    parent[path[path.length - 1]] = value
    return file as unknown as SavedModel
  }
  const BIAS = 'towers.click.bias'
  const VARIANCE = 'towers.click.layers.0.batchNorm.runningVariance'

  it.each<readonly [string, unknown, string]>([
    ['null', null, 'restoreModel: expected a saved model to be what saveModel returned but got null'],
    ['a text that nobody parsed', '{"version":1}', `what saveModel returned but got '{"version":1}'`],
    ['a list', [saved], 'what saveModel returned but got a list of 1'],
    ['no parameters', { ...saved, parameters: undefined }, 'expected parameters to be an object, each'],
    ['a member that no file has', { ...saved, parameter: 1 }, "but got 'parameter', did you mean 'parameters'?"],
    ['options in a list', { ...saved, options: [] }, 'expected options to be an object of options'],
    ['features that are none', { ...saved, features: null }, 'expected features to be a list but got null'],
    ['features among the options', withMember(['options', 'features'], []), 'features and backend not among them'],
    ['a backend among the options', withMember(['options', 'backend'], {}), 'features and backend not among them'],
    ['a list of numbers as a number', withMember(['parameters', BIAS], 7), `to be a list but got 7 of '${BIAS}'`],
    ['numbers in an object', withMember(['parameters', BIAS], { 0: 1, length: 1 }), `of 0, length of '${BIAS}'`],
    ['a number as text', withMember(['parameters', BIAS, 0], '1'), `${BIAS} has '1' at 0`],
    ['a number that was NaN', withMember(['parameters', BIAS, 0], null), `${BIAS} has null at 0`],
    [
      'a variance that is infinite in float32',
      withMember(['parameters', VARIANCE, 0], 1e39),
      `${VARIANCE} has 1e+39 at 0, beyond what float32 holds`,
    ],
    [
      'a weight whose square is infinite in float32',
      withMember(['parameters', BIAS, 0], -(2 ** 65)),
      `${BIAS} has -36893488147419103000 at 0, beyond ${2 ** 64}`,
    ],
    ['a variance below 0', withMember(['parameters', VARIANCE, 1], -1e-9), `${VARIANCE} has -1e-9 at 1, below 0`],
    ['a feature of no kind', withMember(['features', 1, 'kind'], undefined), "feature 'city'"],
    ['a feature of a kind that is not known', withMember(['features', 1, 'kind'], 'varlen'), "but got 'varlen'"],
    ['a feature with a field of another kind', withMember(['features', 1, 'maxLength'], 3), "but got 'maxLength'"],
    ['a feature that is none', withMember(['features', 1], null), 'but got null at position 1'],
    ['a vocabulary that is null', withMember(['features', 0, 'vocabulary'], null), 'but got null'],
    ['numbers with words', withMember(['features', 4, 'vocabulary'], { values: [] }), "but got 'vocabulary'"],
    ['ids that are transformed', withMember(['features', 1, 'transformed'], true), "but got 'transformed'"],
  ])('of %s is refused', (_, file, message) => {
    const restore = () => restoreModel(file as SavedModel, restoring)
    expect(restore).toThrow(RangeError)
    expect(restore).toThrow(message)
  })

  it.each<readonly [string, SavedModel, string]>([
    [
      'a vocabulary of two hundred million',
      withMember(['features', 2, 'vocabularySize'], 2e8),
      'embedding.tables.tags has 16 values, not 800000000 for (200000000×4)',
    ],
    [
      'a vocabulary of a thousand million',
      withMember(['features', 2, 'vocabularySize'], 1e9),
      "FeatureEmbedding: expected table 'tags' of fewer than 1073741824 numbers but got 1000000000 × 4",
    ],
    [
      'layers of twenty million units',
      withMember(['options', 'expertDnnHiddenUnits'], [2e7]),
      'Dense: expected weights of fewer than 1073741824 numbers but got 20000000 × 20000000',
    ],
    [
      'twenty million shared experts',
      withMember(['options', 'sharedExpertNum'], 2e7),
      'from 0 to 1024 but got 20000000',
    ],
    [
      'a thousand levels',
      withMember(['options', 'numLevels'], 1000),
      'restoreModel: expected options of 177 parameters',
    ],
  ])('that claims %s is refused before memory is taken', (_, file, message) => {
    const before = process.memoryUsage().arrayBuffers
    const took = processorTime(() => {
      expect(() => restoreModel(file, restoring)).toThrow(message)
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6)
    expect(took).toBeLessThan(2000)
  })

  it('is judged by the numbers that a model has where it is restored', () => {
    const model = restoreModel(withMember(['parameters', VARIANCE, 0], 1e39), { ...restoring, backend: cpu64 })
    expect(parameters(model)[VARIANCE].values[0]).toBe(1e39)
  })

  it.each(['version', 'kind', 'options', 'features', 'parameters'])('of no %s is refused', (name) => {
    const { [name as keyof SavedModel]: gone, ...rest } = saved
    expect(gone).toBeDefined()
    for (const file of [rest, { ...saved, [name]: undefined }])
      expect(() => restoreModel(file as SavedModel, restoring)).toThrow(/^restoreModel: expected/)
  })

  it('is not taken for one because it is large', () => {
    const model = new PLE({
      ...options,
      features: [denseFeature('age')],
      sharedExpertNum: 600,
      expertDnnHiddenUnits: [1],
      dnnActivation: 'relu',
      dnnUseBn: false,
    })
    expect(Object.keys(saveState(restoreModel(throughJson(model))))).toHaveLength(2 * 2 * 602 + 5 + 2 * 4)
  })

  it('is told by what is wrong first, and how much more there is', () => {
    const restore = () => restoreModel({ ...saved, parameters: {} }, restoring)
    expect(restore).toThrow(/^restoreModel: expected 177 parameters that fit but got: ([^;]*; ){8}and 169 more$/)
  })

  it.each([
    [{ transform: {} }, "but got 'transform', did you mean 'transforms'?"],
    [{ transforms: { age: 'log' } }, "but got 'log' of 'age'"],
    [{ backend: 'wasm' }, "expected backend to be a backend but got 'wasm'"],
    [null, 'but got null'],
  ])('or not, is restored under no options such as %j', (options, message) => {
    expect(() => restoreModel(saved, options as unknown as RestoreOptions)).toThrow(message)
  })
})

describe.each(Object.entries(EVERYWHERE))('on %s', (_, open) => {
  const saved = throughJson(stir(MODELS.ESMM()))
  const transforms = { age: log }
  const withNumbers = (path: string, numbers: readonly unknown[]): SavedModel =>
    ({ ...saved, parameters: { ...saved.parameters, [path]: numbers } }) as unknown as SavedModel

  it('a file comes back with its numbers, and a damaged one does not', async () => {
    const { backend, close } = await open()
    try {
      const restored = parameters(restoreModel(saved, { transforms, backend }))
      expect(Object.keys(restored).sort()).toEqual(Object.keys(saved.parameters))
      for (const [path, parameter] of Object.entries(restored)) {
        expect(parameter.backend).toBe(backend)
        expect([...(await parameter.read())], path).toEqual(saved.parameters[path])
      }
      const restore = (file: SavedModel) => () => restoreModel(file, { transforms, backend })
      expect(restore(withNumbers('click.bias', [1e39]))).toThrow('click.bias has 1e+39 at 0, beyond')
      expect(restore(withNumbers('click.bias', [1, 2]))).toThrow('click.bias has 2 values, not 1 for (1)')
      const bomb = { ...saved, options: { ...saved.options, towerDnnHiddenUnits: [2e7] } }
      expect(restore(bomb)).toThrow('click.layers.0.weight has 48 values, not 320000000 for (16×20000000)')
    } finally {
      await close()
    }
  })
})

describe('files that version 0.1.0 wrote', () => {
  const { columns, files } = JSON.parse(readFileSync(new URL('saved.0.1.0.json', import.meta.url), 'utf8')) as {
    columns: Columns
    files: readonly { saved: SavedModel; scores: Record<string, number[]> }[]
  }

  it.each(files)('score as they did: $saved.kind', ({ saved, scores }) => {
    const transformed = saved.features.some((feature) => feature.transformed)
    const model = restoreModel(saved, transformed ? { transforms: { age: Math.cbrt } } : {})
    const read = model.features.flatMap((feature) => [
      feature.name,
      ...(feature.kind === 'varLen' && feature.weights !== undefined ? [feature.weights] : []),
    ])
    const own = Object.fromEntries(Object.entries(columns).filter(([name]) => read.includes(name)))
    const again = predict(model, dataset({ features: model.features, columns: own }))
    expect(Object.keys(again)).toEqual(Object.keys(scores))
    for (const [name, expected] of Object.entries(scores))
      expected.forEach((score, row) => {
        expect(again[name][row], `${name} of row ${row}`).toBeCloseTo(score, 5)
      })
    expect(throughJson(model).options).toEqual(saved.options)
  })
})

/** Options that make no sense are refused where a model is made, in words that name them; defaults are DeepCTR's. */
import { describe, expect, it } from 'vitest'
import { crossedFeature, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Feature } from '../../src/data/index.ts'
import { cpu } from '../../src/kernels/index.ts'
import {
  BatchNorm,
  Dense,
  ESMM,
  Expert,
  Extraction,
  FeatureEmbedding,
  Gate,
  PLE,
  SharedBottom,
  SingleTask,
  Tower,
  Wide,
  WideDeep,
  cgc,
  mlMmoe,
  mmoe,
  parameters,
} from '../../src/models/index.ts'
import type { ExtractionOptions, ModelOptions, PLEOptions } from '../../src/models/index.ts'
import { stream } from '../../src/tensor/index.ts'

const features = [sparseFeature('user', { vocabularySize: 5 })]
const options = { features, taskNames: ['click', 'buy'], taskTypes: ['binary', 'binary'] } as const

/** Whoever builds a model out of the options that all have. */
const BUILDERS: Readonly<Record<string, (options: ModelOptions) => unknown>> = {
  PLE: (given) => new PLE(given),
  SharedBottom: (given) => new SharedBottom(given),
  SingleTask: (given) => new SingleTask(given),
  WideDeep: ({ features: both, ...given }) => new WideDeep({ ...given, wideFeatures: both, deepFeatures: both }),
}

const NAME = "to be a non-empty string that is not 'shared', not digits alone and not an object's own but got"
const NAMES = `expected taskNames to be a list, each ${NAME}`
const TYPES = "expected taskTypes to be a list, each to be 'binary' or 'regression' or a kind of plegrad/tasks but got"
const WIDTHS = 'to be a list, each to be an integer of at least 1 but got'
const SOME_WIDTHS = 'to be a list of at least 1, each to be an integer of at least 1 but got'

describe.each(Object.entries(BUILDERS))('%s', (who, build) => {
  it.each([
    ['too few types', { taskTypes: ['binary'] }, 'expected a type for each of 2 tasks but got 1 types'],
    [
      'too many types',
      { taskTypes: ['binary', 'binary', 'binary'] },
      'expected a type for each of 2 tasks but got 3 types',
    ],
    ['an unknown type', { taskTypes: ['binary', 'multiclass'] }, `${TYPES} 'multiclass' at position 1`],
    ['a type that only objects have', { taskTypes: ['constructor', 'binary'] }, `${TYPES} 'constructor' at position 0`],
    ['a task twice', { taskNames: ['click', 'click'] }, "expected distinct task names but got 'click' twice"],
    ...['shared', 'constructor', '__proto__', 'toString', '', '7', '007'].map(
      (name) =>
        [`a task called '${name}'`, { taskNames: ['click', name] }, `${NAMES} '${name}' at position 1`] as const,
    ),
    ['a task without a name', { taskNames: ['click', undefined] }, `${NAMES} undefined at position 1`],
    ['tasks that are no list', { taskNames: 'like' }, `${NAMES} 'like'`],
    ['no tasks', { taskNames: undefined }, `${NAMES} undefined`],
    ['no types', { taskTypes: undefined }, `${TYPES} undefined`],
    ['types that are no list', { taskTypes: 'binary' }, `${TYPES} 'binary'`],
    ['towers of no width', { towerDnnHiddenUnits: [4, 0] }, `expected towerDnnHiddenUnits ${WIDTHS} 0 at position 1`],
    ['towers that are no list', { towerDnnHiddenUnits: 16 }, `expected towerDnnHiddenUnits ${WIDTHS} 16`],
    ['all dropped', { dnnDropout: 1 }, 'expected dnnDropout to be a number in [0, 1) but got 1'],
    ['negative l2', { l2RegDnn: -0.1 }, 'expected l2RegDnn to be a number in [0, ∞) but got -0.1'],
    ['l2 in words', { l2RegDnn: '1e-5' }, "expected l2RegDnn to be a number in [0, ∞) but got '1e-5'"],
    [
      'negative l2 of embeddings',
      { l2RegEmbedding: -0.1 },
      'expected l2RegEmbedding to be a number in [0, ∞) but got -0.1',
    ],
    ['a negative deviation', { initStd: -1 }, 'expected initStd to be a number in [0, ∞) but got -1'],
    ['half a seed', { seed: 0.5 }, 'expected seed to be an integer but got 0.5'],
    ['a flag that is no flag', { dnnUseBn: 'false' }, "expected dnnUseBn to be true or false but got 'false'"],
    [
      'an object without a prototype for a number',
      { seed: Object.create(null) as unknown },
      'expected seed to be an integer but got an empty object',
    ],
    [
      'no variance to divide by',
      { batchNormEpsilon: 0 },
      'expected batchNormEpsilon to be a number in (0, ∞) but got 0',
    ],
    [
      'more than all of a batch',
      { batchNormMomentum: 1.01 },
      'expected batchNormMomentum to be a number in [0, 1] but got 1.01',
    ],
    ['a backend by name', { backend: 'wasm' }, "expected backend to be a backend but got 'wasm'"],
  ] as const)('is refused with %s', (_, wrong, message) => {
    expect(() => build({ ...options, ...wrong } as unknown as ModelOptions)).toThrow(
      new RangeError(`${who}: ${message}`),
    )
  })

  it.each([
    ['no features', { features: [] }, /: expected (features|wideFeatures) to be a list of at least 1, .* a list of 0$/],
    [
      'features that are names',
      { features: ['user'] },
      /eatures to be a list .* a feature but got 'user' at position 0$/,
    ],
    ['one feature instead of a list', { features: features[0] }, /eatures to be a list .* but got an object of kind, /],
    ['a feature twice', { features: [...features, ...features] }, /'user'.*twice/],
    [
      'an unknown activation',
      { dnnActivation: 'seluu' },
      /: expected dnnActivation to be one of linear, .* but got 'seluu', did you mean 'selu'\?$/,
    ],
    [
      'a table beyond all memory',
      { features: [sparseFeature('user', { vocabularySize: 2 ** 30, dimension: 4 })] },
      /: expected table 'user' of fewer than 1073741824 numbers but got 1073741824 × \d: because .* take \d+\.\d GiB$/,
    ],
    [
      'a layer beyond all memory',
      { towerDnnHiddenUnits: [2 ** 15, 2 ** 15] },
      'Dense: expected weights of fewer than 1073741824 numbers but got 32768 × 32768: because in float32 they would take 4.0 GiB',
    ],
  ])('is refused with %s', (_, wrong, message) => {
    const make = () => build({ ...options, ...wrong } as unknown as ModelOptions)
    expect(make).toThrow(RangeError)
    expect(make).toThrow(message)
  })

  it.each([
    ['dnnUseBN', 'dnnUseBn'],
    ['dnn_dropout', 'dnnDropout'],
    ['l2RegEmbeddings', 'l2RegEmbedding'],
    ['taskName', 'taskNames'],
    ['towerDnnHiddenUnit', 'towerDnnHiddenUnits'],
    ['epochs', undefined],
  ])('is refused with the unknown option %s', (name, meant) => {
    const make = () => build({ ...options, [name]: 1 })
    const suggestion = meant === undefined ? '' : `, did you mean '${meant}'?`
    expect(make).toThrow(RangeError)
    expect(make).toThrow(
      new RegExp(`^${who}: expected options among .* but got '${name}'${suggestion.replace('?', '\\?')}$`),
    )
  })

  it.each([undefined, null, 5, 'options', [], features])('is refused with %j for options', (wrong) => {
    // Not through the builders, which read features of it.
    const model = { PLE, SharedBottom, SingleTask, WideDeep }[who] as unknown as new (given: unknown) => unknown
    expect(() => new model(wrong)).toThrow(RangeError)
    expect(() => new model(wrong)).toThrow(
      new RegExp(`^${who}: expected an object of options, as in { \\w+: … }, but got`),
    )
  })

  it('takes options without a prototype', () => {
    const bare = Object.assign(Object.create(null) as object, options)
    expect(() => build(bare as ModelOptions)).not.toThrow()
  })

  it('takes names that are prefixes of one another, and such as only arrays have', () => {
    const taskNames = ['click', 'click_', 'click-buy', 'click.v2', 'length', 'map']
    expect(() => build({ ...options, taskNames, taskTypes: taskNames.map(() => 'binary' as const) })).not.toThrow()
  })
})

describe('how many tasks a model has', () => {
  const one = { features, taskNames: ['click'], taskTypes: ['binary'] } as const
  const none = { features, taskNames: [], taskTypes: [] }

  it.each(['PLE', 'SharedBottom'])('%s has two at least', (who) => {
    expect(() => BUILDERS[who](one)).toThrow(new RangeError(`${who}: expected at least 2 tasks but got 1`))
  })

  it.each(['SingleTask', 'WideDeep'])('%s has one at least', (who) => {
    expect(() => BUILDERS[who](one)).not.toThrow()
    expect(() => BUILDERS[who](none)).toThrow(new RangeError(`${who}: expected at least 1 task but got 0`))
  })

  it.each([[['click']], [['click', 'buy', 'share']]])('ESMM refuses %j, for it has exactly two', (taskNames) => {
    expect(() => new ESMM({ features, taskNames: taskNames as unknown as [string, string] })).toThrow(
      new RangeError(`ESMM: expected two tasks but got ${taskNames.length}`),
    )
  })

  it('ESMM refuses a conversion that has the name of a task, or none at all', () => {
    const esmm = (conversionName: string) => () => new ESMM({ features, conversionName })
    expect(esmm('ctr')).toThrow(new RangeError("ESMM: expected distinct task names but got 'ctr' twice"))
    expect(esmm('shared')).toThrow(new RangeError(`ESMM: expected conversionName ${NAME} 'shared'`))
  })
})

describe('what a wide and a deep part read', () => {
  const [user] = features
  const build = (wideFeatures: readonly Feature[], deepFeatures: readonly Feature[], l2RegLinear = 0) => {
    return () => new WideDeep({ taskNames: ['click'], taskTypes: ['binary'], wideFeatures, deepFeatures, l2RegLinear })
  }

  it('is something, in each of them', () => {
    const least = (list: string) =>
      new RangeError(`WideDeep: expected ${list} to be a list of at least 1, each to be a feature but got a list of 0`)
    expect(build([], features)).toThrow(least('wideFeatures'))
    expect(build(features, [])).toThrow(least('deepFeatures'))
  })

  it('is the same where it has one name', () => {
    expect(build([{ ...user }], features)).not.toThrow()
    expect(build([sparseFeature('user', { vocabularySize: 6 })], features)).toThrow(
      "WideDeep: expected feature 'user' to be one in wideFeatures and deepFeatures but got two that differ",
    )
  })

  it('goes together within either part, and between them', () => {
    expect(build([user, user], features)).toThrow(/'user'.*twice/)
    const weighted = varLenFeature('seen', { vocabularySize: 5, maxLength: 2, weights: 'user' })
    expect(build([weighted], features)).toThrow(/a column of weights of its own/)
    const list = varLenFeature('tab', { vocabularySize: 5, maxLength: 2 })
    expect(build([crossedFeature(['user', 'tab'], { hashBuckets: 9 })], [list])).toThrow(/one value per row to cross/)
  })

  it.each([-1, NaN, Infinity])('is not weighted against an l2RegLinear of %d', (l2) => {
    expect(build(features, features, l2)).toThrow(
      new RangeError(`WideDeep: expected l2RegLinear to be a number in [0, ∞) but got ${l2}`),
    )
  })
})

const COUNTS =
  'PLE: expected specificExpertNum to be an integer from 0 to 1024, or an object with one for each of click, buy, but got'

describe('how many experts PLE has', () => {
  const ple = (wrong: Partial<PLEOptions>) => () => new PLE({ ...options, ...wrong })

  it.each([
    [
      'a negative number of shared experts',
      { sharedExpertNum: -1 },
      'PLE: expected sharedExpertNum to be an integer from 0 to 1024 but got -1',
    ],
    [
      'half a shared expert',
      { sharedExpertNum: 0.5 },
      'PLE: expected sharedExpertNum to be an integer from 0 to 1024 but got 0.5',
    ],
    ['counts by position', { specificExpertNum: [1, 2] as never }, `${COUNTS} a list of 2`],
    ['counts by number', { specificExpertNum: { 0: 1, 1: 2 } }, `${COUNTS} an object of 0, 1`],
    ['a count in words', { specificExpertNum: '2' as never }, `${COUNTS} '2'`],
    ['nothing counted', { specificExpertNum: Object.create(null) as never }, `${COUNTS} an empty object`],
    ['a negative number of task experts', { specificExpertNum: -2 }, `${COUNTS} -2`],
    ['a task that is not counted', { specificExpertNum: { click: 1 } }, `${COUNTS} an object of click`],
    [
      'an unknown task counted',
      { specificExpertNum: { click: 1, buy: 1, share: 1 } },
      `${COUNTS} an object of click, buy, share`,
    ],
    ['a count that is no number', { specificExpertNum: { click: 1, buy: NaN } }, `${COUNTS} NaN of 'buy'`],
    [
      'nobody for a task to hear',
      { specificExpertNum: { click: 0, buy: 1 }, sharedExpertNum: 0 },
      'Extraction: expected an expert for click to hear but got none',
    ],
    [
      'no expert at all',
      { specificExpertNum: 0, sharedExpertNum: 0 },
      'Extraction: expected an expert for click to hear but got none',
    ],
    [
      'experts that are no list',
      { expertDnnHiddenUnits: 16 as unknown as number[] },
      `PLE: expected expertDnnHiddenUnits ${SOME_WIDTHS} 16`,
    ],
    ['no level', { numLevels: 0 }, 'PLE: expected numLevels to be an integer from 1 to 1024 but got 0'],
    [
      'more levels than anybody stacks',
      { numLevels: 2 ** 32 },
      'PLE: expected numLevels to be an integer from 1 to 1024 but got 4294967296',
    ],
    ['a level and a half', { numLevels: 1.5 }, 'PLE: expected numLevels to be an integer from 1 to 1024 but got 1.5'],
    [
      'experts without layers',
      { expertDnnHiddenUnits: [] },
      `PLE: expected expertDnnHiddenUnits ${SOME_WIDTHS} a list of 0`,
    ],
    [
      'experts of negative width',
      { expertDnnHiddenUnits: [-4] },
      `PLE: expected expertDnnHiddenUnits ${SOME_WIDTHS} -4 at position 0`,
    ],
    [
      'gates of half a unit',
      { gateDnnHiddenUnits: [2.5] },
      `PLE: expected gateDnnHiddenUnits ${WIDTHS} 2.5 at position 0`,
    ],
  ])('is refused with %s', (_, wrong, message) => {
    expect(ple(wrong)).toThrow(new RangeError(message))
  })

  it('may be none of a task that has shared ones to hear', () => {
    const model = new PLE({ ...options, specificExpertNum: { click: 0, buy: 2 }, sharedExpertNum: 1 })
    expect(model.voices(0, 'click')).toEqual(['shared.0'])
    expect(model.voices(0, 'shared')).toEqual(['buy.0', 'buy.1', 'shared.0'])
  })

  it('may be none shared', () => {
    const model = new PLE({ ...options, sharedExpertNum: 0 })
    expect(model.voices(1, 'click')).toEqual(['click.0'])
  })

  it.each([0, -1, 1.5])('MMoE refuses %d experts', (numExperts) => {
    const message = `mmoe: expected numExperts to be an integer of at least 1 but got ${numExperts}`
    expect(() => mmoe({ ...options, numExperts })).toThrow(new RangeError(message))
    expect(() => mlMmoe({ ...options, numExperts })).toThrow(new RangeError(message))
  })
})

describe('options of one model', () => {
  const refusal = (who: string, got: string) => new RegExp(`^${who}: expected options among .* but got ${got}$`)
  const given = (extra: object) => ({ ...options, ...extra }) as never

  it.each([
    ['PLE', (extra: object) => new PLE(given(extra)), 'numLevel', 'numLevels'],
    ['PLE', (extra: object) => new PLE(given(extra)), 'expertDnnHiddenUnit', 'expertDnnHiddenUnits'],
    ['PLE', (extra: object) => new PLE(given(extra)), 'shared_expert_num', 'sharedExpertNum'],
    ['SharedBottom', (extra: object) => new SharedBottom(given(extra)), 'bottomDnnHidenUnits', 'bottomDnnHiddenUnits'],
    ['SingleTask', (extra: object) => new SingleTask(given(extra)), 'bottomDnnHidenUnits', 'bottomDnnHiddenUnits'],
    ['ESMM', (extra: object) => new ESMM({ features, ...extra }), 'conversionNames', 'conversionName'],
    [
      'WideDeep',
      ({ ...extra }: object) => {
        const { features: _, ...rest } = options
        return new WideDeep({ ...rest, wideFeatures: features, deepFeatures: features, ...extra })
      },
      'l2RegLinaer',
      'l2RegLinear',
    ],
    ['cgc', (extra: object) => cgc(given(extra)), 'sharedExpertNums', 'sharedExpertNum'],
    ['mmoe', (extra: object) => mmoe(given(extra)), 'numExpert', 'numExperts'],
    ['mlMmoe', (extra: object) => mlMmoe(given(extra)), 'numLevel', 'numLevels'],
  ] as const)('%s are known: %3$s is not', (who, build, name, meant) => {
    expect(() => build({})).not.toThrow()
    expect(() => build({ [name]: 2 })).toThrow(refusal(who, `'${name}', did you mean '${meant}'\\?`))
  })

  it.each([
    ['cgc', cgc, 'numLevels'],
    ['mmoe', mmoe, 'numLevels'],
    ['mmoe', mmoe, 'specificExpertNum'],
    ['mlMmoe', mlMmoe, 'sharedExpertNum'],
  ] as const)('%s are no others: that of %3$s is settled', (who, build, name) => {
    expect(() => build(given({ [name]: 1 }))).toThrow(refusal(who, `'${name}'.*`))
  })

  it('ESMM have no numExperts, and taskTypes least of all', () => {
    expect(() => new ESMM({ features, ...{ numExperts: 2 } })).toThrow(refusal('ESMM', "'numExperts'.*"))
    expect(() => new ESMM({ features, ...{ taskTypes: ['binary', 'binary'] } })).toThrow('ESMM: expected no taskTypes')
  })
})

describe('options of a part', () => {
  const random = stream(1)
  it.each([
    [
      'Dense',
      (wrong: object) => new Dense(2, 2, random, wrong),
      { drop_out: 0.5 },
      "'drop_out', did you mean 'dropout'\\?",
    ],
    ['Expert', (wrong: object) => new Expert(2, [2], random, wrong), { activations: 'relu' }, "'activations', .*"],
    ['Gate', (wrong: object) => new Gate(2, 2, [], random, wrong), { activations: 'relu' }, "'activations', .*"],
    [
      'Tower',
      (wrong: object) => new Tower(2, [], random, wrong),
      { batch_norm: true },
      "'batch_norm', did you mean 'batchNorm'\\?",
    ],
    ['BatchNorm', (wrong: object) => new BatchNorm(2, wrong, cpu), { eps: 1 }, "'eps'"],
    [
      'FeatureEmbedding',
      (wrong: object) => new FeatureEmbedding(features, random, wrong),
      { l2RegEmbeding: 1 },
      "'l2RegEmbeding', did you mean 'l2RegEmbedding'\\?",
    ],
    ['Wide', (wrong: object) => new Wide(features, wrong), { l2: 1 }, "'l2'"],
  ] as const)('%s are known', (who, build, wrong, got) => {
    expect(() => build({})).not.toThrow()
    expect(() => build(wrong)).toThrow(new RegExp(`^${who}: expected options among .* but got ${got}$`))
    expect(() => build(null as unknown as object)).toThrow(
      new RegExp(`^${who}: expected an object of options.* but got null$`),
    )
  })

  it.each([
    ['Expert', (units: unknown): object => new Expert(2, units as number[], random, {})],
    ['Gate', (units: unknown): object => new Gate(2, 2, units as number[], random, {})],
    ['Tower', (units: unknown): object => new Tower(2, units as number[], random, {})],
  ])('%s are widths in a list', (who, build) => {
    for (const units of [16, '16', [2.5], null])
      expect(() => build(units)).toThrow(new RegExp(`^${who}: expected units to be a list.* but got`))
  })

  it.each([
    [{ expertNums: [1, 1] }, 'expertNums to be an object, .* but got a list of 2'],
    [{ expertNums: { click: 1, shared: -1 } }, "expertNums .* but got -1 of 'shared'"],
    [{ expertUnits: 16 }, 'expertUnits to be a list of at least 1, .* but got 16'],
    [{ gateUnits: undefined }, 'gateUnits to be a list, .* but got undefined'],
    [{ listeners: 'click' }, "listeners to be a list, .* but got 'click'"],
    [{ listener: ['click'] }, "options among .* but got 'listener', did you mean 'listeners'\\?"],
  ])('Extraction fit: not %j', (wrong, message) => {
    const right = {
      expertNums: { click: 1, shared: 1 },
      listeners: ['click'],
      expertUnits: [2],
      gateUnits: [],
      dense: {},
    }
    expect(() => new Extraction(2, right, random)).not.toThrow()
    expect(() => new Extraction(2, { ...right, ...wrong } as unknown as ExtractionOptions, random)).toThrow(
      new RegExp(`^Extraction: expected ${message}$`),
    )
  })

  it.each([
    [{ momentum: -0.1 }, 'momentum to be a number in \\[0, 1\\] but got -0.1'],
    [{ momentum: 2 }, 'momentum .* but got 2'],
    [{ epsilon: 0 }, 'epsilon to be a number in \\(0, ∞\\) but got 0'],
    [{ epsilon: NaN }, 'epsilon .* but got NaN'],
    [{ affine: 1 }, 'affine to be true or false but got 1'],
  ])('BatchNorm are in their ranges: not %j', (wrong, message) => {
    expect(() => new BatchNorm(2, wrong as unknown as object, cpu)).toThrow(
      new RegExp(`^BatchNorm: expected ${message}$`),
    )
  })
})

describe('defaults', () => {
  /** Shapes of the parameters whose path matches. */
  const shapes = (model: object, pattern: RegExp): Record<string, readonly number[]> =>
    Object.fromEntries(
      Object.entries(parameters(model)).flatMap(([path, { shape }]) => (pattern.test(path) ? [[path, shape]] : [])),
    )

  it('of PLE are two levels, one expert per group of 256, towers of 64, gates without a network', () => {
    const expert = (inputs: number) => [inputs, 256]
    expect(shapes(new PLE(options), /weight$/)).toEqual({
      'levels.0.experts.click.0.layers.0.weight': expert(4),
      'levels.0.experts.buy.0.layers.0.weight': expert(4),
      'levels.0.experts.shared.0.layers.0.weight': expert(4),
      'levels.0.gates.click.output.weight': [4, 2],
      'levels.0.gates.buy.output.weight': [4, 2],
      'levels.0.gates.shared.output.weight': [4, 3],
      'levels.1.experts.click.0.layers.0.weight': expert(256),
      'levels.1.experts.buy.0.layers.0.weight': expert(256),
      'levels.1.experts.shared.0.layers.0.weight': expert(256),
      'levels.1.gates.click.output.weight': [256, 2],
      'levels.1.gates.buy.output.weight': [256, 2],
      'towers.click.layers.0.weight': [256, 64],
      'towers.click.output.weight': [64, 1],
      'towers.buy.layers.0.weight': [256, 64],
      'towers.buy.output.weight': [64, 1],
    })
  })

  it('of its siblings are those of DeepCTR, too', () => {
    expect(cgc(options).levels).toHaveLength(1)
    expect(mmoe(options).levels).toHaveLength(1)
    expect(mmoe(options).voices(0, 'click')).toEqual(['shared.0', 'shared.1', 'shared.2'])
    expect(mlMmoe(options).levels).toHaveLength(2)
    expect(shapes(new SharedBottom(options), /^bottom.*weight$/)).toEqual({
      'bottom.layers.0.weight': [4, 256],
      'bottom.layers.1.weight': [256, 128],
    })
    expect(shapes(new ESMM({ features }), /^click.*weight$/)).toEqual({
      'click.layers.0.weight': [4, 256],
      'click.layers.1.weight': [256, 128],
      'click.output.weight': [128, 1],
    })
    expect(new ESMM({ features }).tasks).toEqual({ ctr: 'binary', ctcvr: 'binary' })
  })

  it('penalise embeddings by 1e-5 and nothing else', () => {
    for (const [path, { l2 }] of Object.entries(parameters(new PLE(options))))
      expect(l2, path).toBe(path.startsWith('embedding') ? 1e-5 : 0)
  })

  it('of l2RegDnn, given, reach experts, gate networks and towers, but no softmax and no last layer', () => {
    const model = new PLE({ ...options, l2RegDnn: 0.5, gateDnnHiddenUnits: [3] })
    for (const [path, { l2 }] of Object.entries(parameters(model)))
      if (!path.startsWith('embedding')) expect(l2, path).toBe(/layers\.\d+\.weight$/.test(path) ? 0.5 : 0)
  })
})

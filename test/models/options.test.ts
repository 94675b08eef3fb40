/** Options that make no sense are refused where a model is made, in words that name them; defaults are DeepCTR's. */
import { describe, expect, it } from 'vitest'
import { crossedFeature, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Feature } from '../../src/data/index.ts'
import { ESMM, PLE, SharedBottom, SingleTask, WideDeep, cgc, mlMmoe, mmoe, parameters } from '../../src/models/index.ts'
import type { ModelOptions, PLEOptions } from '../../src/models/index.ts'

const features = [sparseFeature('user', { vocabularySize: 5 })]
const options = { features, taskNames: ['click', 'buy'], taskTypes: ['binary', 'binary'] } as const

/** Whoever builds a model out of the options that all have. */
const BUILDERS: Readonly<Record<string, (options: ModelOptions) => unknown>> = {
  PLE: (given) => new PLE(given),
  SharedBottom: (given) => new SharedBottom(given),
  SingleTask: (given) => new SingleTask(given),
  WideDeep: ({ features: both, ...given }) => new WideDeep({ ...given, wideFeatures: both, deepFeatures: both }),
}

const NAMES = "expected task names of letters, digits, _ and -, not 'shared' nor an object's own, but got"

describe.each(Object.entries(BUILDERS))('%s', (who, build) => {
  it.each([
    ['too few types', { taskTypes: ['binary'] }, 'expected a type for each of 2 tasks but got 1 types'],
    [
      'too many types',
      { taskTypes: ['binary', 'binary', 'binary'] },
      'expected a type for each of 2 tasks but got 3 types',
    ],
    [
      'an unknown type',
      { taskTypes: ['binary', 'multiclass'] },
      "expected task 'buy' to be binary or regression but got 'multiclass'",
    ],
    [
      'a type that only objects have',
      { taskTypes: ['constructor', 'binary'] },
      "expected task 'click' to be binary or regression but got 'constructor'",
    ],
    ['a task twice', { taskNames: ['click', 'click'] }, "expected distinct task names but got 'click' twice"],
    ...['shared', 'constructor', '__proto__', 'toString', 'a.b', '', '7', 'a b', '-a'].map(
      (name) => [`a task called '${name}'`, { taskNames: ['click', name] }, `${NAMES} '${name}'`] as const,
    ),
    ['a task without a name', { taskNames: ['click', undefined] }, `${NAMES} 'undefined'`],
  ] as const)('is refused with %s', (_, wrong, message) => {
    expect(() => build({ ...options, ...wrong } as unknown as ModelOptions)).toThrow(
      new RangeError(`${who}: ${message}`),
    )
  })

  it.each([
    ['no features', { features: [] }, /^(FeatureEmbedding|WideDeep): expected at least one .* but got none$/],
    ['a feature twice', { features: [...features, ...features] }, /'user'.*twice/],
    [
      'towers of no width',
      { towerDnnHiddenUnits: [4, 0] },
      'Dense: expected a positive whole number of units but got 0',
    ],
    ['an unknown activation', { dnnActivation: 'swish' }, /^activation: expected one of linear, .* but got swish$/],
    ['all dropped', { dnnDropout: 1 }, 'Dense: expected dropout in [0, 1) but got 1'],
    ['negative l2', { l2RegDnn: -0.1 }, 'Dense: expected l2 of at least 0 but got -0.1'],
    [
      'negative l2 of embeddings',
      { l2RegEmbedding: -0.1 },
      'FeatureEmbedding: expected l2RegEmbedding of at least 0 but got -0.1',
    ],
    ['a negative deviation', { initStd: -1 }, 'FeatureEmbedding: expected initStd of at least 0 but got -1'],
    ['half a seed', { seed: 0.5 }, 'stream: expected an integer seed but got 0.5'],
  ])('is refused with %s', (_, wrong, message) => {
    const make = () => build({ ...options, ...wrong } as ModelOptions)
    expect(make).toThrow(RangeError)
    expect(make).toThrow(message)
  })

  it('takes names that are prefixes of one another, and such as only arrays have', () => {
    const taskNames = ['click', 'click_', 'click-buy', 'length', 'map']
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
    expect(() => BUILDERS[who](none)).toThrow(new RangeError(`${who}: expected at least 1 tasks but got 0`))
  })

  it.each([[['click']], [['click', 'buy', 'share']]])('ESMM refuses %j, for it has exactly two', (taskNames) => {
    expect(() => new ESMM({ features, taskNames: taskNames as unknown as [string, string] })).toThrow(
      new RangeError(`ESMM: expected two tasks but got ${taskNames.length}`),
    )
  })

  it('ESMM refuses a conversion that has the name of a task, or none at all', () => {
    const esmm = (conversionName: string) => () => new ESMM({ features, conversionName })
    expect(esmm('ctr')).toThrow(new RangeError("ESMM: expected distinct task names but got 'ctr' twice"))
    expect(esmm('a.b')).toThrow(new RangeError(`ESMM: ${NAMES} 'a.b'`))
  })
})

describe('what a wide and a deep part read', () => {
  const [user] = features
  const build = (wideFeatures: readonly Feature[], deepFeatures: readonly Feature[], l2RegLinear = 0) => {
    return () => new WideDeep({ taskNames: ['click'], taskTypes: ['binary'], wideFeatures, deepFeatures, l2RegLinear })
  }

  it('is something, in each of them', () => {
    expect(build([], features)).toThrow(new RangeError('WideDeep: expected at least one of wideFeatures but got none'))
    expect(build(features, [])).toThrow(new RangeError('WideDeep: expected at least one of deepFeatures but got none'))
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
      new RangeError(`Wide: expected l2RegLinear of at least 0 but got ${l2}`),
    )
  })
})

describe('how many experts PLE has', () => {
  const ple = (wrong: Partial<PLEOptions>) => () => new PLE({ ...options, ...wrong })

  it.each([
    [
      'a negative number of shared experts',
      { sharedExpertNum: -1 },
      'PLE: expected sharedExpertNum of at least 0 but got -1',
    ],
    ['half a shared expert', { sharedExpertNum: 0.5 }, 'PLE: expected sharedExpertNum of at least 0 but got 0.5'],
    [
      'a negative number of task experts',
      { specificExpertNum: -2 },
      'PLE: expected specificExpertNum of click of at least 0 but got -2',
    ],
    [
      'a task that is not counted',
      { specificExpertNum: { click: 1 } },
      'PLE: expected specificExpertNum for click, buy but got click',
    ],
    [
      'an unknown task counted',
      { specificExpertNum: { click: 1, buy: 1, share: 1 } },
      'PLE: expected specificExpertNum for click, buy but got click, buy, share',
    ],
    [
      'a count that is no number',
      { specificExpertNum: { click: 1, buy: NaN } },
      'PLE: expected specificExpertNum of buy of at least 0 but got NaN',
    ],
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
    ['no level', { numLevels: 0 }, 'PLE: expected numLevels of at least 1 but got 0'],
    ['a level and a half', { numLevels: 1.5 }, 'PLE: expected numLevels of at least 1 but got 1.5'],
    [
      'experts without layers',
      { expertDnnHiddenUnits: [] },
      'Expert: expected at least one layer but got no hidden units',
    ],
    [
      'experts of negative width',
      { expertDnnHiddenUnits: [-4] },
      'Dense: expected a positive whole number of units but got -4',
    ],
    [
      'gates of half a unit',
      { gateDnnHiddenUnits: [2.5] },
      'Dense: expected a positive whole number of units but got 2.5',
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
    const message = `mmoe: expected numExperts of at least 1 but got ${numExperts}`
    expect(() => mmoe({ ...options, numExperts })).toThrow(new RangeError(message))
    expect(() => mlMmoe({ ...options, numExperts })).toThrow(new RangeError(message))
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

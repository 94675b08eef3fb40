/** What of DeepCTR cannot be mapped, and what does not fit, is refused in words before anything changes. */
import { describe, expect, it } from 'vitest'
import { denseFeature, sparseFeature, varLenFeature } from '../../../src/data/index.ts'
import { fromDeepCTR, fromDeepCTRTorch, toDeepCTR, toDeepCTRTorch } from '../../../src/exchange/deepctr/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import type { DeepCTRTensors } from '../../../src/exchange/deepctr/index.ts'
import {
  ESMM,
  PLE,
  SharedBottom,
  SingleTask,
  WideDeep,
  during,
  mlMmoe,
  mmoe,
  parameters,
  saveState,
} from '../../../src/models/index.ts'

const features = [sparseFeature('user', { vocabularySize: 5, dimension: 2 }), denseFeature('age')]
const both = { features, taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] } as const
const small = { ...both, expertDnnHiddenUnits: [3], towerDnnHiddenUnits: [2] } as const
const one = { taskNames: ['a'], taskTypes: ['binary'] } as const
const deep = { wideFeatures: features, deepFeatures: features, ...one, bottomDnnHiddenUnits: [3] } as const

/** In and out say the same of a model. */
const TORCH = {
  fromDeepCTRTorch: (model: never) => {
    fromDeepCTRTorch(model, {})
  },
  toDeepCTRTorch: (model: never) => toDeepCTRTorch(model),
}
const KERAS = {
  fromDeepCTR: (model: never) => {
    fromDeepCTR(model, {})
  },
  toDeepCTR: (model: never) => toDeepCTR(model),
}
const ALL: Ways = { ...TORCH, ...KERAS }

type Ways = Readonly<Record<string, (model: never) => unknown>>
type Refused = readonly [what: string, model: object, because: string, ways?: Ways]

const MODELS: readonly Refused[] = [
  ['no counterpart', new SingleTask(both), 'these are the models that DeepCTR has, too'],
  [
    'tasks with unequal numbers of experts',
    new PLE({ ...small, specificExpertNum: { a: 1, b: 2 } }),
    'as many experts for each task but got 1, 2: because DeepCTR has one number for all of them',
  ],
  [
    'levels of shared experts alone',
    mlMmoe(small),
    'an expert of each task but got none: because DeepCTR has MMoE of one level',
  ],
  ['one expert of MMoE', mmoe({ ...small, numExperts: 1 }), 'at least 2 experts but got 1'],
  [
    'another ε of batch normalisation than PyTorch',
    new PLE({ ...small, dnnUseBn: true, batchNormEpsilon: 1e-3 }),
    'batchNormEpsilon: 0.00001 but got 0.001',
    TORCH,
  ],
  [
    'another ε of batch normalisation than Keras',
    new PLE({ ...small, dnnUseBn: true }),
    'batchNormEpsilon: 0.001 but got 0.00001',
    KERAS,
  ],
  [
    'more shared experts than DeepCTR-Torch builds',
    new PLE({ ...small, sharedExpertNum: 3, specificExpertNum: 2 }),
    'but got 3 and 2: because DeepCTR-Torch builds as many shared experts as a task has',
    TORCH,
  ],
  [
    'no shared experts, of which DeepCTR has gates hear all',
    new PLE({ ...small, sharedExpertNum: 0 }),
    'shared experts but got none: because without any, gates of DeepCTR hear the experts of all tasks',
    KERAS,
  ],
  ['dice', new SharedBottom({ ...both, dnnActivation: 'dice' }), 'for batches of three axes, and it fails', TORCH],
  ['Dice', new SharedBottom({ ...both, dnnActivation: 'Dice' }), 'for batches of three axes, and it fails', TORCH],
  [
    'weights of ids',
    new SharedBottom({
      ...both,
      features: [varLenFeature('tags', { vocabularySize: 5, maxLength: 3, weights: 'tagWeights' })],
    }),
    `no weights but got 'tagWeights' of 'tags': because DeepCTR-Torch pools without any`,
    TORCH,
  ],
  [
    'tables with dots in their names',
    new SharedBottom({ ...both, features: [sparseFeature('user.id', { vocabularySize: 5 })] }),
    `'user.id': because PyTorch has no modules of such names`,
    TORCH,
  ],
  ['ESMM without layers', new ESMM({ features, towerDnnHiddenUnits: [] }), 'networks with layers', TORCH],
  ['Wide & Deep in Keras', new WideDeep(deep), 'its linear part lies otherwise in DeepCTR', KERAS],
  [
    'Wide & Deep of several tasks',
    new WideDeep({ ...deep, taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] }),
    'one task but got WideDeep with 2',
    TORCH,
  ],
  ['Wide & Deep with towers', new WideDeep({ ...deep, towerDnnHiddenUnits: [2] }), 'no towers', TORCH],
  ['Wide & Deep without a network', new WideDeep({ ...deep, bottomDnnHiddenUnits: [] }), 'no towers', TORCH],
]

const REFUSED = MODELS.map(([what, model, because, ways = ALL]) => ({ what, model, because, ways }))

describe.each(REFUSED)('$what', ({ model, because, ways }) => {
  it.each(Object.entries(ways))('is refused by %s', (who, way) => {
    const run = () => way(model as never)
    expect(run).toThrow(RangeError)
    expect(run).toThrow(`${who}: expected `)
    expect(run).toThrow(because)
  })
})

/** What differs by less is let through: the refusals above are of what they say. */
it.each([
  ['PLE', new PLE({ ...small, batchNormEpsilon: 1e-3 }), toDeepCTRTorch],
  ['PLE with as many shared experts', new PLE({ ...small, sharedExpertNum: 2, specificExpertNum: 2 }), toDeepCTRTorch],
  ['PLE without shared experts', new PLE({ ...small, sharedExpertNum: 0 }), toDeepCTRTorch],
  ['MMoE of two experts', mmoe({ ...small, numExperts: 2 }), toDeepCTRTorch],
  ['PLE in Keras', new PLE(small), toDeepCTR],
  ['PLE with more shared experts in Keras', new PLE({ ...small, sharedExpertNum: 3 }), toDeepCTR],
  ['ESMM without layers in Keras', new ESMM({ features, towerDnnHiddenUnits: [] }), toDeepCTR],
])('%s is taken', (_, model, write) => {
  expect(Object.keys(write(model as never)).length).toBeGreaterThan(3)
})

describe.each([
  ['fromDeepCTRTorch', fromDeepCTRTorch, toDeepCTRTorch, 'tower_dnn_final_layer.1.weight', '(1×2)'],
  ['fromDeepCTR', fromDeepCTR, toDeepCTR, 'dense_1/kernel:0', '(2×1)'],
] as const)('%s', (who, read, write, name, shape) => {
  const model = new PLE(small)
  const tensors: DeepCTRTensors = write(model)
  const { [name]: tensor, ...rest } = tensors
  const before = saveState(model)
  const refused = (given: unknown, ...words: readonly string[]): void => {
    const run = () => {
      read(model, given as DeepCTRTensors)
    }
    expect(run).toThrow(RangeError)
    for (const word of [`${who}: expected `, ...words]) expect(run).toThrow(word)
    expect(saveState(model)).toEqual(before)
  }

  it('lists what is missing, unknown and of another shape', () => {
    refused(rest, `${name} is missing`, `the ${Object.keys(tensors).length} tensors of`)
    refused({ ...tensors, another: tensor }, 'another', 'is unknown')
    refused({ ...rest, [name]: { ...tensor, shape: [2] } }, `${name} is (2), not ${shape}`)
    refused({ ...rest, [name]: { ...tensor, shape: [...tensor.shape].reverse() } }, `, not ${shape}`)
    refused({ ...rest, [name]: { ...tensor, values: [1] } }, `${name} has 1 values, not 2 for ${shape}`)
    refused({}, 'is missing; ', '; and ')
  })

  it('takes no number that is not finite, and no variance below 0', () => {
    refused({ ...rest, [name]: { ...tensor, values: [1, NaN] } }, 'towers.b.output.weight has NaN at 1')
    refused({ ...rest, [name]: { ...tensor, values: [1e39, 1] } }, 'beyond what float32 holds')
    refused({ ...rest, [name]: { ...tensor, values: ['1', 1] } }, `has '1' at 0`)
    refused({ ...rest, [name]: { ...tensor, values: BigInt64Array.of(1n, 2n) } }, 'has 1n at 0')
    const normalised = new PLE({ ...small, dnnUseBn: true, batchNormEpsilon: who === 'fromDeepCTR' ? 1e-3 : 1e-5 })
    const all = write(normalised)
    const [variance] = Object.keys(all).filter((each) => each.includes('var'))
    expect(() => {
      read(normalised, { ...all, [variance]: { shape: [3], values: [1, -1, 1] } })
    }).toThrow('has -1 at 1, below 0')
  })

  it.each([undefined, null, 5, [], { a: 1 }, { a: { shape: [1] } }, { a: { shape: 1, values: [1] } }])(
    'takes no %j for tensors',
    (given) => {
      refused(given, 'tensors to be an object, each of its members to be a shape and values')
    },
  )
})

describe('fromDeepCTRTorch', () => {
  const model = new PLE(small)
  const tensors = toDeepCTRTorch(model)

  it('refuses an early layout of PLE by the name of an expert or of a gate', () => {
    for (const name of ['shared_experts.0.0.linears.0.weight', 'specific_gate_dnn.1.0.linears.0.bias'])
      expect(() => {
        fromDeepCTRTorch(model, { ...tensors, [name]: { shape: [1], values: [1] } })
      }).toThrow(`expected PLE as in DeepCTR-Torch 0.2.9 but got ${name}: because an early layout`)
  })

  it('leaves out a linear part of zeros, and refuses another', () => {
    const linear = (value: number) => ({
      ...tensors,
      'linear_model.embedding_dict.user.weight': { shape: [5, 1], values: [0, 0, 0, 0, value] },
    })
    const before = saveState(model)
    fromDeepCTRTorch(model, linear(0))
    expect(saveState(model)).toEqual(before)
    expect(() => {
      fromDeepCTRTorch(model, linear(1e-4))
    }).toThrow('no linear part but got linear_model.embedding_dict.user.weight: because PLE has none here')
  })

  it('reads nothing of the last gate of the shared signal, whose shape it checks', () => {
    const name = 'shared_gate_dnn_final_layer.1.weight'
    const before = saveState(model)
    fromDeepCTRTorch(model, { ...tensors, [name]: { shape: [3, 3], values: Array<number>(9).fill(7) } })
    expect(saveState(model)).toEqual(before)
    expect(() => {
      fromDeepCTRTorch(model, { ...tensors, [name]: { shape: [3, 4], values: Array<number>(12).fill(7) } })
    }).toThrow(`${name} is (3×4), not (3×3)`)
  })
})

describe('toDeepCTRTorch', () => {
  it('refuses slopes of PReLU that differ, of which there is one', () => {
    const model = new SharedBottom({ ...both, bottomDnnHiddenUnits: [2], dnnActivation: 'prelu' })
    const { alpha } = model.bottom.layers[0].activation as unknown as { alpha: { assign(values: number[]): void } }
    alpha.assign([0.5, 0.75])
    expect(() => toDeepCTRTorch(model)).toThrow(
      'a model that fits but got one where bottom_dnn.activation_layers.0.weight is one number there and here both 0.5 and 0.75',
    )
    alpha.assign([0.5, 0.5])
    expect(toDeepCTRTorch(model)['bottom_dnn.activation_layers.0.weight'].values).toEqual(Float32Array.of(0.5))
  })

  it('refuses biases of ESMM that differ, of which there is one', () => {
    const model = new ESMM({ features, towerDnnHiddenUnits: [2] })
    parameters(model)['conversion.bias'].assign([1])
    expect(() => toDeepCTRTorch(model)).toThrow('out.bias is one number there and here both 0 and 1')
  })
})

it.each([
  ['toDeepCTRTorch', toDeepCTRTorch, 'out.1.bias'],
  ['toDeepCTR', toDeepCTR, 'b/global_bias:0'],
] as const)('%s writes no number that is not finite in float32', (who, write, name) => {
  const model = new PLE({ ...small, backend: cpu64 })
  for (const [value, written] of [
    [NaN, NaN],
    [-1e39, -Infinity],
  ]) {
    parameters(model)['towers.b.bias'].assign([value])
    expect(() => write(model)).toThrow(
      `${who}: expected a model that fits but got one where ${name} would have ${written}`,
    )
  }
})

it.each(Object.entries(ALL))('%s refuses a model in the middle of a step', (_, way) => {
  const model = new PLE(small)
  const step = { who: 'fit', changes: new Set(Object.values(parameters(model))) }
  expect(() => during(step, () => way(model as never))).toThrow('a model between steps but got one in the middle')
})

it('fromDeepCTR refuses names that Keras would not tell apart', () => {
  const model = new PLE(small)
  const tensors = toDeepCTR(model)
  expect(() => {
    fromDeepCTR(model, { ...tensors, 'dense/kernel': tensors['dense/kernel:0'] })
  }).toThrow(`expected ${Object.keys(tensors).length + 1} names but got ${Object.keys(tensors).length} that differ`)
})

/** Models here, each beside the sizes that make the same of the module of its name in torch_models.py. */
import { batches, denseFeature } from '../../../src/data/index.ts'
import type { Feature } from '../../../src/data/index.ts'
import { ESMM, PLE, SharedBottom, WideDeep, cgc, mmoe, parameters } from '../../../src/models/index.ts'
import type { DeepCTRTensors, DeepCTRTorchModel } from '../../../src/exchange/deepctr/index.ts'
import { stream } from '../../../src/tensor/index.ts'
import { FEATURES, feed } from '../../models/feed.ts'

export const ROWS = 13

/** All poolings; no weights, which DeepCTR-Torch has not. */
export const POOLED = FEATURES.map((feature) => {
  if (feature.kind !== 'varLen') return feature
  const { weights: _, ...rest } = feature
  return rest
})
/** Without a maximum, which of nothing but padding is another there. */
const ADDED = POOLED.filter((feature) => feature.kind !== 'varLen' || feature.pooling !== 'max')
const SPARSE = POOLED.filter(({ kind }) => kind === 'sparse')
const DENSE = [denseFeature('age'), denseFeature('place', { dimension: 2 })]

const TWO = { taskNames: ['click', 'price'], taskTypes: ['binary', 'regression'] } as const
const THREE = { taskNames: ['b', 'a', 'c'], taskTypes: ['binary', 'binary', 'regression'] } as const

export interface Case {
  readonly name: string
  readonly model: DeepCTRTorchModel
  readonly kind: 'PLE' | 'MMOE' | 'SharedBottom' | 'ESMM' | 'WDL'
  /** The arguments of that class in torch_models.py. */
  readonly sizes: Readonly<Record<string, unknown>>
}

const expert = [4, 3]

const CASES: readonly (() => Case)[] = [
  () => ({
    name: 'PLE of two levels with layers in its gates',
    model: new PLE({
      features: POOLED,
      ...TWO,
      expertDnnHiddenUnits: expert,
      gateDnnHiddenUnits: [5],
      towerDnnHiddenUnits: [3, 2],
    }),
    kind: 'PLE',
    sizes: { tasks: TWO.taskTypes, levels: 2, specific: 1, shared: 1, expert, gate: [5], tower: [3, 2] },
  }),
  () => ({
    name: 'PLE of one level without layers in gates and towers',
    model: cgc({
      features: ADDED,
      ...THREE,
      sharedExpertNum: 2,
      specificExpertNum: 3,
      expertDnnHiddenUnits: [3],
      towerDnnHiddenUnits: [],
      dnnActivation: 'sigmoid',
    }),
    kind: 'PLE',
    sizes: { tasks: THREE.taskTypes, levels: 1, specific: 3, shared: 2, expert: [3], gate: [], tower: [] },
  }),
  () => ({
    name: 'PLE of three levels with batch normalisation, PReLU and an expert more than is read',
    model: new PLE({
      features: ADDED,
      ...THREE,
      numLevels: 3,
      specificExpertNum: 2,
      expertDnnHiddenUnits: expert,
      gateDnnHiddenUnits: [2, 3],
      towerDnnHiddenUnits: [3],
      dnnUseBn: true,
      dnnActivation: 'prelu',
    }),
    kind: 'PLE',
    sizes: { tasks: THREE.taskTypes, levels: 3, specific: 2, shared: 1, expert, gate: [2, 3], tower: [3] },
  }),
  () => ({
    name: 'PLE without shared experts, of dense features alone',
    model: new PLE({
      features: DENSE,
      ...TWO,
      sharedExpertNum: 0,
      specificExpertNum: 2,
      expertDnnHiddenUnits: [3],
      towerDnnHiddenUnits: [2],
    }),
    kind: 'PLE',
    sizes: { tasks: TWO.taskTypes, levels: 2, specific: 2, shared: 0, expert: [3], gate: [], tower: [2] },
  }),
  () => ({
    name: 'MMoE with layers in its gates',
    model: mmoe({
      features: POOLED,
      ...TWO,
      expertDnnHiddenUnits: expert,
      gateDnnHiddenUnits: [3],
      towerDnnHiddenUnits: [2],
    }),
    kind: 'MMOE',
    sizes: { tasks: TWO.taskTypes, experts: 3, expert, gate: [3], tower: [2] },
  }),
  () => ({
    name: 'MMoE with batch normalisation and PReLU, of sparse features alone',
    model: mmoe({
      features: SPARSE,
      ...THREE,
      numExperts: 2,
      expertDnnHiddenUnits: [3],
      towerDnnHiddenUnits: [],
      dnnUseBn: true,
      dnnActivation: 'prelu',
    }),
    kind: 'MMOE',
    sizes: { tasks: THREE.taskTypes, experts: 2, expert: [3], gate: [], tower: [] },
  }),
  () => ({
    name: 'SharedBottom',
    model: new SharedBottom({ features: POOLED, ...TWO, bottomDnnHiddenUnits: [4, 3], towerDnnHiddenUnits: [2] }),
    kind: 'SharedBottom',
    sizes: { tasks: TWO.taskTypes, bottom: [4, 3], tower: [2] },
  }),
  () => ({
    name: 'SharedBottom with batch normalisation, sigmoid and no layers in its towers',
    model: new SharedBottom({
      features: ADDED,
      ...THREE,
      bottomDnnHiddenUnits: [4],
      towerDnnHiddenUnits: [],
      dnnUseBn: true,
      dnnActivation: 'sigmoid',
    }),
    kind: 'SharedBottom',
    sizes: { tasks: THREE.taskTypes, bottom: [4], tower: [] },
  }),
  () => ({
    name: 'ESMM',
    model: new ESMM({ features: POOLED, towerDnnHiddenUnits: [4, 3] }),
    kind: 'ESMM',
    sizes: { tower: [4, 3] },
  }),
  () => ({
    name: 'ESMM with batch normalisation and PReLU',
    model: new ESMM({ features: ADDED, towerDnnHiddenUnits: [4], dnnUseBn: true, dnnActivation: 'prelu' }),
    kind: 'ESMM',
    sizes: { tower: [4] },
  }),
  () => ({
    name: 'Wide & Deep with batch normalisation',
    model: new WideDeep({
      wideFeatures: POOLED,
      deepFeatures: POOLED,
      taskNames: ['click'],
      taskTypes: ['binary'],
      bottomDnnHiddenUnits: [4, 3],
      dnnUseBn: true,
    }),
    kind: 'WDL',
    sizes: { hidden: [4, 3] },
  }),
]

/** A model of each case, its numbers drawn anew; those that are one number there are one here. */
export const cases = (): readonly Case[] =>
  CASES.map((make, seed) => {
    const drawn = make()
    for (const [path, parameter] of Object.entries(parameters(drawn.model))) {
      // The slopes of a layer, and both biases of ESMM, draw from one stream.
      const one = path.endsWith('alpha') || /^(click|conversion)\.bias$/.test(path)
      const random = stream(seed).stream(one ? path.replace(/^(click|conversion)\.bias$/, 'bias') : path)
      parameter.assign(
        Float64Array.from({ length: parameter.size }, (_, at) =>
          parameter.least === 0 ? 0.5 + random.uniform(at) : 0.5 * random.normal(one ? 0 : at),
        ),
      )
    }
    return drawn
  })

/** What torch_models.py asks of a case: the columns in order, and the rows of a batch with the columns side by side. */
export function asked({ model, kind, sizes }: Case, state?: DeepCTRTensors): object {
  const { features } = model
  const { dnnActivation = 'relu', dnnUseBn = false } = model.options
  const [batch] = batches(feed(ROWS, 1, features), { batchSize: ROWS })
  const widthOf = (feature: Feature): number =>
    feature.kind === 'dense' ? feature.dimension : feature.kind === 'sparse' ? 1 : feature.maxLength
  const row = (at: number): number[] =>
    features.flatMap((feature) => {
      const { values } = (feature.kind === 'dense' ? batch.numbers : batch.ids)[feature.name]
      return [...values.slice(at * widthOf(feature), (at + 1) * widthOf(feature))]
    })
  return {
    kind,
    sizes,
    activation: dnnActivation,
    normalised: dnnUseBn,
    columns: features.map((feature) => ({
      ...feature,
      width: widthOf(feature),
      rows: feature.kind === 'dense' ? 0 : feature.vocabularySize,
    })),
    batch: Array.from({ length: ROWS }, (_, at) => row(at)),
    ...(state && {
      state: Object.fromEntries(
        Object.entries(state).map(([name, { shape, values }]) => [name, { shape, values: Array.from(values) }]),
      ),
    }),
  }
}

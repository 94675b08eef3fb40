/** A frozen table never moves, whoever trains the model around it, and however. */
import { afterAll, describe, expect, it } from 'vitest'
import { gpujs } from '../../src/gpujs.ts'
import { sparseFeature } from '../../src/data/index.ts'
import type { Feature } from '../../src/data/index.ts'
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { wasm } from '../../src/kernels/wasm/index.ts'
import { wasmThreads } from '../../src/kernels/wasm/threads/index.ts'
import { PLE, WideDeep, countParameters, parameters, trainable } from '../../src/models/index.ts'
import { restoreModel, restoreState, saveModel, saveState } from '../../src/models/index.ts'
import type { SavableModel } from '../../src/models/index.ts'
import {
  adagrad,
  adam,
  adamW,
  caGrad,
  compilePredictor,
  decayingWeights,
  dwa,
  fit,
  fitAlternating,
  fixedWeights,
  ftrl,
  gradNorm,
  memoryStore,
  parameterGroups,
  pcGrad,
  saveProgram,
  sgd,
  uncertainty,
} from '../../src/training/index.ts'
import type { FitOptions, Optimizer, Strategy } from '../../src/training/index.ts'
import { loadProgram, servingCpu } from '../../src/serve.ts'
import { FEATURES, TASKS, TYPES, feed, stir } from '../models/feed.ts'

const GIVEN = Float32Array.from({ length: 15 }, (_, at) => Math.fround(Math.sin(at)))
const frozen = sparseFeature('user', { vocabularySize: 5, dimension: 3, pretrained: GIVEN, trainable: false })
/** `user` has a table that is given, `item` and `history` share one that is learned. */
const features: readonly Feature[] = [
  frozen,
  ...FEATURES.filter(({ name }) => ['age', 'item', 'history'].includes(name)),
]
const data = feed(22, 1, features)
const tasks = { taskNames: TASKS.slice(1), taskTypes: TYPES.slice(1) }

const build = (backend: Backend = cpu): PLE =>
  new PLE({
    ...tasks,
    features,
    numLevels: 1,
    towerDnnHiddenUnits: [3],
    expertDnnHiddenUnits: [4],
    l2RegEmbedding: 0.1,
    dnnUseBn: true,
    initStd: 0.1,
    backend,
  })

const OPTIMIZERS: Readonly<Record<string, (model: PLE) => Optimizer>> = {
  sgd: () => sgd({ momentum: 0.9 }),
  adam: () => adam({ learningRate: 0.05 }),
  adamW: () => adamW({ decay: 0.5, learningRate: 0.05 }),
  adagrad: () => adagrad({ learningRate: 0.05 }),
  ftrl: () => ftrl({ learningRate: 0.05 }),
  groups: (model) =>
    parameterGroups(model, [
      { paths: /^embedding/, optimizer: adamW({ decay: 0.5, learningRate: 0.05 }) },
      { optimizer: sgd() },
    ]),
}

const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  'fixed weights': () => fixedWeights(),
  'decaying weights': () => decayingWeights({ ratio: { click_buy: 0.5 } }),
  uncertainty: () => uncertainty(),
  dwa: () => dwa(),
  gradNorm: () => gradNorm(),
  pcGrad: () => pcGrad(),
  caGrad: () => caGrad(),
}

const open: (() => unknown)[] = []
afterAll(async () => {
  for (const close of open) await close()
})
const threads = await wasmThreads({ bytes: 2 ** 23, threads: 2, worthwhile: 0 })
const gpu = await gpujs({ mode: 'cpu' })
open.push(threads.release, () => gpu.release())

const RUNS: Readonly<Record<string, Partial<FitOptions>>> = {
  'op by op': { compiled: false },
  cpu: { backend: cpu },
  wasm: { backend: wasm({ bytes: 2 ** 22 }) },
  threads: { backend: threads },
  'gpu.js': { backend: gpu },
}

/** Trains; the frozen table is then what was given, to the bit, and everything of embeddings and towers that is not has moved. */
async function expectFrozen(options: Partial<FitOptions>, model = build()): Promise<void> {
  const before = saveState(model)
  await fit(model, { data, epochs: 2, batchSize: 8, ...options })
  const after = saveState(model)
  expect(after['embedding.tables.user']).toEqual(GIVEN)
  for (const path of ['embedding.tables.item', 'towers.click_buy.layers.0.weight'])
    expect(after[path], path).not.toEqual(before[path])
}

describe('a frozen table stays as it was given', () => {
  it.each(Object.keys(OPTIMIZERS))('under %s', async (name) => {
    for (const compiled of [true, false]) {
      const model = build()
      await expectFrozen({ compiled, optimizer: OPTIMIZERS[name](model) }, model)
    }
  })

  it.each(Object.keys(STRATEGIES))('under %s', async (name) => {
    for (const compiled of [true, false]) await expectFrozen({ compiled, strategy: STRATEGIES[name]() })
  })

  it.each(Object.keys(RUNS))('on %s', async (name) => {
    await expectFrozen(RUNS[name])
  })

  it('with averages, gradients cut to a length and several batches a step', async () => {
    await expectFrozen({ emaDecay: 0.5, clipNorm: 0.1, accumulate: 2 })
  })

  it('in float64', async () => {
    const model = build(cpu64)
    await fit(model, { data, epochs: 1, batchSize: 8 })
    expect(Float32Array.from(saveState(model)['embedding.tables.user'])).toEqual(GIVEN)
  })

  it('in turns', async () => {
    const model = build()
    await fitAlternating(model, {
      turns: { a: { data, tasks: ['click_buy'], batchSize: 8 }, b: { data, tasks: ['click_buy_price'], batchSize: 8 } },
      epochs: 1,
    })
    expect(saveState(model)['embedding.tables.user']).toEqual(GIVEN)
  })

  it('over a training that was stopped and goes on, which is one that was not', async () => {
    const [whole, first, second] = [build(), build(), build()]
    const store = memoryStore()
    await fit(whole, { data, epochs: 3, batchSize: 8 })
    await fit(first, { data, epochs: 2, batchSize: 8, checkpoint: { store } })
    stir(second)
    await fit(second, { data, epochs: 3, batchSize: 8, resume: store })
    expect(saveState(second)).toEqual(saveState(whole))
    expect(saveState(second)['embedding.tables.user']).toEqual(GIVEN)
  })
})

describe('a frozen table', () => {
  it('is asked for no gradient', async () => {
    const model = build()
    const asked: unknown[] = []
    const fixed = fixedWeights()
    const strategy: Strategy = {
      ...fixed,
      balance: (step) => {
        asked.push(...step.learned)
        return fixed.balance(step)
      },
    }
    await fit(model, { data, epochs: 1, strategy, compiled: false })
    const { tables } = model.embedding
    expect([asked.includes(tables.item), asked.includes(tables.user)]).toEqual([true, false])
  })

  it('is among the parameters that are saved, and not among those that are learned or counted', () => {
    const model = build()
    expect(Object.keys(parameters(model))).toContain('embedding.tables.user')
    expect(Object.keys(trainable(model))).not.toContain('embedding.tables.user')
    const learned = new PLE({ ...model.options, features: [{ ...frozen, trainable: true }, ...features.slice(1)] })
    expect(countParameters(learned) - countParameters(model)).toBe(GIVEN.length)
  })

  it('is no group of parameters by itself', () => {
    expect(() => parameterGroups(build(), [{ paths: /user$/, optimizer: adam() }, { optimizer: adam() }])).toThrow(
      'parameterGroups: expected parameters in every group but got none in group 0',
    )
  })

  it('comes back frozen, without being given again', async () => {
    const model = build()
    const restored = restoreModel(saveModel(model)) as PLE
    expect(restored.embedding.tables.user.trainable).toBe(false)
    expect(saveState(restored)).toEqual(saveState(model))
    await expectFrozen({}, restored)
  })

  it('takes other numbers by restoreState', () => {
    const model = build()
    const other = saveState(stir(build()))
    restoreState(model, other)
    expect(saveState(model)).toEqual(other)
  })

  it('serves as any other', () => {
    const predictor = compilePredictor(build())
    const served = loadProgram(saveProgram(predictor), { backend: servingCpu })
    const row = { user: 3, item: 2, history: [1, 2], age: 0.5 }
    expect(served.score(row)).toEqual(predictor.score(row))
  })

  it('is of embeddings: the wide part learns a weight for each of its ids', async () => {
    const model: SavableModel = new WideDeep({
      ...tasks,
      wideFeatures: [frozen],
      deepFeatures: features,
      bottomDnnHiddenUnits: [3],
    })
    await fit(model, { data, epochs: 1, batchSize: 8 })
    const after = saveState(model)
    expect(after['deep.embedding.tables.user']).toEqual(GIVEN)
    expect(after['wide.click_buy.embedding.tables.user'].some((weight) => weight !== 0)).toBe(true)
  })
})

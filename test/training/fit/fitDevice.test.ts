/** Training on a backend that answers by promise is the training that it is at home. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import type { CompilesAsync, GpujsBackend } from '../../../src/gpujs.ts'
import type { Dataset } from '../../../src/data/index.ts'
import { cpu } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { PLE, parameters, saveState } from '../../../src/models/index.ts'
import {
  adagrad,
  adam,
  caGrad,
  fit,
  fitAlternating,
  gradNorm,
  pcGrad,
  uncertainty,
} from '../../../src/training/index.ts'
import type { FitOptions, History, Strategy } from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../../models/feed.ts'

let backend: GpujsBackend & CompilesAsync
beforeAll(async () => {
  backend = await gpujs({ mode: 'webasm' })
})
afterAll(() => backend.release())

const model = () =>
  new PLE({
    features: FEATURES,
    taskNames: TASKS,
    taskTypes: TYPES,
    expertDnnHiddenUnits: [6],
    towerDnnHiddenUnits: [4],
    dnnDropout: 0.2,
    initStd: 0.3,
  })
const data = feed(70)

const lossesOf = ({ epochs }: History): number[] => epochs.flatMap(({ losses }) => Object.values(losses))

/** That two trainings told the same within the rounding of float32. */
function expectAlike(there: History, here: History): void {
  expect(there.steps).toBe(here.steps)
  lossesOf(here).forEach((loss, at) => {
    expect(lossesOf(there)[at]).toBeCloseTo(loss, 5)
  })
}

/** Trains anew here and there, with strategies and optimizers of their own. */
async function both(options: () => Omit<FitOptions, 'data'>): Promise<readonly [History, History]> {
  const train = (on: Backend) => fit(model(), { data, batchSize: 32, epochs: 2, backend: on, ...options() })
  return [await train(backend), await train(cpu)]
}

it('a turn whose program is made after an epoch was scored elsewhere learns on from what others left', async () => {
  const train = async (on: Backend): Promise<History> =>
    fitAlternating(model(), {
      turns: {
        a: { data, batchSize: 32, validation: feed(40, 2) },
        // Its last batch is another, and is first met in the second epoch.
        b: { data: feed(41, 5), tasks: ['click'], batchSize: 8 },
      },
      order: 'roundRobin',
      epochs: 4,
      stepsPerEpoch: 6,
      backend: on,
    })
  const [there, here] = [await train(backend), await train(cpu)]
  expectAlike(there, here)
})

describe('fit on a device', () => {
  it('comes to the losses and scores of the CPU, and says where it ran', async () => {
    const [there, here] = await both(() => ({ validation: feed(40, 2) }))
    expectAlike(there, here)
    there.epochs.forEach(({ score }, at) => {
      expect(score).toBeCloseTo(here.epochs[at].score!, 4)
    })
    expect(there.backend).toMatch(/^gpujs-webasm, scored on wasm-(simd|relaxed)$/)
    expect(there.best).toBe(here.best)
  })

  const strategies: Readonly<Record<string, () => Strategy>> = { uncertainty, gradNorm, pcGrad, caGrad }
  it.each(Object.keys(strategies))('balances by numbers that the host looks at in between: %s', async (name) => {
    expectAlike(...(await both(() => ({ strategy: strategies[name]() }))))
  })

  it('accumulates, clips, averages and decays as at home', async () => {
    const options = () => ({ accumulate: 2, clipNorm: 0.5, emaDecay: 0.9, optimizer: adagrad({ learningRate: 0.1 }) })
    expectAlike(...(await both(options)))
  })

  it('has parameters at home when an epoch ends, and not before', async () => {
    const trained = model()
    const state = () => JSON.stringify(Object.values(saveState(trained)).map((values) => [...values]))
    const initial = state()
    let seen = ''
    await fit(trained, {
      data,
      batchSize: 32,
      backend,
      onBatch: () => {
        expect(state()).toBe(initial)
      },
      onEpoch: () => {
        seen = state()
      },
    })
    expect(seen).not.toBe(initial)
    expect(state()).toBe(seen)
  })

  it('refuses a step whose loss is not finite, and keeps those before', async () => {
    const spoilt = (): Dataset => {
      const made = feed(70)
      made.labels.click_buy_price[69] = Infinity
      return made
    }
    const [there, here] = [model(), model()]
    const refused = (trained: PLE, on: Backend): Promise<History> =>
      fit(trained, { data: spoilt(), batchSize: 35, backend: on, shuffle: false, optimizer: adam() })
    await expect(refused(there, backend)).rejects.toThrow(
      "fit: expected finite losses but got Infinity of task 'click_buy_price' in epoch 1, step 2",
    )
    await expect(refused(here, cpu)).rejects.toThrow('expected finite losses')
    const expected = parameters(here)
    for (const [path, { values }] of Object.entries(parameters(there)))
      values.forEach((value, at) => {
        expect(value, path).toBeCloseTo(expected[path].values[at], 5)
      })
  })

  it('leaves no array on the device', async () => {
    const before = backend.counts().handles
    await fit(model(), { data, batchSize: 32, backend })
    expect(backend.counts().handles).toBe(before)
  })
})

describe('fitAlternating on a device', () => {
  it('comes to the losses of the CPU: turns share what they have in common', async () => {
    const train = (on: Backend) =>
      fitAlternating(model(), {
        turns: {
          click: { data, tasks: ['click'], batchSize: 32 },
          buy: { data: feed(50, 3), tasks: ['click_buy', 'click_buy_price'], batchSize: 25 },
        },
        epochs: 2,
        backend: on,
      })
    const [there, here] = [await train(backend), await train(cpu)]
    expectAlike(there, here)
    expect(there.backend).toBe('gpujs-webasm')
  })
})

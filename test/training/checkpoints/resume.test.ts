/** A training that was stopped anywhere and goes on from its checkpoint, by objects made anew, is one that was never stopped. */
import { afterAll, describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { wasm } from '../../../src/kernels/wasm/index.ts'
import { wasmThreads } from '../../../src/kernels/wasm/threads/index.ts'
import { PLE, saveState } from '../../../src/models/index.ts'
import {
  adagrad,
  adam,
  adamW,
  caGrad,
  cosineDecay,
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
  reconciling,
  sgd,
  uncertainty,
} from '../../../src/training/index.ts'
import type { CheckpointStore, EpochOptions, History, Optimizer, Strategy } from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../../models/feed.ts'

const data = feed(22)
const other = feed(17, 5)
const validation = feed(19, 3)

const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  'fixed weights': () => fixedWeights({ click: 2 }),
  'decaying weights': () => decayingWeights({ ratio: { click: 0.5 } }),
  uncertainty: () => uncertainty(),
  dwa: () => dwa(),
  gradNorm: () => gradNorm(),
  pcGrad: () => pcGrad(),
  caGrad: () => caGrad(),
  'one of one’s own': () => {
    let calls = 0
    return reconciling('turns', (gram) => gram.map((_, task) => (task === calls % gram.length ? (calls++, 2) : 1)), {
      saveState: () => ({ settings: {}, facts: { calls }, tensors: {} }),
      restoreState: ({ facts }) => void (calls = facts.calls as number),
    })
  },
}

const OPTIMIZERS: Readonly<Record<string, (model: PLE) => Optimizer>> = {
  sgd: () => sgd({ learningRate: cosineDecay(0.05, { steps: 30 }), momentum: 0.9, nesterov: true }),
  adam: () => adam({ learningRate: 0.01 }),
  'adamW and adagrad by groups': (model) =>
    parameterGroups(model, [
      { paths: /^embedding/, optimizer: adagrad({ learningRate: 0.05 }) },
      { optimizer: adamW({ learningRate: 0.01 }) },
    ]),
  adagrad: () => adagrad({ learningRate: 0.05 }),
  ftrl: () => ftrl({ learningRate: 0.05, l1: 1e-4 }),
}

const open: (() => unknown)[] = []
afterAll(async () => {
  for (const close of open) await close()
})

const gpu = await gpujs({ mode: 'cpu' })
open.push(() => gpu.release())
const BACKENDS: Readonly<Record<string, Backend>> = { cpu, wasm: wasm({ bytes: 2 ** 24 }), 'gpujs cpu': gpu }

const modelOn = (backend: Backend = cpu): PLE =>
  new PLE({
    features: FEATURES,
    taskNames: TASKS,
    taskTypes: TYPES,
    towerDnnHiddenUnits: [3],
    expertDnnHiddenUnits: [4],
    dnnUseBn: true,
    dnnDropout: 0.2,
    initStd: 0.1,
    backend,
  })

type Way = (
  model: PLE,
  optimizer: Optimizer,
  strategy: Strategy,
  options: EpochOptions,
  backend: Backend,
) => Promise<History>

const WAYS: Readonly<Record<string, Way>> = {
  fit: (model, optimizer, strategy, options, backend) =>
    fit(model, {
      data,
      validation,
      batchSize: 5,
      optimizer,
      strategy,
      emaDecay: 0.9,
      clipNorm: 5,
      ...options,
      backend,
    }),
  fitAlternating: (model, optimizer, strategy, options, backend) =>
    fitAlternating(model, {
      turns: {
        a: { data, optimizer, strategy, batchSize: 5, validation },
        b: { data: other, optimizer: adam({ learningRate: 0.003 }), tasks: ['click'], batchSize: 4 },
      },
      order: { a: 2, b: 1 },
      ...options,
      backend,
    }),
}

/** All that a training leaves behind, but for how long it took. */
const outcome = (
  model: PLE,
  optimizer: Optimizer,
  { epochs, resumed: _, backend: __, ...history }: History,
): object => ({
  parameters: saveState(model),
  steps: optimizer.steps,
  history: { ...history, epochs: epochs.map(({ seconds: ___, ...epoch }) => epoch) },
})

const EPOCHS = 4

interface Stop {
  /** Steps after which it is stopped. */
  readonly after: readonly number[]
  readonly every?: number
}

/** Trains in as many processes as there are stops, and one more: each makes its own objects. */
async function trained(
  way: Way,
  strategy: string,
  optimizer: string,
  backends: readonly Backend[],
  { after, every }: Stop,
): Promise<object> {
  const store = memoryStore()
  for (const [part, stop] of [...after, Infinity].entries()) {
    const model = modelOn()
    const moves = OPTIMIZERS[optimizer](model)
    let aborted = false
    const history = await way(
      model,
      moves,
      STRATEGIES[strategy](),
      {
        epochs: EPOCHS,
        ...(after.length > 0 && { checkpoint: { store, ...(every !== undefined && { every }) }, resume: store }),
        onBatch: ({ step }) => void (aborted = step >= stop),
        signal: {
          get aborted() {
            return aborted
          },
        },
      },
      backends[part % backends.length],
    )
    if (stop === Infinity) return outcome(model, moves, history)
    expect(history.stopped).toBe('aborted')
    expect(history.resumed?.step).toBe(part === 0 ? undefined : after[part - 1])
  }
  throw new Error('it never ended')
}

describe.each(Object.keys(WAYS))('%s', (way) => {
  describe.each(Object.keys(BACKENDS))('on %s', (name) => {
    const backend = [BACKENDS[name]]
    it.each(
      Object.keys(STRATEGIES).flatMap((strategy) =>
        Object.keys(OPTIMIZERS).map((optimizer) => [strategy, optimizer] as const),
      ),
    )('by %s and %s: stopped in the middle of an epoch and at the end of one', async (strategy, optimizer) => {
      const whole = await trained(WAYS[way], strategy, optimizer, backend, { after: [] })
      expect(await trained(WAYS[way], strategy, optimizer, backend, { after: [3, 10] })).toEqual(whole)
    })
  })
})

export type { CheckpointStore }
void wasmThreads
void cpu64

/** A training that was stopped anywhere and goes on from its checkpoint, by objects made anew, is one that was never stopped. */
import { afterAll, describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { wasm } from '../../../src/kernels/wasm/index.ts'
import { wasmThreads } from '../../../src/kernels/wasm/threads/index.ts'
import { PLE, saveState } from '../../../src/models/index.ts'
import type { TaskType } from '../../../src/models/index.ts'
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
import type { EpochOptions, History, Optimizer, Strategy } from '../../../src/training/index.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed } from '../../models/feed.ts'

/** One feature of each kind, and two tasks: each of hundreds of trainings compiles its own steps. */
const features = FEATURES.filter(({ name }) => ['age', 'user', 'tags'].includes(name))
/** Types of the feed's three tasks, of which a model learns the last two. */
type Types = readonly TaskType[]
const [classes, labels, counts] = KINDS
const OF_TYPES: readonly Types[] = [TYPES, ['binary', classes, counts], ['binary', labels, 'regression']]

const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  'fixed weights': () => fixedWeights({ click_buy: 2 }),
  'decaying weights': () => decayingWeights({ ratio: { click_buy: 0.5 } }),
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

const build = (types: Types = TYPES, backend: Backend = cpu): PLE =>
  new PLE({
    features,
    taskNames: TASKS.slice(1),
    taskTypes: types.slice(1),
    numLevels: 1,
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
  types: Types,
) => Promise<History>

const WAYS: Readonly<Record<string, Way>> = {
  fit: (model, optimizer, strategy, options, backend, types) =>
    fit(model, {
      data: feed(22, 1, features, types),
      validation: feed(19, 3, features, types),
      batchSize: 5,
      optimizer,
      strategy,
      emaDecay: 0.9,
      clipNorm: 5,
      ...options,
      backend,
    }),
  fitAlternating: (model, optimizer, strategy, options, backend, types) => {
    const [data, other, validation] = [
      feed(22, 1, features, types),
      feed(17, 5, features, types),
      feed(19, 3, features, types),
    ]
    return fitAlternating(model, {
      turns: {
        a: { data, optimizer, strategy, batchSize: 5, validation },
        b: { data: other, optimizer: adam({ learningRate: 0.003 }), tasks: ['click_buy'], batchSize: 4 },
      },
      order: { a: 2, b: 1 },
      ...options,
      backend,
    })
  },
}

/** All that a training leaves behind, but for how long it took, and where it ran. */
const outcome = (model: PLE, optimizer: Optimizer, history: History): object => {
  const { epochs, resumed: _, backend: __, ...rest } = history
  const untimed = epochs.map(({ seconds: ___, ...epoch }) => epoch)
  return { parameters: saveState(model), steps: optimizer.steps, history: { ...rest, epochs: untimed } }
}

/** A signal that stops a training after some step, and the callback that counts. */
function stopping(after: number): Pick<EpochOptions, 'signal' | 'onBatch'> {
  let aborted = false
  return {
    onBatch: ({ step }) => {
      aborted = step >= after
    },
    signal: {
      get aborted() {
        return aborted
      },
    },
  }
}

interface Run {
  readonly way?: keyof typeof WAYS
  readonly strategy?: keyof typeof STRATEGIES
  readonly optimizer?: keyof typeof OPTIMIZERS
  /** Where each part of it runs. */
  readonly backends: readonly Backend[]
  /** Steps after which it is stopped. */
  readonly stops?: readonly number[]
  readonly every?: number
  readonly types?: Types
  readonly of?: (types: Types) => PLE
}

/** Trains in as many parts as there are stops, and one more. Each makes its own objects, as another process would. */
async function trained({ way = 'fit', strategy = 'uncertainty', optimizer = 'adam', ...run }: Run): Promise<object> {
  const { backends, stops = [], every, types = TYPES, of = build } = run
  const store = memoryStore()
  const keeping = { checkpoint: { store, ...(every !== undefined && { every }) }, resume: store }
  for (let part = 0; ; part++) {
    const model = of(types)
    const moves = OPTIMIZERS[optimizer](model)
    const options = { epochs: 4, ...(stops.length > 0 && keeping), ...stopping(stops[part] ?? Infinity) }
    const backend = backends[part % backends.length]
    const history = await WAYS[way](model, moves, STRATEGIES[strategy](), options, backend, types)
    expect(history.resumed?.step).toBe(stops[part - 1])
    if (part === stops.length) return outcome(model, moves, history)
    expect(history.stopped).toBe('aborted')
  }
}

/** Each with the types of tasks that are its turn: of three backends, each has others. */
const CASES = Object.keys(STRATEGIES).flatMap((strategy, row) =>
  Object.keys(OPTIMIZERS).map((optimizer, column) => ({ strategy, optimizer, turn: row + column })),
)

describe.each(Object.keys(WAYS))('%s', (way) => {
  describe.each(Object.keys(BACKENDS).map((name, place) => [name, place] as const))('on %s', (name, place) => {
    it.each(CASES)(
      'by $strategy and $optimizer, stopped in the middle of an epoch and at the end of one',
      async ({ turn, ...of }) => {
        const types = OF_TYPES[(turn + place) % OF_TYPES.length]
        const run = { ...of, types, way, backends: [BACKENDS[name]] }
        const whole = await trained(run)
        expect(await trained({ ...run, stops: [3, way === 'fit' ? 10 : 20] })).toEqual(whole)
      },
    )
  })

  it('stopped after any step, with checkpoints in between', async () => {
    const run = { way, backends: [cpu] }
    const whole = await trained(run)
    for (let stop = 1; stop < 15; stop++)
      expect(await trained({ ...run, stops: [stop, stop + 3], every: 1 + (stop % 4) }), `${stop}`).toEqual(whole)
  })

  it('with threads and without, which have the same bits', async () => {
    const threads = await wasmThreads({ bytes: 2 ** 24, threads: 2, worthwhile: 0 })
    open.push(threads.release)
    const alone = BACKENDS.wasm
    const whole = await trained({ way, backends: [alone] })
    expect(await trained({ way, backends: [alone, threads, alone], stops: [4, 13] })).toEqual(whole)
  })

  it('in float64', async () => {
    const run = { way, backends: [cpu64], of: (types: Types) => build(types, cpu64) }
    const whole = await trained(run)
    expect(await trained({ ...run, stops: [7] })).toEqual(whole)
    expect(await trained({ way, backends: [cpu] })).not.toEqual(whole)
  })

  it('on another backend, with the bits of that one from there', async () => {
    const run = { way, stops: [4, 9] }
    const across = await trained({ ...run, backends: [BACKENDS.wasm, cpu, BACKENDS['gpujs cpu']] })
    const { history } = (await trained({ way, backends: [cpu] })) as { history: History }
    const found = (across as { history: History }).history
    found.epochs.forEach(({ losses }, epoch) => {
      for (const [task, loss] of Object.entries(losses)) expect(loss).toBeCloseTo(history.epochs[epoch].losses[task], 4)
    })
    expect(await trained({ ...run, backends: [BACKENDS.wasm, cpu, BACKENDS['gpujs cpu']] })).toEqual(across)
  })
})

it('a training that goes on without what it had in mind is another: the test can fail', async () => {
  const run = { backends: [cpu], optimizer: 'sgd' }
  const whole = await trained(run)
  const forgetful = { ...STRATEGIES, uncertainty: () => ({ ...uncertainty(), restoreState: () => undefined }) }
  const before = STRATEGIES.uncertainty
  Object.assign(STRATEGIES, { uncertainty: forgetful.uncertainty })
  try {
    expect(await trained({ ...run, stops: [7] })).not.toEqual(whole)
  } finally {
    Object.assign(STRATEGIES, { uncertainty: before })
  }
})

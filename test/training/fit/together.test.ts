/** A model that is being trained: nobody else trains it, and whoever looks at it sees it whole. */
import { describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import { cpu, wasm, wasmThreads } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import {
  SharedBottom,
  parameters,
  restoreModel,
  restoreState,
  saveModel,
  saveState,
} from '../../../src/models/index.ts'
import { toONNX } from '../../../src/onnx.ts'
import {
  adam,
  compilePredictor,
  evaluate,
  fit,
  fitAlternating,
  fixedWeights,
  gateWeights,
  gradientConflicts,
  parameterGroups,
  predict,
  sgd,
} from '../../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../../models/feed.ts'
import { smallPLE } from '../strategies/models.ts'

const data = feed(22)
const options = { data, epochs: 2, batchSize: 5 }

describe('a second training', () => {
  it('of one model is refused before anything changes, and the first goes on as if alone', async () => {
    const [alone, model] = [smallPLE(), smallPLE()]
    const first = fit(model, options)
    await expect(fit(model, options)).rejects.toThrow(
      'fit: expected what nobody else trains but got embedding.tables.item, which fit has: because steps of the two would fall between each other; await the first',
    )
    await expect(fitAlternating(model, { turns: { one: { data } } })).rejects.toThrow(
      /^fitAlternating: expected what nobody else trains but got /,
    )
    await first
    await fit(alone, options)
    expect(saveState(model)).toEqual(saveState(alone))
  })

  it('is free to begin when the first has ended, well or not', async () => {
    const model = smallPLE()
    const onBatch = (): never => {
      throw new Error('enough')
    }
    await expect(fit(model, { ...options, onBatch })).rejects.toThrow('enough')
    await expect(fitAlternating(model, { turns: { one: { data } }, onBatch })).rejects.toThrow('enough')
    await expect(fitAlternating(model, { turns: { one: { data } }, order: () => 'two' })).rejects.toThrow('two')
    await fit(model, options)
    await expect(fit(model, options)).resolves.toMatchObject({ steps: 10 })
  })

  it('of turns is refused too, whoever comes second', async () => {
    const model = smallPLE()
    const first = fitAlternating(model, { turns: { one: { data } } })
    await expect(fit(model, options)).rejects.toThrow(/which fitAlternating has/)
    await first
  })

  it('of two models by one optimizer or strategy is refused', async () => {
    const [optimizer, strategy] = [adam(), fixedWeights()]
    const first = fit(smallPLE(), { ...options, optimizer, strategy })
    await expect(fit(smallPLE(), { ...options, optimizer })).rejects.toThrow('but got the optimizer, which fit has')
    await expect(fitAlternating(smallPLE(), { turns: { one: { data, strategy } } })).rejects.toThrow(
      "but got the strategy of turn 'one', which fit has",
    )
    await first
    expect(optimizer.steps).toBe(10)
  })

  it('of another model goes on beside the first', async () => {
    const models = [smallPLE(), smallPLE()]
    await Promise.all(models.map((model) => fit(model, options)))
    expect(saveState(models[1])).toEqual(saveState(models[0]))
  })
})

/** A look at a model: a number of each of its parameters. */
function looker(model: object): () => string {
  const all = Object.values(parameters(model))
  return () => all.map(({ values }) => values[values.length - 1]).join()
}
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** All that somebody sees who looks at a model again and again until a training has ended. */
async function watched(look: () => string, training: Promise<unknown>): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  let ended = false
  const end = (): void => {
    ended = true
  }
  training.then(end, end)
  while (!ended) {
    for (let looks = 0; looks < 3000 && !ended; looks++) {
      seen.add(look())
      await Promise.resolve()
    }
    await pause()
  }
  return seen
}

const BACKENDS: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: async () => cpu,
  'WASM of plain SIMD': async () => wasm({ variant: 'simd', bytes: 2 ** 24 }),
  threads: async () => wasmThreads({ threads: 2, worthwhile: 0, bytes: 2 ** 24 }),
  'a device': async () => gpujs({ mode: 'webasm' }),
}

describe.each(Object.keys(BACKENDS))('whoever looks at a model that is trained on %s', (name) => {
  it('sees it after one step or another, and never half of one', async () => {
    const backend = await BACKENDS[name]()
    const model = new SharedBottom({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, dnnUseBn: true })
    const look = looker(model)
    const whole = new Set([look()])
    const note = (): void => void whole.add(look())
    const [one, other] = [feed(22), feed(17, 5)]
    const turns = {
      one: { data: one, tasks: ['click'], batchSize: 8 },
      other: { data: other, tasks: ['click_buy_price'], batchSize: 8 },
    }
    const seen = await watched(look, fitAlternating(model, { turns, epochs: 2, backend, onBatch: note, onEpoch: note }))
    note()
    for (const state of seen) expect(whole.has(state)).toBe(true)
    expect(seen.size).toBeGreaterThan(1)
  })
})

describe('callbacks', () => {
  it('may save, predict, evaluate and score, of batches and of epochs', async () => {
    const model = smallPLE({ dnnUseBn: true })
    const predictor = compilePredictor(model)
    let looks = 0
    const look = (): void => {
      const [click] = predict(model, data.select([0])).click
      expect(Number.isFinite(evaluate(model, data).click.logLoss)).toBe(true)
      expect(restoreModel(saveModel(model)).constructor).toBe(model.constructor)
      predictor.run()
      if (Number.isFinite(click)) looks++
    }
    await fit(model, { ...options, emaDecay: 0.9, onBatch: look, onEpoch: look })
    predictor.release()
    expect(looks).toBe(12)
  })
})

/** Every door through which somebody reads a model, or writes to it. */
const doors = (model: SharedBottom): readonly (() => unknown)[] => {
  const predictor = compilePredictor(model)
  const row = { age: 1, history: [], user: 0, tags: [], tagWeights: [], item: 1, topics: [], place: [1, 2] }
  const state = saveState(model)
  return [
    () => predictor.score(row),
    () => predictor.scoreAll([row]),
    () => {
      predictor.run()
    },
    () => compilePredictor(model),
    () => predict(model, data),
    () => evaluate(model, data),
    () => gateWeights(model, data),
    () => gradientConflicts(model, data),
    () => saveModel(model),
    () => toONNX(model),
    () => saveState(model),
    () => {
      restoreState(model, state)
    },
  ]
}
const NAMES =
  'score scoreAll run compilePredictor predict evaluate gateWeights gradientConflicts saveModel toONNX saveState restoreState'

/** A door's name where it is closed in the middle of a step of `fit`; else what it says. */
const closed = (door: () => unknown): string => {
  try {
    door()
    return 'open'
  } catch (error) {
    const [, who] =
      /^(\w+): expected a model between steps but got one in the middle of a step of fit: /.exec(
        (error as Error).message,
      ) ?? []
    return who ?? String(error)
  }
}

describe('in the middle of a step', () => {
  const modelOf = (): SharedBottom =>
    new SharedBottom({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, dnnUseBn: true })

  it.each([true, false])('all doors are closed, and open again behind it, compiled: %s', async (compiled) => {
    const model = modelOf()
    const all = doors(model)
    const start = saveState(model)
    const [during, between]: [string[], string[]] = [[], []]
    const look = looker(model)
    const [before, seen] = [look(), new Set<string>()]
    // The rate of the second group is asked for when the first has moved.
    const learningRate = (): number => {
      const half = look()
      const open = all.map(closed)
      // Rates are asked for between steps, too.
      if (open.every((said) => said === 'open')) restoreState(model, start)
      else {
        seen.add(half)
        during.push(open.join(' '))
      }
      return 0.1
    }
    const groups = [
      { paths: /^embedding/, optimizer: sgd({ learningRate: 0.1 }) },
      { optimizer: sgd({ learningRate }) },
    ]
    const onBatch = (): void => void between.push(...all.slice(0, -1).map(closed))
    await fit(model, { data, epochs: 1, batchSize: 22, optimizer: parameterGroups(model, groups), compiled, onBatch })
    expect(new Set(during)).toEqual(new Set([NAMES]))
    expect([...seen].some((half) => half !== before)).toBe(true)
    expect(new Set(between)).toEqual(new Set(['open']))
    expect(all.map(closed)).toEqual(all.map(() => 'open'))
  })

  it('another model is open', async () => {
    const [model, other] = [modelOf(), modelOf()]
    const all = doors(other)
    const said: string[] = []
    const learningRate = (): number => {
      said.push(...all.map(closed))
      return 0.1
    }
    await fit(model, { ...options, epochs: 1, optimizer: sgd({ learningRate }) })
    expect(new Set(said)).toEqual(new Set(['open']))
  })

  it('who throws ends the step, and the model is open again', async () => {
    const model = modelOf()
    const all = doors(model)
    const strategy = { ...fixedWeights(), balance: () => saveModel(model) as never }
    await expect(fit(model, { ...options, strategy, compiled: false })).rejects.toThrow(
      'saveModel: expected a model between steps but got one in the middle of a step of fit: because some of its parameters have moved and others not; do it in onBatch or onEpoch',
    )
    expect(all.map(closed)).toEqual(all.map(() => 'open'))
  })
})

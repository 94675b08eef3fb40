/** How training ends where it cannot go on: what the model has then, and what it never has. */
import { describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import { cpu, wasm, wasmThreads } from '../../../src/kernels/index.ts'
import { saveState } from '../../../src/models/index.ts'
import type { PLE, State } from '../../../src/models/index.ts'
import { adam, fit, fitAlternating, fixedWeights, sgd } from '../../../src/training/index.ts'
import type { FitOptions, Strategy } from '../../../src/training/index.ts'
import { feed } from '../../models/feed.ts'
import { smallPLE } from '../strategies/models.ts'

const [data, validation] = [feed(22), feed(15, 23)]

const BACKENDS: Readonly<Record<string, () => Promise<Partial<FitOptions>>>> = {
  'op by op': async () => ({ compiled: false }),
  cpu: async () => ({ backend: cpu }),
  'WASM of plain SIMD': async () => ({ backend: wasm({ variant: 'simd', bytes: 2 ** 24 }) }),
  threads: async () => ({ backend: await wasmThreads({ threads: 2, worthwhile: 0, bytes: 2 ** 24 }) }),
  'a device': async () => ({ backend: await gpujs({ mode: 'webasm' }) }),
}

const enough = (when: boolean): void => {
  if (when) throw new Error('enough')
}

/** What goes wrong in the third epoch of five steps each, the second of which is the best. */
const WRONG: Readonly<Record<string, (model: PLE) => Partial<FitOptions>>> = {
  'a callback of a batch throws': () => ({ onBatch: ({ step }) => enough(step === 13) }),
  'numbers are no longer finite': () => ({
    optimizer: sgd({ learningRate: (step) => (step < 10 ? 0.05 : 1e30) }),
  }),
}

async function failing(options: Partial<FitOptions>) {
  const model = smallPLE({ dnnUseBn: true })
  const states: State[] = []
  const scores = [1, 3, 2]
  const ended = fit(model, {
    data,
    validation,
    epochs: 4,
    batchSize: 5,
    score: () => scores[states.length],
    onEpoch: () => void states.push(saveState(model)),
    ...options,
  })
  await expect(ended).rejects.toThrow()
  return { state: saveState(model), states }
}

describe.each(Object.keys(BACKENDS))('where training on %s', (name) => {
  it.each(Object.keys(WRONG))('ends because %s, the model has its best epoch', async (wrong) => {
    const { state, states } = await failing({ ...(await BACKENDS[name]()), ...WRONG[wrong](smallPLE()) })
    expect(states.length).toBeGreaterThan(1)
    expect(state).toEqual(states[1])
    expect(states[1]).not.toEqual(states[0])
  })
})

describe('the best epoch', () => {
  it('is kept where the score or the callback of a later one throws, averages or not', async () => {
    for (const averaged of [{}, { emaDecay: 0.8 }]) {
      const first: State[] = []
      const model = smallPLE()
      const options = { data, validation, epochs: 3, batchSize: 5, ...averaged }
      const score = (): number => {
        enough(first.length === 1)
        return 1
      }
      const onEpoch = (): void => void first.push(saveState(model))
      await expect(fit(model, { ...options, score, onEpoch })).rejects.toThrow('enough')
      expect(saveState(model)).toEqual(first[0])
      const other = smallPLE()
      const states: State[] = []
      const late = ({ epoch }: { readonly epoch: number }): void => {
        states.push(saveState(other))
        enough(epoch === 2)
      }
      await expect(fit(other, { ...options, score: () => -states.length, onEpoch: late })).rejects.toThrow('enough')
      expect(saveState(other)).toEqual(states[0])
      expect(states[1]).not.toEqual(states[0])
    }
  })

  it('is not restored where it should not be, and the last step stays', async () => {
    const steps: State[] = []
    const model = smallPLE()
    const onBatch = ({ step }: { readonly step: number }): void => {
      steps.push(saveState(model))
      enough(step === 8)
    }
    const options = { data, validation, epochs: 2, batchSize: 5, restoreBest: false, onBatch }
    await expect(fit(model, options)).rejects.toThrow('enough')
    expect(saveState(model)).toEqual(steps[7])
  })

  it('of turns is kept as well', async () => {
    const states: State[] = []
    const model = smallPLE()
    const turns = { one: { data, validation, batchSize: 8, optimizer: adam({ learningRate: 0.01 }) } }
    const onBatch = ({ step }: { readonly step: number }): void => enough(step === 5)
    const onEpoch = (): void => void states.push(saveState(model))
    await expect(fitAlternating(model, { turns, epochs: 3, onBatch, onEpoch })).rejects.toThrow('enough')
    expect(states).toHaveLength(1)
    expect(saveState(model)).toEqual(states[0])
  })
})

describe('a step that throws', () => {
  const throwing: Strategy = {
    ...fixedWeights(),
    balance: () => {
      throw new Error('enough')
    },
  }
  const loss = (): never => {
    throw new Error('enough')
  }

  it.each([
    ['in a loss, op by op,', { losses: { click: loss }, compiled: false }],
    ['in a loss, recorded,', { losses: { click: loss } }],
    ['in a strategy, op by op,', { strategy: throwing, compiled: false }],
    ['in a strategy, recorded,', { strategy: throwing }],
  ])('%s leaves parameters and running statistics as they were', async (_, options) => {
    const model = smallPLE({ dnnUseBn: true })
    const before = saveState(model)
    await expect(fit(model, { data, ...options })).rejects.toThrow('enough')
    expect(saveState(model)).toEqual(before)
  })
})

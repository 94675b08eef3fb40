/** A moving average of the parameters: what is kept by hand, scored with, and ended with; training never sees it. */
import { describe, expect, it } from 'vitest'
import { parameters, saveState, trainable } from '../../../src/models/index.ts'
import type { State, TaskType } from '../../../src/models/index.ts'
import { adam, evaluate, fit } from '../../../src/training/index.ts'
import type { FitOptions, Progress } from '../../../src/training/index.ts'
import { FEATURES, KINDS, TYPES, feed } from '../../models/feed.ts'
import { smallPLE } from '../strategies/models.ts'

const [data, validation] = [feed(22), feed(15, 23)]
const DECAY = 0.8

async function trained(options: Partial<FitOptions> = {}, taskTypes: readonly TaskType[] = TYPES) {
  const model = smallPLE({ dnnUseBn: true, taskTypes })
  const data = feed(22, 1, FEATURES, taskTypes)
  const steps: State[] = []
  const onBatch = (): void => void steps.push(saveState(model))
  const optimizer = adam({ learningRate: 0.01 })
  const history = await fit(model, { data, batchSize: 8, epochs: 2, optimizer, onBatch, ...options })
  return { model, steps, history, state: saveState(model) }
}

/** average ← decay·average + (1 − decay)·parameter, by hand. */
function average(start: State, steps: readonly State[], paths: readonly string[]): Record<string, number[]> {
  const kept = Object.fromEntries(paths.map((path) => [path, Array.from(start[path])]))
  for (const step of steps)
    for (const path of paths) kept[path] = kept[path].map((value, at) => DECAY * value + (1 - DECAY) * step[path][at])
  return kept
}

describe('a moving average', () => {
  it.each([
    ['binary tasks and a regression', TYPES],
    ['classes, labels and counts', KINDS],
  ])('of %s is what one keeps by hand over the steps, and what the model ends with', async (_, taskTypes) => {
    const model = smallPLE({ dnnUseBn: true, taskTypes })
    const paths = Object.keys(trainable(model))
    const { steps, state } = await trained({ emaDecay: DECAY }, taskTypes)
    const kept = average(saveState(model), steps, paths)
    for (const path of paths)
      kept[path].forEach((value, at) => expect(Math.abs(state[path][at] - value)).toBeLessThan(1e-5))
    const last = steps[steps.length - 1]
    expect(paths.some((path) => state[path].some((value, at) => Math.abs(value - last[path][at]) > 1e-3))).toBe(true)
    for (const path of Object.keys(parameters(model)).filter((name) => !paths.includes(name)))
      expect(state[path]).toEqual(last[path])
  })

  it('changes nothing of what is learned', async () => {
    const [followed, alone] = [await trained({ emaDecay: DECAY, validation, restoreBest: false }), await trained()]
    expect(followed.steps).toEqual(alone.steps)
  })

  it('is what validation scores and what callers see when an epoch ends', async () => {
    const model = smallPLE()
    const seen: unknown[] = []
    const onEpoch = (): void => void seen.push(evaluate(model, validation))
    const { epochs } = await fit(model, { data, validation, batchSize: 8, epochs: 2, emaDecay: DECAY, onEpoch })
    expect(epochs.map((record) => record.validation)).toEqual(seen)
    const best = epochs[0].score! >= epochs[1].score! ? epochs[0] : epochs[1]
    expect(evaluate(model, validation)).toEqual(best.validation)
  })

  it('is kept of the best epoch', async () => {
    const scores = [2, 1]
    const averages: State[] = []
    const model = smallPLE()
    await fit(model, {
      data,
      validation,
      batchSize: 8,
      epochs: 2,
      emaDecay: DECAY,
      score: () => scores[averages.length],
      onEpoch: () => void averages.push(saveState(model)),
    })
    expect(saveState(model)).toEqual(averages[0])
    expect(averages[1]).not.toEqual(averages[0])
  })

  const fails = (when: boolean): void => {
    if (when) throw new Error('enough')
  }
  const ENDINGS: Readonly<Record<string, (steps: State[], model: () => State) => Partial<FitOptions>>> = {
    'the callback of a batch that throws': (steps, state) => ({
      onBatch: ({ step }) => {
        steps.push(state())
        fails(step === 5)
      },
    }),
    'the callback of an epoch that throws': () => ({ onEpoch: ({ epoch }) => fails(epoch === 2) }),
    'a score that throws': () => ({ validation, score: () => (fails(true), 0) }),
    'a signal': (steps, state) => {
      const signal = { aborted: false }
      const onBatch = ({ step }: Progress): void => {
        steps.push(state())
        signal.aborted = step === 5
      }
      return { signal, onBatch }
    },
  }

  it.each(Object.keys(ENDINGS))('is what the model has in the end, also after %s', async (ending) => {
    const model = smallPLE({ dnnUseBn: true })
    const [start, paths] = [saveState(model), Object.keys(trainable(model))]
    const steps: State[] = []
    const onBatch = (): void => void steps.push(saveState(model))
    const optimizer = adam({ learningRate: 0.01 })
    const given = ENDINGS[ending](steps, () => saveState(model))
    const ended = fit(model, { data, batchSize: 8, epochs: 3, optimizer, onBatch, emaDecay: DECAY, ...given })
    if (ending === 'a signal') await ended
    else await expect(ended).rejects.toThrow('enough')
    expect(steps.length).toBeGreaterThan(2)
    const kept = average(start, steps, paths)
    const state = saveState(model)
    for (const path of paths)
      kept[path].forEach((value, at) => expect(Math.abs(state[path][at] - value)).toBeLessThan(1e-5))
    const last = steps[steps.length - 1]
    expect(paths.some((path) => kept[path].some((value, at) => Math.abs(value - last[path][at]) > 1e-3))).toBe(true)
  })

  it('of decay 0 is the parameters themselves', async () => {
    const [followed, alone] = [await trained({ emaDecay: 0 }), await trained()]
    expect(followed.state).toEqual(alone.state)
  })
})

/** What programs promise in every mode of GPU.js: a two-level PLE trains as it does on the CPU, and leaves nothing behind. */
import { beforeAll, expect, it } from 'vitest'
import { compileAsync, quickest } from '../../src/gpujs.ts'
import type { CompilesAsync } from '../../src/gpujs.ts'
import { gradients } from '../../src/autograd/index.ts'
import { batches } from '../../src/data/index.ts'
import type { Batch } from '../../src/data/index.ts'
import { PLE, trainable } from '../../src/models/index.ts'
import { compile } from '../../src/program/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { adam, evaluate, fit, taskLosses, weightedSum } from '../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../models/feed.ts'
import { deviceObjects, heapBytes } from './memory.ts'
import type { Given } from './given.ts'

const STEPS = 200
const MANY = 500
/** By then all is there that is made once. */
const WARM = 100

const TWO = [TASKS[0], TASKS[2]]

/** A number and a table. */
const INPUTS = FEATURES.filter(({ name }) => ['age', 'user'].includes(name))

/** Two levels, gates with networks, dropout: what a training step can have that a device must ask its host for. */
const model = (): PLE =>
  new PLE({
    features: INPUTS,
    taskNames: TWO,
    taskTypes: [TYPES[0], TYPES[2]],
    numLevels: 2,
    sharedExpertNum: 1,
    specificExpertNum: 1,
    expertDnnHiddenUnits: [8],
    gateDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [4],
    dnnDropout: 0.1,
    initStd: 0.3,
  })

const data: readonly Batch[] = [...batches(feed(96, 1, INPUTS), { batchSize: 32 })]

/** A training step by Adam, with row-sparse gradients of the tables. */
function stepOf(ple: PLE): (batch: Batch) => Tensor {
  const optimizer = adam({ learningRate: 0.01 })
  const learned = Object.values(trainable(ple))
  return (batch) => {
    const { logits } = ple.forward(batch, { training: true, step: () => optimizer.steps })
    const loss = weightedSum(taskLosses(logits, batch, ple.tasks), {})
    optimizer.step(learned, gradients(loss, learned, { sparse: true }))
    return loss
  }
}

export const programs = (given: Given): void => {
  const losses: number[] = []
  beforeAll(() => {
    const here = compile(stepOf(model()))
    for (let step = 0; step < STEPS; step++) losses.push(here(data[(step + 1) % data.length]).item())
  })

  /** Trains, held to the losses of the CPU for 200 steps, and counted once it is warm and at the end. */
  const train = async (resident: boolean, steps: number) => {
    deviceObjects()
    const backend = given()
    const before = backend.counts().handles
    const there = compileAsync(stepOf(model()), { backend, resident })
    const held: { handles: number; objects: number; bytes: number }[] = []
    let worst = 0
    for (let step = 1; step <= steps; step++) {
      const loss = (await there(data[step % data.length])).item()
      if (step <= STEPS) worst = Math.max(worst, Math.abs(loss - losses[step - 1]) / Math.abs(losses[step - 1]))
      if (step === WARM || step === steps)
        held.push({ handles: backend.counts().handles, objects: deviceObjects(), bytes: await heapBytes() })
    }
    expect(losses[STEPS - 1]).toBeLessThan(0.9 * losses[0])
    expect(worst).toBeLessThanOrEqual(1e-4)
    expect(held[1].handles).toBe(held[0].handles)
    expect(held[1].objects).toBeLessThanOrEqual(held[0].objects)
    expect(held[1].bytes - held[0].bytes).toBeLessThan(2e6)
    await there.release()
    expect(backend.counts().handles).toBe(before)
  }

  it(`train ${STEPS} steps as one launch each, to the losses of the CPU, and hold no more at the end`, async () => {
    await train(false, STEPS)
  })

  it(`train ${MANY} steps on the device, to the losses of the CPU, and hold no more at the end`, async () => {
    await train(true, MANY)
  })

  it.each([false, true])(
    'are tried, with the losses of WebAssembly, and nothing is left of it; resident: %s',
    async (resident) => {
      const before = given().counts().handles
      const ple = model()
      const numbers = (): unknown => Object.values(trainable(ple)).map(({ values }) => [...values])
      const untrained = numbers()
      const tried = await quickest(stepOf(ple), data[0], { candidates: [given()], resident, runs: 2 })
      expect(tried.times.map(({ because }) => because)).toEqual([undefined, undefined])
      await tried.release()
      expect(numbers()).toEqual(untrained)
      expect(given().counts().handles).toBe(before)
    },
  )

  it('infer what the CPU infers, in one launch', async () => {
    const ple = model()
    const infer = ({ ...batch }: Batch) => ple.forward(batch).logits
    const there = compileAsync(infer, { backend: given() })
    const [got, expected] = [await there(data[0]), compile(infer)(data[0])]
    for (const task of TWO)
      expected[task].values.forEach((value, row) => {
        expect(got[task].values[row]).toBeCloseTo(value, 4)
      })
    await there.release()
  })

  it('are trained by fit to the metrics of the CPU', async () => {
    const train = async (on?: CompilesAsync) => {
      const ple = model()
      await fit(ple, { data: feed(200, 1, INPUTS), batchSize: 50, epochs: 3, ...(on && { backend: on }) })
      return evaluate(ple, feed(200, 1, INPUTS))
    }
    const [got, expected] = [await train(given()), await train()]
    for (const task of TWO)
      for (const [metric, value] of Object.entries(expected[task]))
        expect(got[task][metric], `${metric} of ${task}`).toBeCloseTo(value, 3)
  })
}

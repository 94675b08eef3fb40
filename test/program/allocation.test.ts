/** A run of a program allocates nothing, or next to nothing: counted in bytes of V8's heap over thousands of runs. */
import { afterAll, describe, expect, it } from 'vitest'
import { gradients, mean, mul, square } from '../../src/autograd/index.ts'
import { batches, sparseFeature, varLenFeature } from '../../src/data/index.ts'
import type { Batch } from '../../src/data/index.ts'
import { cpu, servingCpu, servingWasm, wasm } from '../../src/kernels/index.ts'
import { wasmThreads } from '../../src/threads.ts'
import { PLE, trainable } from '../../src/models/index.ts'
import { compile } from '../../src/program/index.ts'
import { loadProgram } from '../../src/serve/index.ts'
import { ones } from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import {
  adagrad,
  adam,
  clipByGlobalNorm,
  compilePredictor,
  cosineDecay,
  ftrl,
  saveProgram,
  sgd,
  taskLosses,
  weightedSum,
} from '../../src/training/index.ts'
import { heapBytes } from '../heapBytes.ts'
import { FEATURES, TASKS, TYPES, feed } from '../models/feed.ts'

const RUNS = 500
const ROUNDS = 12

function bytesPerRun(run: () => void): number {
  const runs = (): void => {
    for (let index = 0; index < RUNS; index++) run()
  }
  runs()
  return heapBytes(runs, ROUNDS) / RUNS
}

const threaded = await wasmThreads({ bytes: 2 ** 24, threads: 2, worthwhile: 0 })
afterAll(threaded.release)

/** `memoryUsage` itself makes an object for each round. */
const NOTHING = 8

describe('a run allocates nothing', () => {
  it.each([
    ['adam on cpu', cpu, () => adam()],
    ['adam on WASM', wasm({ bytes: 2 ** 24 }), () => adam({ learningRate: cosineDecay(0.01, { steps: 100 }) })],
    // V8 inlines no call that comes to this from several backends.
    ['adam on another WASM', wasm({ bytes: 2 ** 24 }), () => adam()],
    ['ftrl on a third', wasm({ bytes: 2 ** 24 }), () => ftrl({ l1: 1e-3 })],
    ['sgd on threads', threaded, () => sgd({ momentum: 0.9 })],
    ['sgd with momentum', cpu, () => sgd({ momentum: 0.9 })],
    ['adagrad', cpu, () => adagrad()],
    ['ftrl', cpu, () => ftrl({ l1: 1e-3 })],
  ] as const)('of a PLE’s training step by %s', (_, backend, choose) => {
    const model = new PLE({
      features: FEATURES,
      taskNames: TASKS,
      taskTypes: TYPES,
      expertDnnHiddenUnits: [4],
      towerDnnHiddenUnits: [3],
      dnnDropout: 0.1,
      dnnUseBn: true,
    })
    const optimizer = choose()
    const learned = Object.values(trainable(model))
    const step = compile(
      (batch: Batch) => {
        const pass = { training: true, step: () => optimizer.steps }
        const losses = taskLosses(model.forward(batch, pass).logits, batch, model.tasks)
        const found = gradients(weightedSum(losses, {}), learned, { sparse: true })
        optimizer.step(learned, clipByGlobalNorm(found, 1))
        return losses
      },
      { backend },
    )
    const [batch] = batches(feed(4), { batchSize: 4 })
    const program = step.program(batch)
    step(batch)
    expect(bytesPerRun(() => program.run())).toBeLessThan(NOTHING)
  })

  it('of a step that brings captured numbers in', () => {
    const captured = ones([8])
    const program = compile((x: Tensor) => mean(mul(x, captured)), { backend: wasm({ bytes: 2 ** 20 }) }).program(
      ones([8]),
    )
    expect(bytesPerRun(() => program.run())).toBeLessThan(NOTHING)
  })

  it.each([servingCpu, servingWasm({ bytes: 2 ** 22 })])('of a saved program, on $name', (backend) => {
    const features = [
      sparseFeature('user', { vocabularySize: 10 }),
      varLenFeature('tags', { vocabularySize: 9, maxLength: 2 }),
    ]
    const model = new PLE({ features, taskNames: ['like', 'share'], taskTypes: ['binary', 'binary'] })
    const served = loadProgram(saveProgram(compilePredictor(model, { backend })), { backend })
    served.score({ user: 7, tags: [1, 2, 3] })
    expect(
      bytesPerRun(() => {
        served.run()
      }),
    ).toBeLessThan(NOTHING)
  })
})

it.each(['bfloat16', 'int8'] as const)(
  'nor does a run of a predictor with weights in %s, on the CPU and elsewhere',
  (weights) => {
    const model = new PLE({
      features: [sparseFeature('user', { vocabularySize: 10, dimension: 8 })],
      taskNames: ['like', 'share'],
      taskTypes: ['binary', 'binary'],
      expertDnnHiddenUnits: [32],
      towerDnnHiddenUnits: [8],
    })
    for (const backend of [cpu, wasm({ bytes: 2 ** 24 }), threaded]) {
      const predictor = compilePredictor(model, { backend, weights })
      predictor.score({ user: 7 })
      expect(
        bytesPerRun(() => {
          predictor.run()
        }),
      ).toBeLessThan(NOTHING)
      predictor.release()
    }
  },
)

it('what does allocate is seen', () => {
  const kept: unknown[] = [0]
  expect(bytesPerRun(() => (kept[0] = { at: kept[0] !== undefined }))).toBeGreaterThan(NOTHING)
  const eager = ones([8])
  expect(bytesPerRun(() => mean(square(eager)))).toBeGreaterThan(NOTHING)
})

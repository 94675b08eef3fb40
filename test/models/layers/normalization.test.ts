/** Batch normalisation: the batch's own statistics while training, running ones in inference. */
import { describe, expect, it } from 'vitest'
import { gradients, mul, sum } from '../../../src/autograd/index.ts'
import { batches, dataset, denseFeature } from '../../../src/data/index.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import { BatchNorm, INFERENCE, PLE, countParameters, parameters } from '../../../src/models/index.ts'
import type { PLEOptions } from '../../../src/models/index.ts'
import { Parameter, stream, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { device } from '../../laws/device.ts'

const TRAINING = { training: true, step: 0 }
const WIDTH = 2

const batch = (rows: number, seed: number): Tensor =>
  tensor(
    Float64Array.from({ length: rows * WIDTH }, (_, at) => 3 + (1 + (at % WIDTH)) * stream(seed).normal(at)),
    [rows, WIDTH],
    cpu64,
  )

/** Mean and unbiased variance of each column. */
const statistics = (x: Tensor): { mean: number; variance: number }[] =>
  Array.from({ length: WIDTH }, (_, column) => {
    const values = [...x.values].filter((__, at) => at % WIDTH === column)
    const mean = values.reduce((total, value) => total + value) / values.length
    const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
    return { mean, variance: squares / (values.length - 1) }
  })

describe('batch normalisation of a model', () => {
  const features = [denseFeature('x')]
  const rows = [1, -2, 0.5, 3]
  const trained = (options: Partial<PLEOptions>): PLE => {
    const tasks = { taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] } as const
    const model = new PLE({ features, ...tasks, expertDnnHiddenUnits: [1], numLevels: 1, backend: cpu64, ...options })
    const [batch] = batches(dataset({ features, columns: { x: rows } }), { batchSize: 4, backend: cpu64 })
    model.forward(batch, TRAINING)
    return model
  }
  /** The running mean of one expert, and the mean of what it normalises. */
  const means = (model: PLE, path: string): [running: number, batch: number] => {
    const expert = 'levels.0.experts.a.0.layers.0'
    const { [`${expert}.${path}.runningMean`]: running, [`${expert}.weight`]: weight } = parameters(model)
    return [running.item(), (weight.item() * 2.5) / 4]
  }

  it('records as much of a batch as batchNormMomentum says, a tenth by default, and so does dice', () => {
    for (const [path, options] of [
      ['batchNorm', { dnnUseBn: true }],
      ['activation.normalization', { dnnActivation: 'dice' }],
      ['activation.normalization', { dnnActivation: 'Dice' }],
    ] as const) {
      const [tenth, mean] = means(trained(options), path)
      expect(tenth / mean, path).toBeCloseTo(0.1, 12)
      expect(means(trained({ ...options, batchNormMomentum: 0.01 }), path)[0] / mean, path).toBeCloseTo(0.01, 12)
    }
  })

  it('adds batchNormEpsilon to the variance, 1e-5 by default, of which dice takes no notice', () => {
    const layer = (model: PLE) => model.levels[0].experts.a[0].layers[0]
    const dice = (model: PLE) => layer(model).activation as unknown as { readonly normalization: BatchNorm }
    const told = trained({ dnnUseBn: true, dnnActivation: 'dice', batchNormEpsilon: 1e-3 })
    expect(layer(told).batchNorm?.epsilon).toBe(1e-3)
    expect(dice(told).normalization.epsilon).toBe(1e-9)
    expect(layer(trained({ dnnUseBn: true })).batchNorm?.epsilon).toBe(1e-5)
    expect(told.towers.b.layers[0].batchNorm?.epsilon).toBe(1e-3)
  })
})

describe('batch normalisation', () => {
  it('records the mean and the unbiased variance of training batches, a tenth of each new one', () => {
    const layer = new BatchNorm(WIDTH, {}, cpu64)
    const mean = [0, 0]
    const variance = [1, 1]
    for (let step = 0; step < 20; step++) {
      const x = batch(2 + (step % 5), 100 + step)
      layer.forward(x, TRAINING)
      statistics(x).forEach((seen, column) => {
        mean[column] = 0.9 * mean[column] + 0.1 * seen.mean
        variance[column] = 0.9 * variance[column] + 0.1 * seen.variance
        expect(layer.runningMean.values[column]).toBeCloseTo(mean[column], 12)
        expect(layer.runningVariance.values[column]).toBeCloseTo(variance[column], 12)
      })
    }
  })

  it('records where numbers are on a device, without reading them', async () => {
    const [near, far] = [cpu, device].map((backend) => {
      const layer = new BatchNorm(WIDTH, {}, backend)
      const y = layer.forward(tensor(Float32Array.from(batch(5, 1).values), [5, WIDTH], backend), TRAINING)
      return Promise.all([layer.runningMean, layer.runningVariance, y].map((each) => each.read()))
    })
    expect(await far).toEqual(await near)
    expect([...(await near)[0]]).not.toEqual([0, 0])
  })

  it('records by the momentum it is given', () => {
    const layer = new BatchNorm(WIDTH, { momentum: 1 }, cpu64)
    const x = batch(5, 1)
    layer.forward(x, TRAINING)
    statistics(x).forEach(({ mean }, column) => expect(layer.runningMean.values[column]).toBeCloseTo(mean, 12))
  })

  it('gives training batches mean 0 and variance 1, then scale and shift', () => {
    const layer = new BatchNorm(WIDTH, { epsilon: 1e-12 }, cpu64)
    const plain = statistics(layer.forward(batch(8, 1), TRAINING))
    for (const { mean, variance } of plain) {
      expect(mean).toBeCloseTo(0, 12)
      expect((variance * 7) / 8).toBeCloseTo(1, 9)
    }
    layer.scale.assign([2, -3])
    layer.shift.assign([10, 20])
    const moved = statistics(layer.forward(batch(8, 1), TRAINING))
    expect(moved[0].mean).toBeCloseTo(10, 12)
    expect(moved[1].mean).toBeCloseTo(20, 12)
    expect((moved[1].variance * 7) / 8).toBeCloseTo(9, 9)
  })

  it('uses running statistics in inference, and records nothing', () => {
    const layer = new BatchNorm(WIDTH, {}, cpu64)
    layer.runningMean.assign([1, -1])
    layer.runningVariance.assign([4, 0.25])
    layer.scale.assign([3, 5])
    layer.shift.assign([0.5, 0])
    const x = batch(4, 1)
    const y = layer.forward(x, INFERENCE)
    const [mean, deviation, scale, shift] = [[1, -1], [4, 0.25].map((v) => Math.sqrt(v + 1e-5)), [3, 5], [0.5, 0]]
    x.values.forEach((value, at) => {
      const column = at % WIDTH
      expect(y.values[at]).toBeCloseTo(((value - mean[column]) / deviation[column]) * scale[column] + shift[column], 12)
    })
    expect([...layer.runningMean.values]).toEqual([1, -1])
  })

  it('turns a training batch of one row into the shift, records nothing of it, and passes nothing back', () => {
    const layer = new BatchNorm(WIDTH, {}, cpu64)
    layer.shift.assign([0.5, -2])
    const x = new Parameter(batch(1, 1))
    const y = layer.forward(x, TRAINING)
    expect([...y.values]).toEqual([0.5, -2])
    expect([...layer.runningMean.values]).toEqual([0, 0])
    expect([...layer.runningVariance.values]).toEqual([1, 1])
    const [dx, scale, shift] = gradients(sum(mul(y, y)), [x, layer.scale, layer.shift])
    expect([...dx.values, ...scale.values].map(Math.abs)).toEqual([0, 0, 0, 0])
    expect([...shift.values]).toEqual([1, -4])
  })

  it('survives a column that is constant', () => {
    const layer = new BatchNorm(1, {}, cpu64)
    const x = new Parameter(tensor([7, 7, 7], [3, 1], cpu64))
    const y = layer.forward(x, TRAINING)
    expect([...y.values]).toEqual([0, 0, 0])
    const [gradient] = gradients(sum(mul(y, tensor([1, 2, 3], [3, 1], cpu64))), [x])
    expect(gradient.values.every(Number.isFinite)).toBe(true)
  })

  it('learns scale and shift, or nothing, and keeps its statistics as state', () => {
    const learned = (affine: boolean) =>
      Object.entries(parameters(new BatchNorm(WIDTH, { affine }, cpu64))).map(([path, { trainable }]) => [
        path,
        trainable,
      ])
    expect(learned(true)).toEqual([
      ['scale', true],
      ['shift', true],
      ['runningMean', false],
      ['runningVariance', false],
    ])
    expect(learned(false).map(([, trainable]) => trainable)).toEqual([false, false, false, false])
    expect(countParameters(new BatchNorm(WIDTH, {}, cpu64))).toBe(2 * WIDTH)
  })
})

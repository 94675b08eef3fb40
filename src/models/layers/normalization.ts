/** Batch normalisation of columns, with running statistics for inference. */
import { scaleShift, moments, normalize } from '../../autograd/index.ts'
import { checkOptions, checkValue, flag, real, whole } from '../../checks/index.ts'
import { bufferOn, recordWithin, run, standIn } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { movingAverage } from '../../kernels/table/index.ts'
import { Parameter, ones, zeros } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { ForwardOptions } from '../forward.ts'

/** What `BatchNorm` takes. */
export interface BatchNormOptions {
  /** The share of a new batch in the running statistics, in [0, 1]. Default 0.1, as in PyTorch; TensorFlow's 0.99 is 0.01. */
  readonly momentum?: number | undefined
  /** Added to the variance, above 0. Default 1e-5, as in PyTorch; TensorFlow has 1e-3. */
  readonly epsilon?: number | undefined
  /** Whether scale and shift are learned; else they stay 1 and 0. Default true. */
  readonly affine?: boolean
}

export const MOMENTUM = real('[0, 1]')
export const EPSILON = real('(0, ∞)')

/**
 * Each column normalised over the batch, then scaled and shifted (Ioffe and Szegedy 2015, Algorithms 1 and 2).
 * While training it uses the batch's biased variance and records the unbiased one; a batch of one row comes out
 * as the shift, and leaves the running statistics as they are, for one row has no variance.
 */
export class BatchNorm {
  readonly scale: Parameter
  readonly shift: Parameter
  readonly runningMean: Parameter
  readonly runningVariance: Parameter
  readonly momentum: number
  readonly epsilon: number

  /** @throws RangeError if the width is not a positive whole number, or an option not known or out of its range. */
  constructor(width: number, options: BatchNormOptions, backend: Backend) {
    checkOptions('BatchNorm', options, { momentum: MOMENTUM, epsilon: EPSILON, affine: flag })
    checkValue('BatchNorm', 'width', width, whole(1))
    const { momentum = 0.1, epsilon = 1e-5, affine: trainable = true } = options
    this.scale = new Parameter(ones([width], backend), { trainable })
    this.shift = new Parameter(zeros([width], backend), { trainable })
    this.runningMean = new Parameter(zeros([width], backend), { trainable: false })
    this.runningVariance = new Parameter(ones([width], backend), { trainable: false, least: 0 })
    this.momentum = momentum
    this.epsilon = epsilon
  }

  /** (b d) → (b d) */
  forward(x: Tensor, { training }: ForwardOptions): Tensor {
    const statistics = training ? moments(x, { axis: 0 }) : { mean: this.runningMean, variance: this.runningVariance }
    const [rows] = x.shape
    if (training && rows > 1) {
      this.record(this.runningMean, statistics.mean)
      this.record(this.runningVariance, scaleShift(statistics.variance, { factor: rows / (rows - 1) }))
    }
    return normalize(x, statistics, this.scale, this.shift, { epsilon: this.epsilon })
  }

  private record(running: Parameter, batch: Tensor): void {
    const backend = standIn(running.backend)
    recordWithin('batchNorm statistics')
    const [average, value] = [bufferOn(backend, running), bufferOn(backend, batch)]
    run(backend, movingAverage, average, value, running.size, this.momentum)
    running.changed()
  }
}

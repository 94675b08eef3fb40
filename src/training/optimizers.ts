/** SGD, Adagrad, Adam and AdamW: their options, and which kernel does their step. They refuse to hold anything else. */
import { optimizer } from './optimizer.ts'
import type { Optimizer } from './optimizer.ts'
import type { Schedule } from './schedules.ts'

export interface SgdConfig {
  /** Default 0.01. */
  readonly learningRate?: Schedule
  /** The share of the last velocity in the next (Polyak 1964). Default 0. */
  readonly momentum?: number
  /** Looks ahead along the velocity (Sutskever et al. 2013), as PyTorch does. Default false. */
  readonly nesterov?: boolean
}

/** v ← momentum·v + g, w ← w − rate·v */
export function sgd({ learningRate = 0.01, momentum = 0, nesterov = false }: SgdConfig = {}): Optimizer {
  const options = { learningRate: 0, momentum, nesterov }
  return optimizer('sgd', learningRate, {
    tensors: 1,
    advance: (rate) => {
      options.learningRate = rate
    },
    update: ({ kernels, parameter, gradient, state: [velocity], rows, count, d, l2 }) => {
      kernels.sgd(parameter, gradient, velocity, rows, count, d, l2, options)
    },
  })
}

export interface AdagradConfig {
  /** Default 0.01. */
  readonly learningRate?: Schedule
  /** Where the sums of squares start. Default 0; TensorFlow and DeepCTR use 0.1. */
  readonly initialAccumulator?: number
  /** Default 1e-10. */
  readonly epsilon?: number
}

/** s ← s + g², w ← w − rate·g/(√s + ε) (Duchi et al. 2011) */
export function adagrad(config: AdagradConfig = {}): Optimizer {
  const { learningRate = 0.01, initialAccumulator = 0, epsilon = 1e-10 } = config
  const options = { learningRate: 0, epsilon }
  return optimizer('adagrad', learningRate, {
    tensors: 1,
    start: initialAccumulator,
    advance: (rate) => {
      options.learningRate = rate
    },
    update: ({ kernels, parameter, gradient, state: [sum], rows, count, d, l2 }) => {
      kernels.adagrad(parameter, gradient, sum, rows, count, d, l2, options)
    },
  })
}

export interface AdamConfig {
  /** Default 0.001. */
  readonly learningRate?: Schedule
  /** Default 0.9. */
  readonly beta1?: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Added to the root, outside of it. Default 1e-8. */
  readonly epsilon?: number
}

function adaptive(name: string, config: AdamConfig, decay: number): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = config
  const options = { learningRate: 0, beta1, beta2, epsilon, correction1: 1, correction2: 1, decay }
  return optimizer(name, learningRate, {
    tensors: 2,
    advance: (rate, step) => {
      options.learningRate = rate
      options.correction1 = 1 - beta1 ** step
      options.correction2 = 1 - beta2 ** step
    },
    update: ({ kernels, parameter, gradient, state: [m, v], rows, count, d, l2 }) => {
      kernels.adam(parameter, gradient, m, v, rows, count, d, l2, options)
    },
  })
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − rate·m̂/(√v̂ + ε) (Kingma and Ba 2015, Algorithm 1) */
export const adam = (config: AdamConfig = {}): Optimizer => adaptive('adam', config, 0)

/** Adam, and w ← w − rate·decay·w beside it (Loshchilov and Hutter 2019, Algorithm 2). Decay defaults to 0.01. */
export const adamW = ({ decay = 0.01, ...config }: AdamConfig & { readonly decay?: number } = {}): Optimizer =>
  adaptive('adamW', config, decay)

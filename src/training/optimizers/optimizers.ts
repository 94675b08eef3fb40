/** SGD, Adagrad, Adam, AdamW and FTRL: their options, and which kernel does their step. They refuse to hold anything else. */
import { checkOptions, flag, real } from '../../checks/index.ts'
import { run } from '../../kernels/index.ts'
import * as kernels from '../../kernels/table/index.ts'
import { optimizer } from './optimizer.ts'
import type { Optimizer, Rule } from './optimizer.ts'
import { RATE, scheduleOf } from './schedules.ts'
import type { Schedule } from './schedules.ts'

const SHARE = real('[0, 1)')
const POSITIVE = real('(0, ∞)')

/** What `sgd` takes. */
export interface SgdOptions {
  /** Default 0.01. */
  readonly learningRate?: Schedule
  /** The share of the last velocity in the next (Polyak 1964). Default 0. */
  readonly momentum?: number
  /** Looks ahead along the velocity (Sutskever et al. 2013), as PyTorch does. Default false. */
  readonly nesterov?: boolean
}

/**
 * v ← momentum·v + g, w ← w − rate·v
 * @throws RangeError where an option is out of its range; from the step whose rate is below 0 or not finite.
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions('sgd', options, { learningRate: scheduleOf(RATE), momentum: SHARE, nesterov: flag })
  const { learningRate = 0.01, momentum = 0, nesterov = false } = options
  const numbers = { learningRate: 0, momentum, nesterov }
  return optimizer('sgd', learningRate, {
    starts: { velocity: 0 },
    numbers,
    update: ({ backend, parameter, gradient, state: [velocity], rows, count, d, l2 }) => {
      run(backend, kernels.sgd, parameter, gradient, velocity, rows, count, d, l2, numbers)
    },
  })
}

/** What `adagrad` takes. */
export interface AdagradOptions {
  /** Default 0.01. */
  readonly learningRate?: Schedule
  /** Where the sums of squares start. Default 0; TensorFlow and DeepCTR use 0.1. */
  readonly initialAccumulator?: number
  /** Default 1e-10. */
  readonly epsilon?: number
}

/** s ← s + g², w ← w − rate·g/(√s + ε) (Duchi et al. 2011). Throws as `sgd` does. */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  checkOptions('adagrad', options, { learningRate: scheduleOf(RATE), initialAccumulator: RATE, epsilon: POSITIVE })
  const { learningRate = 0.01, initialAccumulator = 0, epsilon = 1e-10 } = options
  const numbers = { learningRate: 0, epsilon }
  return optimizer('adagrad', learningRate, {
    starts: { sum: initialAccumulator },
    numbers,
    update: ({ backend, parameter, gradient, state: [sum], rows, count, d, l2 }) => {
      run(backend, kernels.adagrad, parameter, gradient, sum, rows, count, d, l2, numbers)
    },
  })
}

/** What `adam` takes, and `adamW` beside its decay. */
export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: Schedule
  /** Default 0.9. */
  readonly beta1?: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Added to the root, outside of it. Default 1e-8. */
  readonly epsilon?: number
}

const ADAM = { learningRate: scheduleOf(RATE), beta1: SHARE, beta2: SHARE, epsilon: POSITIVE }

function adaptive(name: string, options: AdamOptions, decay: number): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options
  const numbers = { learningRate: 0, beta1, beta2, epsilon, correction1: 1, correction2: 1, decay }
  return optimizer(name, learningRate, {
    starts: { m: 0, v: 0 },
    numbers,
    advance: (step) => {
      numbers.correction1 = 1 - beta1 ** step
      numbers.correction2 = 1 - beta2 ** step
    },
    update: ({ backend, parameter, gradient, state: [m, v], rows, count, d, l2 }) => {
      run(backend, kernels.adam, parameter, gradient, m, v, rows, count, d, l2, numbers)
    },
  })
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − rate·m̂/(√v̂ + ε) (Kingma and Ba 2015, Algorithm 1). Throws as `sgd` does. */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions('adam', options, ADAM)
  return adaptive('adam', options, 0)
}

/** Adam, and w ← w − rate·decay·w beside it (Loshchilov and Hutter 2019, Algorithm 2). Decay defaults to 0.01. */
export function adamW(options: AdamOptions & { readonly decay?: number } = {}): Optimizer {
  checkOptions('adamW', options, { ...ADAM, decay: RATE })
  return adaptive('adamW', options, options.decay ?? 0.01)
}

/** What `ftrl` takes. */
export interface FtrlOptions {
  /** Above 0 in every step, and best the same in all of them: see `ftrl`. Default 0.001, as in TensorFlow. */
  readonly learningRate?: Schedule
  /** What the sum of squares is raised to in a weight's own rate: at most 0, which ignores the squares. Default −0.5. */
  readonly learningRatePower?: number
  /** Where the sums of squares start. Default 0.1, as in TensorFlow; the paper has 0. */
  readonly initialAccumulator?: number
  /** Makes weights whose gradients cancel out exactly 0. Default 0. */
  readonly l1?: number
  /** Half of the paper's λ₂: it holds each weight back for as long as it learns, as a larger β would. Default 0. */
  readonly l2?: number
  /** Adds 2·l2Shrinkage·w to the gradient in z, but not to the one that is squared. Default 0. */
  readonly l2Shrinkage?: number
  /** The paper's β, which holds the first steps back. Default 0. */
  readonly beta?: number
}

/**
 * σ ← ((n + g²)^−power − n^−power)/rate, z ← z + g + 2·l2Shrinkage·w − σ·w, n ← n + g², and then w ← 0 where |z| ≤ l1,
 * else (sign(z)·l1 − z)/((β + n^−power)/rate + 2·l2): follow the regularised leader, in the proximal form (McMahan et
 * al. 2013, Algorithm 1), with the power, start and shrinkage of TensorFlow's Ftrl.
 *
 * A weight is what z and n say. As z starts at 0, one that starts elsewhere jumps towards 0 in its first step, and the
 * further the smaller its gradient is: let the weights of a wide part start at 0.
 * Weights also go with the rate: where a schedule halves it, they halve. A rate that stays falls by n as it is.
 * @throws RangeError where an option is out of its range, and from the step whose rate is not above 0.
 */
export function ftrl(options: FtrlOptions = {}): Optimizer {
  checkOptions('ftrl', options, {
    learningRate: scheduleOf(POSITIVE),
    learningRatePower: real('(-∞, 0]'),
    initialAccumulator: RATE,
    l1: RATE,
    l2: RATE,
    l2Shrinkage: RATE,
    beta: RATE,
  })
  const { learningRate = 0.001, learningRatePower = -0.5, initialAccumulator = 0.1 } = options
  const { l1 = 0, l2 = 0, l2Shrinkage = 0, beta = 0 } = options
  const numbers = { learningRate: 0, learningRatePower, l1, l2, l2Shrinkage, beta }
  const rule: Rule = {
    starts: { z: 0, n: initialAccumulator },
    numbers,
    update: ({ backend, parameter, gradient, state: [z, n], rows, count, d, l2: pull }) => {
      run(backend, kernels.ftrl, parameter, gradient, z, n, rows, count, d, pull, numbers)
    },
  }
  return optimizer('ftrl', learningRate, rule, POSITIVE)
}

export const OPTIMIZERS = { adam, adamW, sgd, adagrad, ftrl } as const

/** The optimizers that may be given by name, with their defaults. */
export type OptimizerName = keyof typeof OPTIMIZERS

export const optimizerOf = (given: Optimizer | OptimizerName = 'adam'): Optimizer =>
  typeof given === 'string' ? OPTIMIZERS[given]() : given

/**
 * Optimizers: SGD, Adagrad, Adam and AdamW. Each keeps its state beside every parameter it has met, and touches only the
 * rows that a row-sparse gradient names, so that a step over a large table costs what its batch costs.
 */
import { distinctRows } from '../autograd/index.ts'
import type { Buffer, Kernels } from '../kernels/index.ts'
import { RowSparse, showShape } from '../tensor/index.ts'
import type { Cotangent, Parameter } from '../tensor/index.ts'
import { rateAt } from './schedules.ts'
import type { Schedule } from './schedules.ts'

export interface Optimizer {
  readonly name: string
  /** How many steps were taken. */
  readonly steps: number
  /** The learning rate of the next step. */
  readonly learningRate: number
  /**
   * Moves each parameter against its gradient. Rows that a row-sparse gradient does not name stay as they are, and so
   * does their state: moments do not decay, and no L2 applies, until a batch touches the row again.
   *
   * @throws RangeError before anything moves, unless there is one gradient of its shape for each parameter.
   */
  step(parameters: readonly Parameter[], gradients: readonly Cotangent[]): void
}

/** What one kernel call moves: all of a parameter as one row, or `count` rows of width `d`. */
interface Target {
  readonly kernels: Kernels
  readonly parameter: Buffer
  readonly gradient: Buffer
  /** The optimizer's own numbers for this parameter. */
  readonly state: readonly Buffer[]
  readonly rows: Buffer | null
  readonly count: number
  readonly d: number
  readonly l2: number
}

type Update = (target: Target, learningRate: number, step: number) => void

const shapeOf = (gradient: Cotangent): string =>
  gradient instanceof RowSparse
    ? showShape([gradient.count, ...gradient.rows.shape.slice(1)])
    : showShape(gradient.shape)

function checkGradients(name: string, parameters: readonly Parameter[], gradients: readonly Cotangent[]): void {
  if (parameters.length !== gradients.length)
    throw new RangeError(`${name}: expected ${parameters.length} gradients but got ${gradients.length}`)
  parameters.forEach(({ shape }, index) => {
    if (showShape(shape) !== shapeOf(gradients[index]))
      throw new RangeError(
        `${name}: expected gradient ${index} of shape ${showShape(shape)} but got ${shapeOf(gradients[index])}`,
      )
  })
}

/** An optimizer out of one kernel call and how many buffers of state it needs, each filled with `start` at first. */
function optimizer(name: string, schedule: Schedule, update: Update, buffers: number, start = 0): Optimizer {
  const states = new WeakMap<Parameter, readonly Buffer[]>()
  const stateOf = (parameter: Parameter): readonly Buffer[] => {
    let state = states.get(parameter)
    if (!state) {
      const { backend, size } = parameter
      state = Array.from({ length: buffers }, () => {
        const buffer = backend.allocate(size)
        backend.write(buffer, new Float64Array(size).fill(start))
        return buffer
      })
      states.set(parameter, state)
    }
    return state
  }
  let steps = 0
  return {
    name,
    get steps() {
      return steps
    },
    get learningRate() {
      return rateAt(schedule, steps)
    },
    step(parameters, gradients) {
      checkGradients(name, parameters, gradients)
      const learningRate = rateAt(schedule, steps)
      steps++
      parameters.forEach((parameter, index) => {
        const { backend, buffer, l2, size } = parameter
        const gradient = gradients[index]
        const common = { kernels: backend.kernels, parameter: buffer, state: stateOf(parameter), l2 }
        if (gradient instanceof RowSparse) {
          const { rows, ids } = distinctRows(gradient)
          const [count, d] = rows.shape
          update({ ...common, gradient: rows.buffer, rows: ids.buffer, count, d }, learningRate, steps)
        } else update({ ...common, gradient: gradient.buffer, rows: null, count: 1, d: size }, learningRate, steps)
      })
    },
  }
}

export interface SgdConfig {
  /** Default 0.01. */
  readonly learningRate?: Schedule
  /** The share of the last velocity in the next (Polyak 1964). Default 0. */
  readonly momentum?: number
  /** Looks ahead along the velocity (Sutskever et al. 2013), as PyTorch does. Default false. */
  readonly nesterov?: boolean
}

/** v ← momentum·v + g, w ← w − rate·v */
export const sgd = ({ learningRate = 0.01, momentum = 0, nesterov = false }: SgdConfig = {}): Optimizer =>
  optimizer(
    'sgd',
    learningRate,
    ({ kernels, parameter, gradient, state: [velocity], rows, count, d, l2 }, rate) => {
      kernels.sgd(parameter, gradient, velocity, rows, count, d, { learningRate: rate, momentum, nesterov, l2 })
    },
    1,
  )

export interface AdagradConfig {
  /** Default 0.01. */
  readonly learningRate?: Schedule
  /** Where the sums of squares start. Default 0; TensorFlow and DeepCTR use 0.1. */
  readonly initialAccumulator?: number
  /** Default 1e-10. */
  readonly epsilon?: number
}

/** s ← s + g², w ← w − rate·g/(√s + ε) (Duchi et al. 2011) */
export const adagrad = (config: AdagradConfig = {}): Optimizer => {
  const { learningRate = 0.01, initialAccumulator = 0, epsilon = 1e-10 } = config
  return optimizer(
    'adagrad',
    learningRate,
    ({ kernels, parameter, gradient, state: [sum], rows, count, d, l2 }, rate) => {
      kernels.adagrad(parameter, gradient, sum, rows, count, d, { learningRate: rate, epsilon, l2 })
    },
    1,
    initialAccumulator,
  )
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

const adaptive = (name: string, config: AdamConfig, decay: number): Optimizer => {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = config
  return optimizer(
    name,
    learningRate,
    ({ kernels, parameter, gradient, state: [m, v], rows, count, d, l2 }, rate, step) => {
      const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step]
      const options = { learningRate: rate, beta1, beta2, epsilon, correction1, correction2, l2, decay }
      kernels.adam(parameter, gradient, m, v, rows, count, d, options)
    },
    2,
  )
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − rate·m̂/(√v̂ + ε) (Kingma and Ba 2015, Algorithm 1) */
export const adam = (config: AdamConfig = {}): Optimizer => adaptive('adam', config, 0)

/** Adam, and w ← w − rate·decay·w beside it (Loshchilov and Hutter 2019, Algorithm 2). Decay defaults to 0.01. */
export const adamW = ({ decay = 0.01, ...config }: AdamConfig & { readonly decay?: number } = {}): Optimizer =>
  adaptive('adamW', config, decay)

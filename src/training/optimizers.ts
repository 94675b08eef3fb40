/**
 * Optimizers: SGD, Adagrad, Adam and AdamW. Each keeps its state beside every parameter it has met, and touches only the
 * rows that a row-sparse gradient names, so that a step over a large table costs what its batch costs.
 */
import { distinctRows } from '../autograd/index.ts'
import { bufferOn, eachRun, recordWithin, standIn } from '../kernels/index.ts'
import type { Buffer, Held, Kernels } from '../kernels/index.ts'
import { Parameter, RowSparse, Tensor, showShape } from '../tensor/index.ts'
import type { Cotangent } from '../tensor/index.ts'
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

/** A rule: its numbers, of which some change from step to step, and the one kernel that reads them. */
interface Rule {
  /** How many tensors of state it keeps for a parameter, each filled with `start` at first. */
  readonly tensors: number
  readonly start?: number
  /** Sets the numbers of step `step`, counted from 1. */
  readonly advance: (learningRate: number, step: number) => void
  readonly update: (target: Target) => void
}

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

/** A parameter's state. It is made for good, even where the step that needs it first is only being recorded. */
function stateFor({ shape, size, backend }: Parameter, { tensors, start = 0 }: Rule): readonly Parameter[] {
  return Array.from({ length: tensors }, () => {
    const buffer = backend.allocate(size)
    backend.write(buffer, new Float64Array(size).fill(start))
    return new Parameter(new Tensor(shape, buffer, backend), { trainable: false })
  })
}

function optimizer(name: string, schedule: Schedule, rule: Rule): Optimizer {
  const states = new WeakMap<Parameter, readonly Parameter[]>()
  const stateOf = (parameter: Parameter): readonly Parameter[] => {
    const state = states.get(parameter) ?? stateFor(parameter, rule)
    states.set(parameter, state)
    return state
  }
  let steps = 0
  const advance = (): void => {
    rule.advance(rateAt(schedule, steps), steps + 1)
    steps++
  }
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
      recordWithin(name)
      eachRun(advance)
      parameters.forEach((parameter, index) => {
        const { l2, size } = parameter
        const gradient = gradients[index]
        const moved = gradient instanceof RowSparse ? distinctRows(gradient) : gradient
        const backend = standIn(parameter.backend)
        const buffer = (held: Held): Buffer => bufferOn(backend, held)
        const [values, rows, [count, d]] =
          moved instanceof RowSparse ? [moved.rows, moved.ids, moved.rows.shape] : [moved, null, [1, size]]
        rule.update({
          kernels: backend.kernels,
          parameter: buffer(parameter),
          gradient: buffer(values),
          state: stateOf(parameter).map(buffer),
          rows: rows && buffer(rows),
          count,
          d,
          l2,
        })
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

/** A fully connected layer, and stacks of them: dense → batch normalisation → activation → dropout, in this order. */
import { dense, denseRelu, dropout, matmul } from '../../autograd/index.ts'
import { callable, checkOptions, checkValue, flag, listOf, real, whole } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { cpu, derived, randomBits } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { BACKEND, Parameter, zeros } from '../../tensor/index.ts'
import type { Stream, Tensor } from '../../tensor/index.ts'
import { ACTIVATION, activation } from './activation.ts'
import type { Activation, ActivationFunction, ActivationName } from './activation.ts'
import { glorotNormal } from './initializers.ts'
import type { Initializer } from './initializers.ts'
import { BatchNorm, EPSILON, MOMENTUM } from './normalization.ts'
import type { BatchNormOptions } from './normalization.ts'
import type { ForwardOptions } from '../forward.ts'
import { checkRoom } from './room.ts'

/** What `Dense` takes, and whoever is made of it. */
export interface DenseOptions {
  /** By name, or a function of a tensor (b units) to another. Default 'linear'. */
  readonly activation?: ActivationName | ActivationFunction
  /** Default true. */
  readonly bias?: boolean
  /** The probability that a value is dropped while training, in [0, 1). Default 0. */
  readonly dropout?: number
  /** Default false. */
  readonly batchNorm?: boolean
  /** Added to the variance by batch normalisation. Default 1e-5. */
  readonly batchNormEpsilon?: BatchNormOptions['epsilon']
  /** The share of a new batch in the running statistics of batch normalisation and of dice. Default 0.1. */
  readonly batchNormMomentum?: BatchNormOptions['momentum']
  /** Adds l2·Σw² of the weight to the loss. Default 0. */
  readonly l2?: number
  /** Default Glorot normal. */
  readonly initializer?: Initializer
  readonly backend?: Backend
}

export const L2 = real('[0, ∞)')
export const RATE = real('[0, 1)')
export const UNITS = listOf(whole(1))
/** The same, of a network that must have one: mixtures are of its columns. */
export const SOME_UNITS = listOf(whole(1), 1)

export const DENSE: Checks<DenseOptions> = {
  activation: ACTIVATION,
  bias: flag,
  dropout: RATE,
  batchNorm: flag,
  batchNormEpsilon: EPSILON,
  batchNormMomentum: MOMENTUM,
  l2: L2,
  initializer: callable,
  backend: BACKEND,
}

/** A layer (b i) → (b o): activation(x·W + c), by way of batch normalisation and dropout. */
export class Dense {
  readonly weight: Parameter
  readonly bias?: Parameter
  readonly batchNorm?: BatchNorm
  readonly activation: Activation
  readonly dropout: number
  readonly #fusedRelu: boolean
  readonly #dropoutKey: number

  /** @throws RangeError if a width is not a positive whole number, or an option not known or out of its range. */
  constructor(inputs: number, units: number, stream: Stream, options: DenseOptions = {}) {
    checkOptions('Dense', options, DENSE)
    for (const [what, width] of Object.entries({ inputs, units })) checkValue('Dense', what, width, whole(1))
    const { backend = cpu, bias = true, batchNorm = false, l2 = 0, initializer = glorotNormal } = options
    const { activation: name = 'linear', dropout: rate = 0, batchNormEpsilon, batchNormMomentum } = options
    checkRoom('Dense', 'weights', inputs, units)
    this.weight = new Parameter(initializer(inputs, units, stream.stream('weight'), backend), { l2 })
    if (bias) this.bias = new Parameter(zeros([units], backend))
    if (batchNorm)
      this.batchNorm = new BatchNorm(units, { epsilon: batchNormEpsilon, momentum: batchNormMomentum }, backend)
    this.activation = activation(name, units, backend, batchNormMomentum)
    this.dropout = rate
    this.#fusedRelu = name === 'relu' && bias && !batchNorm
    this.#dropoutKey = stream.stream('dropout').key
  }

  /** (b inputs) → (b units) */
  forward(x: Tensor, options: ForwardOptions): Tensor {
    const y = this.#fusedRelu && this.bias ? denseRelu(x, this.weight, this.bias) : this.#activated(x, options)
    if (!options.training || this.dropout === 0) return y
    // The same bits as a signed integer, which needs no box: a compiled step allocates nothing.
    const key = derived(options.step, (step) => randomBits(this.#dropoutKey, step) | 0)
    return dropout(y, { rate: this.dropout, key })
  }

  #activated(x: Tensor, options: ForwardOptions): Tensor {
    const product = this.bias ? dense(x, this.weight, this.bias) : matmul(x, this.weight)
    return this.activation.forward(this.batchNorm ? this.batchNorm.forward(product, options) : product, options)
  }
}

/** Layers of the given widths, one upon the other; none for no widths. Throws a RangeError in the name of `who`. */
export function denseStack(
  who: string,
  inputs: number,
  units: readonly number[],
  stream: Stream,
  options: DenseOptions,
): readonly Dense[] {
  checkOptions(who, options, DENSE)
  checkValue(who, 'units', units, UNITS)
  return units.map(
    (width, index) => new Dense(index ? units[index - 1] : inputs, width, stream.stream(`layers.${index}`), options),
  )
}

export const throughStack = (layers: readonly Dense[], x: Tensor, options: ForwardOptions): Tensor =>
  layers.reduce((signal, layer) => layer.forward(signal, options), x)

export const stackWidth = (inputs: number, units: readonly number[]): number => units.at(-1) ?? inputs

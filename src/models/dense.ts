/** A fully connected layer, and stacks of them: dense → batch normalisation → activation → dropout, in this order. */
import { dense, denseRelu, dropout, matmul } from '../autograd/index.ts'
import { cpu, following, randomBits } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { Parameter, zeros } from '../tensor/index.ts'
import type { Stream, Tensor } from '../tensor/index.ts'
import { activation } from './activation.ts'
import type { Activation, ActivationName } from './activation.ts'
import { glorotNormal } from './initializers.ts'
import type { Initializer } from './initializers.ts'
import { BatchNorm } from './normalization.ts'
import type { Pass } from './pass.ts'

export interface DenseOptions {
  /** Default 'linear'. */
  readonly activation?: ActivationName
  /** Default true. */
  readonly bias?: boolean
  /** The probability that a value is dropped while training, in [0, 1). Default 0. */
  readonly dropout?: number
  /** Default false. */
  readonly batchNorm?: boolean
  /** Adds l2·Σw² of the weight to the loss. Default 0. */
  readonly l2?: number
  /** Default Glorot normal. */
  readonly initializer?: Initializer
  readonly backend?: Backend
}

const checkWidth = (who: string, what: string, width: number): void => {
  if (!Number.isInteger(width) || width < 1)
    throw new RangeError(`${who}: expected a positive whole number of ${what} but got ${width}`)
}

export class Dense {
  readonly weight: Parameter
  readonly bias?: Parameter
  readonly batchNorm?: BatchNorm
  readonly activation: Activation
  readonly dropout: number
  readonly #fusedRelu: boolean
  readonly #dropoutKey: number

  /** @throws RangeError if a width is not a positive whole number, or dropout not in [0, 1). */
  constructor(inputs: number, units: number, stream: Stream, options: DenseOptions = {}) {
    const { backend = cpu, bias = true, batchNorm = false, l2 = 0, initializer = glorotNormal } = options
    const { activation: name = 'linear', dropout: rate = 0 } = options
    checkWidth('Dense', 'inputs', inputs)
    checkWidth('Dense', 'units', units)
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`Dense: expected dropout in [0, 1) but got ${rate}`)
    if (!(l2 >= 0)) throw new RangeError(`Dense: expected l2 of at least 0 but got ${l2}`)
    this.weight = new Parameter(initializer(inputs, units, stream.stream('weight'), backend), { l2 })
    if (bias) this.bias = new Parameter(zeros([units], backend))
    if (batchNorm) this.batchNorm = new BatchNorm(units, {}, backend)
    this.activation = activation(name, units, backend)
    this.dropout = rate
    this.#fusedRelu = name === 'relu' && bias && !batchNorm
    this.#dropoutKey = stream.stream('dropout').key
  }

  /** (b inputs) → (b units) */
  forward(x: Tensor, pass: Pass): Tensor {
    const y = this.#fusedRelu && this.bias ? denseRelu(x, this.weight, this.bias) : this.#activated(x, pass)
    if (!pass.training || this.dropout === 0) return y
    // The same bits as a signed integer, which needs no box: a compiled step allocates nothing.
    const key = following(pass.step, (step) => randomBits(this.#dropoutKey, step) | 0)
    return dropout(y, { rate: this.dropout, key })
  }

  #activated(x: Tensor, pass: Pass): Tensor {
    const product = this.bias ? dense(x, this.weight, this.bias) : matmul(x, this.weight)
    return this.activation.forward(this.batchNorm ? this.batchNorm.forward(product, pass) : product, pass)
  }
}

/** Layers of the given widths, one upon the other; none for no widths. */
export const denseStack = (
  inputs: number,
  units: readonly number[],
  stream: Stream,
  options: DenseOptions,
): readonly Dense[] =>
  units.map(
    (width, index) => new Dense(index ? units[index - 1] : inputs, width, stream.stream(`layers.${index}`), options),
  )

/** Through all layers in order. */
export const throughStack = (layers: readonly Dense[], x: Tensor, pass: Pass): Tensor =>
  layers.reduce((signal, layer) => layer.forward(signal, pass), x)

/** The width that comes out of a stack. */
export const stackWidth = (inputs: number, units: readonly number[]): number => units.at(-1) ?? inputs

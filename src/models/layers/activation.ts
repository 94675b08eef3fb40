/**
 * Activations by name, among them the two that learn, PReLU and Dice, or a function of one's own. They refuse names that
 * they do not know, and a function that changes the shape of what it is given.
 */
import {
  add,
  scaleShift,
  elu,
  gelu,
  leakyRelu,
  mul,
  neg,
  relu,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  sub,
  swish,
  tanh,
} from '../../autograd/index.ts'
import { didYouMean, show } from '../../checks/index.ts'
import type { Check } from '../../checks/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { Parameter, Tensor, full, showShape, zeros } from '../../tensor/index.ts'
import { BatchNorm } from './normalization.ts'
import type { ForwardOptions } from '../forward.ts'

const PLAIN = {
  linear: (x: Tensor) => x,
  relu,
  leakyRelu,
  elu,
  selu,
  gelu,
  swish,
  silu: swish,
  sigmoid,
  softplus,
  softsign,
  softmax,
  tanh,
} as const

/** `silu` is `swish`, and `Dice` is `dice`: the field has both names. */
export type ActivationName = keyof typeof PLAIN | 'prelu' | 'dice' | 'Dice'

/**
 * Of a tensor (b d) to one of that shape, made of ops. It has no parameters that anybody would find, and JSON holds no
 * function: a model that has one is not saved by `saveModel`, but by `saveState`.
 */
export type ActivationFunction = (x: Tensor) => Tensor

const NAMES = [...Object.keys(PLAIN), 'prelu', 'dice', 'Dice']

export const ACTIVATION: Check = {
  expected: `to be one of ${NAMES.join(', ')}, or a function,`,
  fits: (value) => NAMES.includes(value as string) || typeof value === 'function',
  got: (value) => show(value) + (typeof value === 'string' ? didYouMean(value, NAMES) : ''),
}

/** Applied to (b d), row by row or, for dice while training, by the statistics of the batch. */
export interface Activation {
  forward(x: Tensor, options: ForwardOptions): Tensor
}

/** max(x, 0) + α·min(x, 0) with α learned per column, 0.25 at first (He et al. 2015, Eq. 1). */
export class PRelu implements Activation {
  readonly alpha: Parameter

  constructor(width: number, backend: Backend) {
    this.alpha = new Parameter(full([width], 0.25, backend))
  }

  forward(x: Tensor): Tensor {
    return sub(relu(x), mul(this.alpha, relu(neg(x))))
  }
}

/** p·x + (1 − p)·α·x with p = sigmoid of x normalised over the batch, α learned, 0 at first (Zhou et al. 2018, Eq. 3). */
export class Dice implements Activation {
  readonly alpha: Parameter
  readonly normalization: BatchNorm

  constructor(width: number, backend: Backend, momentum?: number) {
    this.alpha = new Parameter(zeros([width], backend))
    this.normalization = new BatchNorm(width, { epsilon: 1e-9, momentum, affine: false }, backend)
  }

  forward(x: Tensor, options: ForwardOptions): Tensor {
    const p = sigmoid(this.normalization.forward(x, options))
    return mul(x, add(p, mul(this.alpha, scaleShift(p, { factor: -1, shift: 1 }))))
  }
}

/** What a function gives for x, where that is what an activation may give. */
function applied(own: ActivationFunction, x: Tensor): Tensor {
  const y: unknown = own(x)
  if (y instanceof Tensor && showShape(y.shape) === showShape(x.shape)) return y
  throw new RangeError(
    `activation: expected a function to give a tensor ${showShape(x.shape)}, as it is given, but got ${y instanceof Tensor ? showShape(y.shape) : show(y)}`,
  )
}

/** The activation of that name for `width` columns; dice looks at statistics with that momentum. */
export function activation(
  given: ActivationName | ActivationFunction,
  width: number,
  backend: Backend,
  momentum?: number,
): Activation {
  if (typeof given === 'function') return { forward: (x) => applied(given, x) }
  if (given === 'prelu') return new PRelu(width, backend)
  if (given === 'dice' || given === 'Dice') return new Dice(width, backend, momentum)
  const plain: ActivationFunction = PLAIN[given]
  return { forward: (x) => plain(x) }
}

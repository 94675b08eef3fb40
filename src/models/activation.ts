/** Activations by name, among them the two that learn: PReLU and Dice. */
import {
  add,
  affine,
  elu,
  gelu,
  leakyRelu,
  mul,
  neg,
  relu,
  sigmoid,
  softmax,
  softplus,
  sub,
  tanh,
} from '../autograd/index.ts'
import type { Backend } from '../kernels/index.ts'
import { Parameter, full, zeros } from '../tensor/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { BatchNorm } from './normalization.ts'
import type { Pass } from './pass.ts'

const PLAIN = {
  linear: (x: Tensor) => x,
  relu: (x: Tensor) => relu(x),
  leakyRelu: (x: Tensor) => leakyRelu(x),
  elu: (x: Tensor) => elu(x),
  gelu: (x: Tensor) => gelu(x),
  sigmoid: (x: Tensor) => sigmoid(x),
  softplus: (x: Tensor) => softplus(x),
  softmax: (x: Tensor) => softmax(x),
  tanh: (x: Tensor) => tanh(x),
} as const

export type ActivationName = keyof typeof PLAIN | 'prelu' | 'dice'

/** Applied to (b d), row by row or, for dice while training, by the statistics of the batch. */
export interface Activation {
  forward(x: Tensor, pass: Pass): Tensor
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

  constructor(width: number, backend: Backend) {
    this.alpha = new Parameter(zeros([width], backend))
    this.normalization = new BatchNorm(width, { epsilon: 1e-9, affine: false }, backend)
  }

  forward(x: Tensor, pass: Pass): Tensor {
    const p = sigmoid(this.normalization.forward(x, pass))
    return mul(x, add(p, mul(this.alpha, affine(p, { factor: -1, shift: 1 }))))
  }
}

/**
 * The activation of that name for `width` columns.
 *
 * @throws RangeError listing the known names.
 */
export function activation(name: ActivationName, width: number, backend: Backend): Activation {
  if (name === 'prelu') return new PRelu(width, backend)
  if (name === 'dice') return new Dice(width, backend)
  if (!Object.hasOwn(PLAIN, name))
    throw new RangeError(
      `activation: expected one of ${[...Object.keys(PLAIN), 'prelu', 'dice'].join(', ')} but got ${name}`,
    )
  return { forward: PLAIN[name] }
}

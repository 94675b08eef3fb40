/** A gate: how much a listener wants to hear of each expert, softmax(x·W) without bias (Tang et al. 2020, Eq. 2–3). */
import type { Stream, Tensor } from '../../tensor/index.ts'
import { Dense, denseStack, stackWidth, throughStack } from './dense.ts'
import type { DenseOptions } from './dense.ts'
import { glorotUniform } from './initializers.ts'
import type { ForwardOptions } from '../forward.ts'

/** Weights (b experts) that add up to 1: softmax(x·W), behind layers of its own where there are some. */
export class Gate {
  /** An optional network in front of the softmax. */
  readonly layers: readonly Dense[]
  readonly output: Dense

  /** @throws RangeError if a width is not a positive whole number, or an option does not fit. */
  constructor(inputs: number, experts: number, units: readonly number[], stream: Stream, options: DenseOptions) {
    this.layers = denseStack('Gate', inputs, units, stream, options)
    this.output = new Dense(stackWidth(inputs, units), experts, stream.stream('output'), {
      activation: 'softmax',
      bias: false,
      initializer: glorotUniform,
      ...(options.backend && { backend: options.backend }),
    })
  }

  /** (b i) → (b experts), each row adding up to 1 */
  forward(x: Tensor, options: ForwardOptions): Tensor {
    return this.output.forward(throughStack(this.layers, x, options), options)
  }
}

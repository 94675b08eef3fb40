/** A tower: one task's own network, from the mixture of experts to its logits (or, in regression, the value itself). */
import { add, reshape } from '../../autograd/index.ts'
import { cpu } from '../../kernels/index.ts'
import { Parameter, zeros } from '../../tensor/index.ts'
import type { Stream, Tensor } from '../../tensor/index.ts'
import { Dense, denseStack, stackWidth, throughStack } from './dense.ts'
import type { DenseOptions } from './dense.ts'
import { glorotUniform } from './initializers.ts'
import type { ForwardOptions } from '../forward.ts'

/** From a task's signal (b d) to its logit (b), or, where its kind has several, to those (b width). */
export class Tower {
  readonly layers: readonly Dense[]
  /** To one unit for each logit, without a bias of its own. */
  readonly output: Dense
  /** The bias of each logit (width), as in DeepCTR's prediction layer. */
  readonly bias: Parameter

  /** @throws RangeError if a width is not a positive whole number, or an option does not fit. */
  constructor(inputs: number, units: readonly number[], stream: Stream, options: DenseOptions, width = 1) {
    this.layers = denseStack('Tower', inputs, units, stream, options)
    const { backend = cpu } = options
    this.output = new Dense(stackWidth(inputs, units), width, stream.stream('output'), {
      bias: false,
      initializer: glorotUniform,
      backend,
    })
    this.bias = new Parameter(zeros([width], backend))
  }

  /** (b d) → (b), or (b width) */
  forward(x: Tensor, options: ForwardOptions): Tensor {
    const logits = this.output.forward(throughStack(this.layers, x, options), options)
    return add(this.bias.size > 1 ? logits : reshape(logits, [x.shape[0]]), this.bias)
  }
}

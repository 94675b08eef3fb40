/**
 * The activation unit of the Deep Interest Network: how much each item of a user's history matters for one candidate. It
 * refuses activations that learn from a batch, in which padding would count.
 */
import { broadcastTo, concat, mul, reshape, softmax, sub, where } from '../../autograd/index.ts'
import type { Backend } from '../../kernels/index.ts'
import type { VarLenFeature } from '../../data/index.ts'
import type { Stream, Tensor } from '../../tensor/index.ts'
import { INFERENCE } from '../forward.ts'
import type { ActivationName } from './activation.ts'
import { Dense, denseStack, stackWidth, throughStack } from './dense.ts'

/** What softmax takes for nothing, beside whatever weights there are. */
export const LOWEST = -3e38

const UNITS = [80, 40]

/**
 * A network of each item e and the candidate c, which is asked once per item: a(e, c) = MLP[e, c, e − c, e·c] (Zhou et al.,
 * KDD 2018, Section 4.3 and Figure 2; the difference as the authors' program has it). The weights of a row are as they
 * come, so that their sum tells how strong an interest is, or shares of 1 where the feature asks for that.
 */
export class ActivationUnit {
  readonly layers: readonly Dense[]
  readonly output: Dense
  readonly #normalize: boolean

  /** @throws RangeError naming the feature where its activation is not known, or learns from a batch. */
  constructor(feature: VarLenFeature, stream: Stream, backend: Backend) {
    const { name, dimension, attentionHiddenUnits: units = UNITS, attentionActivation = 'prelu' } = feature
    if (attentionActivation.toLowerCase() === 'dice')
      throw new RangeError(
        `feature '${name}': expected an attentionActivation of single numbers but got '${attentionActivation}': because padding would count in its means`,
      )
    const options = { activation: attentionActivation as ActivationName, backend }
    this.layers = denseStack(`feature '${name}'`, 4 * dimension, units, stream, options)
    this.output = new Dense(stackWidth(4 * dimension, units), 1, stream.stream('output'), { backend })
    this.#normalize = feature.attentionNormalize ?? false
  }

  /** The weight of each item (b t) out of items (b t d), a candidate (b d) and where there are items (b t); 0 for padding. */
  forward(items: Tensor, candidate: Tensor, present: Tensor): Tensor {
    const [b, t, d] = items.shape
    const asked = broadcastTo(reshape(candidate, [b, 1, d]), [b, t, d])
    const pairs = concat([items, asked, sub(items, asked), mul(items, asked)], { axis: 2 })
    const signal = throughStack(this.layers, reshape(pairs, [b * t, 4 * d]), INFERENCE)
    const logits = reshape(this.output.forward(signal, INFERENCE), [b, t])
    return where(present, this.#normalize ? softmax(where(present, logits, LOWEST)) : logits, 0)
  }
}

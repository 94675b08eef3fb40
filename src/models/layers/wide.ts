/**
 * The wide part of Wide & Deep: one task's linear model, a weight per id and per number and no bias. All weights start
 * at 0, where FTRL starts them too. It refuses to learn interactions: those it is given as crossed features.
 */
import { add, matmul, reshape, sum } from '../../autograd/index.ts'
import { checkOptions, checkValue, whole } from '../../checks/index.ts'
import { cpu } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import type { Batch, Feature, SparseFeature, VarLenFeature } from '../../data/index.ts'
import { BACKEND, Parameter, stream, zeros } from '../../tensor/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { L2 } from './dense.ts'
import { FEATURES, FeatureEmbedding } from './embedding.ts'

/** What `Wide` takes. */
export interface WideOptions {
  /** L2 of weights; of those of ids, on the rows that a batch touches. Default 1e-5. */
  readonly l2RegLinear?: number | undefined
  readonly backend?: Backend | undefined
  /** How many logits the task's kind has, and each id and number a weight for. Default 1. */
  readonly width?: number | undefined
}

/** A feature as the wide part has it. How embeddings start, and whether they are learned, is none of its business. */
const asWide = <F extends SparseFeature | VarLenFeature>(feature: F, width: number): F => {
  const { initStd: _, trainable: __, pretrained: ___, ...rest } = feature
  return { ...(rest as F), dimension: width }
}

/** A linear model of features (b), or (b width): a weight of each logit for each id, and for each number. */
export class Wide {
  /** Tables of that width, 1 by default, of which var-len features pool their weights. None where all features are dense. */
  readonly embedding?: FeatureEmbedding
  /** Of the dense features' numbers (n width). None where no feature is dense. */
  readonly weight?: Parameter
  readonly #numbers?: FeatureEmbedding
  readonly #width: number

  /** @throws RangeError if there is no feature, two of them do not go together, or an option is not known or below 0. */
  constructor(features: readonly Feature[], wide: WideOptions = {}) {
    checkOptions('Wide', wide, { l2RegLinear: L2, backend: BACKEND, width: whole(1) })
    checkValue('Wide', 'features', features, FEATURES)
    const { l2RegLinear = 1e-5, backend = cpu, width = 1 } = wide
    this.#width = width
    const options = { l2RegEmbedding: l2RegLinear, initStd: 0, backend }
    // Nothing is drawn: a deviation of 0 leaves every weight at 0.
    const gathering = (some: readonly Feature[]): FeatureEmbedding => new FeatureEmbedding(some, stream(0), options)
    const dense = features.filter(({ kind }) => kind === 'dense')
    const attentive = features.find((feature) => feature.kind === 'varLen' && feature.pooling === 'attention')
    if (attentive)
      throw new RangeError(
        `Wide: expected pooling 'mean', 'sum' or 'max' of '${attentive.name}' but got 'attention': because a weight per id is no vector to compare`,
      )
    const others = features.filter((feature) => feature.kind !== 'dense').map((feature) => asWide(feature, width))
    if (others.length > 0) this.embedding = gathering(others)
    if (dense.length === 0) return
    this.#numbers = gathering(dense)
    this.weight = new Parameter(zeros([this.#numbers.width, width], backend), { l2: l2RegLinear })
  }

  /** A batch of b rows → (b), or (b width) */
  forward(batch: Batch): Tensor {
    const { rows } = batch
    const parts: Tensor[] = []
    if (this.embedding) {
      const weights = this.embedding.forward(batch)
      const count = weights.shape[1] / this.#width
      parts.push(sum(this.#width === 1 ? weights : reshape(weights, [rows, count, this.#width]), { axis: 1 }))
    }
    if (this.#numbers && this.weight) {
      const logits = matmul(this.#numbers.forward(batch), this.weight)
      parts.push(this.#width === 1 ? reshape(logits, [rows]) : logits)
    }
    return parts.reduce((total, part) => add(total, part))
  }
}

/**
 * Features to one matrix: an embedding table per sparse feature (shared where features name one table), pooled for
 * var-len features, then the dense features. Tables get row-sparse gradients.
 */
import {
  batchMatmul,
  concat,
  div,
  gather,
  gatherPresent,
  max,
  maximum,
  mul,
  nonzeroMask,
  presentIds,
  reshape,
  softmax,
  sum,
  where,
} from '../../autograd/index.ts'
import { checkOptions, checkValue, having, listOf } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { cpu } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { checkTogether, inputWidth } from '../../data/index.ts'
import type { Batch, Feature, Pretrained, VarLenFeature } from '../../data/index.ts'
import { BACKEND, Parameter, fromValues, normal } from '../../tensor/index.ts'
import type { Ids, Stream, Tensor } from '../../tensor/index.ts'
import { ActivationUnit, LOWEST } from './attention.ts'
import { L2 } from './dense.ts'
import { checkRoom } from './room.ts'

/** What `FeatureEmbedding` takes. */
export interface EmbeddingOptions {
  /** L2 of the rows that a batch touches. Default 1e-5. */
  readonly l2RegEmbedding?: number | undefined
  /** The standard deviation that tables start with, but those whose features have their own. Default 1e-4. */
  readonly initStd?: number | undefined
  readonly backend?: Backend | undefined
}

const EMBEDDING: Checks<EmbeddingOptions> = { l2RegEmbedding: L2, initStd: L2, backend: BACKEND }

export const FEATURES = listOf(having('a feature', 'kind', 'name'), 1)

/** What a table starts with, by whichever of its features has it. */
function givenOf(features: readonly Feature[], table: string): Pretrained | undefined {
  for (const feature of features)
    if (feature.kind !== 'dense' && feature.table === table && feature.pretrained) return feature.pretrained
  return undefined
}

/** Keeps the maximum away from padding without touching what is there. */
const FAR_BELOW = -1e9

/** Σ of items (b t d), each by its weight (b t). (b d) */
function weightedSum(weights: Tensor, items: Tensor): Tensor {
  const [b, t, d] = items.shape
  return reshape(batchMatmul(reshape(weights, [b, 1, t]), items), [b, d])
}

/**
 * One vector per row out of the embeddings (b t d) of its ids (b t): their sum, mean or maximum, padding left out,
 * each first multiplied by its weight if there are any, or by its share of them. A row of nothing but padding gives
 * zeros. (b d)
 */
function pool({ pooling, weightNorm }: VarLenFeature, embedded: Tensor, ids: Ids, given: Tensor | undefined): Tensor {
  const [b, t] = embedded.shape
  const present = nonzeroMask(ids)
  const weights = given && weightNorm ? softmax(where(present, given, LOWEST)) : given
  const weight = weights ? mul(present, weights) : present
  if (pooling === 'max') {
    const seen = reshape(present, [b, t, 1])
    const weighted = weights ? mul(embedded, reshape(weights, [b, t, 1])) : embedded
    return mul(max(where(seen, weighted, FAR_BELOW), { axis: 1 }), max(seen, { axis: 1 }))
  }
  const total = weightedSum(weight, embedded)
  if (pooling === 'sum') return total
  // A row of nothing but padding divides its zeros by 1.
  return div(total, maximum(sum(present, { axis: 1, keepDims: true }), 1))
}

/** The features of a batch side by side (b width): embeddings, pooled where there are several, then plain numbers. */
export class FeatureEmbedding {
  /** By table name: (vocabulary dimension) */
  readonly tables: Readonly<Record<string, Parameter>>
  /** By var-len feature that is pooled by attention, what says how much an item matters. */
  readonly attention: Readonly<Record<string, ActivationUnit>>
  /** Columns of the output. */
  readonly width: number
  readonly #features: readonly Feature[]

  /**
   * @throws RangeError if there is no feature, two of them do not go together, an option is not known or below 0, or a
   * table would not fit in memory.
   */
  constructor(features: readonly Feature[], stream: Stream, options: EmbeddingOptions = {}) {
    checkOptions('FeatureEmbedding', options, EMBEDDING)
    checkValue('FeatureEmbedding', 'features', features, FEATURES)
    const { l2RegEmbedding = 1e-5, initStd = 1e-4, backend = cpu } = options
    checkTogether(features)
    const tables: Record<string, Parameter> = {}
    for (const feature of features) {
      if (feature.kind === 'dense') continue
      const { table, vocabularySize, dimension, trainable = true, initStd: deviation = initStd } = feature
      checkRoom('FeatureEmbedding', `table '${table}'`, vocabularySize, dimension)
      const pretrained = givenOf(features, table)
      const [shape, random] = [[vocabularySize, dimension], stream.stream(table)]
      // As `normal` draws: 0 is added, which makes 0 of -0.
      const start = (): Tensor =>
        pretrained
          ? fromValues(
              pretrained.start((at) => 0 + deviation * random.normal(at)),
              shape,
              backend,
            )
          : normal(shape, random, { deviation }, backend)
      tables[table] ??= new Parameter(start(), { l2: l2RegEmbedding, trainable, copy: pretrained !== undefined })
    }
    this.tables = tables
    const attentive = features.filter((feature) => feature.kind === 'varLen' && feature.pooling === 'attention')
    this.attention = Object.fromEntries(
      attentive.map((feature) => {
        const unit = new ActivationUnit(feature as VarLenFeature, stream.stream(`attention.${feature.name}`), backend)
        return [feature.name, unit]
      }),
    )
    this.width = inputWidth(features)
    this.#features = features
  }

  /** A batch of b rows → (b width): sparse features first, then var-len ones, then dense ones, as DeepCTR orders them. */
  forward(batch: Batch): Tensor {
    const of = <K extends Feature['kind']>(kind: K): Extract<Feature, { kind: K }>[] =>
      this.#features.filter((feature): feature is Extract<Feature, { kind: K }> => feature.kind === kind)
    const sparse = of('sparse').map(({ name, table }) => gather(this.tables[table], batch.ids[name]))
    const varLen = of('varLen').map((feature) => {
      const ids = batch.ids[feature.name]
      const items = this.#itemsOf(feature, ids)
      if (feature.pooling === 'attention') return weightedSum(this.#attend(feature, items, batch), items)
      return pool(feature, items, ids, feature.weights === undefined ? undefined : batch.numbers[feature.weights])
    })
    return concat([...sparse, ...varLen, ...of('dense').map(({ name }) => batch.numbers[name])], { axis: 1 })
  }

  /** (b t) ids → (b t d) */
  #itemsOf({ table, vocabularySize: count }: VarLenFeature, ids: Ids): Tensor {
    return gatherPresent(this.tables[table], presentIds(ids, { count }))
  }

  #attend({ name, table, candidate }: VarLenFeature, items: Tensor, { ids }: Batch): Tensor {
    return this.attention[name].forward(items, gather(this.tables[table], ids[candidate!]), nonzeroMask(ids[name]))
  }

  /** How much each item of a feature that is pooled by attention matters for the candidate of its row (b t). */
  attended(feature: VarLenFeature, batch: Batch): Tensor {
    return this.#attend(feature, this.#itemsOf(feature, batch.ids[feature.name]), batch)
  }
}

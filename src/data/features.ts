/** Makes feature columns as DeepCTR knows them. It refuses options that make no sense, before there is a feature. */
import { anything, callable, checkOptions, checkValue, either, flag, needed, oneOf } from '../checks/index.ts'
import { ATTENTION, attended } from './attention.ts'
import type { AttentionOptions } from './attention.ts'
import { EDGES } from './bins.ts'
import {
  COUNT,
  CROSSES,
  DEVIATION,
  LENGTH,
  NAME,
  POOLING,
  checkFeature,
  named,
  reached,
  refuse,
} from './featureChecks.ts'
import type { DenseFeature, Embedded, Feature, Pooling, SparseFeature, VarLenFeature } from './featureKinds.ts'
import { UNLISTED, pretrainedOf } from './pretrained.ts'
import type { PretrainedRows, Unlisted } from './pretrained.ts'
import { copyOf, widthOf } from './scaling.ts'
import { VOCABULARY } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

/** How values find rows of a table. */
interface Ways {
  /** Ids are given, 0 … vocabularySize − 1. In a var-len feature 0 is padding; in a sparse one it is an id like others. */
  readonly vocabularySize: number
  /** Values are looked up: see `fitVocabulary`. */
  readonly vocabulary: Vocabulary
  /** Values are hashed to 1 … hashBuckets: see `hashBucket`. */
  readonly hashBuckets: number
  /** Numbers fall between ascending edges, see `quantileBins`: 1 + `binOf` them, and 0 where one is missing. */
  readonly edges: readonly number[]
}

/** How many rows a table has and how values find theirs: one of the four ways. */
export type Encoding = {
  [Way in keyof Ways]: Pick<Ways, Way> & { readonly [Other in Exclude<keyof Ways, Way>]?: never }
}[keyof Ways]

/** What every feature with a table of embeddings takes. */
export interface TableOptions {
  /** The width of an embedding, or 'auto' for DeepCTR's 6·⌊V^¼⌋ of V table rows. Default 4. */
  readonly dimension?: number | 'auto'
  /** Features that name one table share its embeddings. Default the feature's name. */
  readonly table?: string
  /** The standard deviation that the table's numbers start with; 0 for zeros. Default the model's. */
  readonly initStd?: number
  /** False for a table that is never learned: it stays as it starts. Default true. */
  readonly trainable?: boolean
  /**
   * What the table starts with: all of its rows, or some by value. Of features that share a table one may have it. The
   * numbers are not copied until a model is made, and not saved again with the feature: a saved model has its table.
   */
  readonly pretrained?: PretrainedRows
  /** What rows start as that a map in `pretrained` does not have. Default 'drawn'. */
  readonly unlisted?: Unlisted
}

/** What `crossedFeature` takes. */
export interface CrossedOptions extends TableOptions {
  /** Combinations of values are hashed to 1 … hashBuckets. */
  readonly hashBuckets: number
  /** Default the columns' names with `_x_` between them. */
  readonly name?: string
}

/** What `varLenFeature` takes beside its encoding. */
export interface VarLenOptions extends TableOptions, AttentionOptions {
  /** Ids per row, at most 2²⁰: shorter lists are padded with 0 behind, for which no row is read or learned; of longer ones the last are kept. */
  readonly maxLength: number
  /** Default 'mean'. */
  readonly pooling?: Pooling
  /** The column of weights, one per id, where embeddings are weighted before pooling. */
  readonly weights?: string
  /** Whether the weights of a row become shares of 1 by softmax, as DeepCTR's do by default. Default false: as they are. */
  readonly weightNorm?: boolean
}

/** The largest r with r⁴ ≤ x, whatever the last bit of a power says. */
const fourthRoot = (x: number): number => {
  const root = Math.round(x ** 0.25)
  return root ** 4 > x ? root - 1 : root
}

function embedded(name: string, options: Encoding & TableOptions): Embedded {
  const { vocabulary, hashBuckets, edges, dimension: width = 4, table = name } = options
  const { initStd, trainable = true, pretrained, unlisted } = options
  const ways = [options.vocabularySize, vocabulary, hashBuckets, edges].filter((way) => way !== undefined)
  if (ways.length !== 1)
    refuse(
      { name },
      'one of vocabularySize, vocabulary, hashBuckets and edges',
      ways.length,
      'values find ids in one way',
    )
  if (unlisted !== undefined && !(pretrained instanceof Map))
    refuse({ name }, 'a Map in pretrained', pretrained && 'all rows', 'unlisted is of the rows that it does not have')
  const vocabularySize = options.vocabularySize ?? reached({ vocabulary, hashBuckets, edges })
  const encoding = {
    vocabularySize,
    ...(vocabulary && { vocabulary }),
    ...(hashBuckets !== undefined && { hashBuckets }),
    ...(edges && { edges: [...edges] }),
    dimension: width === 'auto' ? 6 * fourthRoot(vocabularySize) : width,
  }
  return {
    name,
    ...encoding,
    table,
    ...(initStd !== undefined && { initStd }),
    ...(!trainable && { trainable }),
    ...(pretrained !== undefined && { pretrained: pretrainedOf(named(name), pretrained, encoding, unlisted) }),
  }
}

const TABLE = {
  dimension: either(COUNT, oneOf('auto')),
  table: NAME,
  initStd: DEVIATION,
  trainable: flag,
  pretrained: anything,
  unlisted: UNLISTED,
}
const ENCODED = { vocabularySize: COUNT, vocabulary: VOCABULARY, hashBuckets: COUNT, edges: EDGES, ...TABLE }

const checked = <F extends Feature>(feature: F): F => {
  checkFeature(feature)
  return feature
}

/** One category per row, embedded. @throws RangeError naming the option that is not known or makes no sense. */
export function sparseFeature(name: string, options: Encoding & TableOptions): SparseFeature {
  checkOptions<object>(named(name), options, ENCODED)
  return checked({ kind: 'sparse', ...embedded(name, options) })
}

/**
 * The combination of several columns' values as one category (Cheng et al. 2016, Eq. 1), hashed: user_id and tab to
 * user_id_x_tab. It reads columns as data has them, one value per row, whether or not other features read them, too;
 * where one value is missing, so is the combination.
 * @throws RangeError if there are fewer than two columns, or an option is not known or makes no sense.
 */
export function crossedFeature(crosses: readonly string[], options: CrossedOptions): SparseFeature {
  checkOptions('crossedFeature', options, { hashBuckets: needed(COUNT), name: NAME, ...TABLE })
  checkValue('crossedFeature', 'the first argument', crosses, CROSSES)
  const { name = crosses.join('_x_'), hashBuckets, ...table } = options
  return checked({ kind: 'sparse', ...embedded(name, { hashBuckets, ...table }), crosses: [...crosses] })
}

/**
 * Up to `maxLength` categories per row, embedded and pooled.
 * @throws RangeError naming the option that is not known or makes no sense.
 */
export function varLenFeature(name: string, options: Encoding & VarLenOptions): VarLenFeature {
  const list = { maxLength: needed(LENGTH), pooling: POOLING, weights: NAME, weightNorm: flag, ...ATTENTION }
  checkOptions<object>(named(name), options, { ...ENCODED, ...list })
  const { maxLength, pooling = 'mean', weights, weightNorm = false } = options
  return checked({
    kind: 'varLen',
    ...embedded(name, options),
    maxLength,
    pooling,
    ...(weights !== undefined && { weights }),
    ...(weightNorm && { weightNorm }),
    ...attended(options),
  })
}

/**
 * Numbers that enter a model as they are, by a transform of your own, or by a scaling: in float32, which has 24 bits. So of
 * milliseconds since 1970, which it knows to two minutes, subtract the first, or make days and hours of them. A file has
 * the scaling, and not the transform, which is given again on restoring.
 * @throws RangeError naming the option that is not known or makes no sense.
 */
export function denseFeature(
  name: string,
  options: Partial<Pick<DenseFeature, 'dimension' | 'transform' | 'scaling'>> = {},
): DenseFeature {
  checkOptions(named(name), options, { dimension: COUNT, transform: callable, scaling: anything })
  const { dimension = 1, transform, scaling } = options
  const feature = checked<DenseFeature>({
    ...{ kind: 'dense', name, dimension },
    ...(transform !== undefined && { transform }),
    ...(scaling !== undefined && { scaling }),
  })
  return scaling ? { ...feature, scaling: copyOf(scaling) } : feature
}

/** The width of a model's concatenated input: an embedding for each sparse and var-len feature, and the dense numbers. */
export const inputWidth = (features: readonly Feature[]): number =>
  features.reduce((width, feature) => width + widthOf(feature), 0)
